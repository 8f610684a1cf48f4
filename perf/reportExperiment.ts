import { createRng } from '../base/index.ts';
import type { EvaluationLog, Experiment, Run } from '../logs/index.ts';

export interface Size {
  readonly methods: number;
  readonly seeds: number;
  readonly tasks: number;
  /** Of every task. */
  readonly iterations: number;
}

/** A made-up experiment, evaluated after every update: falls at switches that come back, with noise on every evaluation. */
export function madeUpExperiment(size: Size): Experiment {
  const methods = Array.from({ length: size.methods }, (_, i) => `method ${i + 1}`);
  const runs = methods.flatMap((method, strength) =>
    Array.from({ length: size.seeds }, (_, i) => madeUpRun(size, method, strength / size.methods, i + 1)),
  );
  return { path: 'runs/made-up', name: 'made-up', configuration: { methods }, runs, problems: [] };
}

function madeUpRun(size: Size, method: string, strength: number, seed: number): Run {
  const accuracy = madeUpLog(size, strength, seed);
  const { tasks, values, trainingTask } = accuracy;
  const rows = tasks.map((_, i) => values.map((column) => column[trainingTask.lastIndexOf(i)] || 0));
  const run = `${method}-seed${seed}`.replaceAll(' ', '-');
  return {
    path: `runs/made-up/${run}`,
    accuracy,
    loss: { ...accuracy, measure: 'loss', higherIsBetter: false },
    matrix: { tasks, initial: tasks.map(() => 0.1), rows },
    record: {
      format: 1,
      run,
      method: { name: method, label: method, title: method, options: {} },
      seed,
      stream: {
        name: 'made-up',
        version: 1,
        scenario: 'class',
        options: {},
        tasks: tasks.map((name) => ({ name, train: 10 * size.iterations, test: 1000, evaluated: 1000 })),
        inputShape: [8, 8, 1],
        outputs: 2 * size.tasks,
      },
      network: { name: 'mlp', options: {}, parameters: 10_000 },
      training: { optimizer: 'sgd', learningRate: 0.05, batchSize: 10, epochs: 1 },
      evaluation: { every: 1, subset: 1000, mode: 'full', refreshEvery: null, incremental: 0, conventions: [] },
      engine: { name: 'onnx', threads: 1 },
      versions: {},
      machine: { platform: 'linux-x64', cpu: 'some processor', cores: 2, memoryBytes: 2 ** 33 },
      status: 'complete',
      reason: null,
      warnings: [],
      started: '2026-01-01T00:00:00.000Z',
      ended: '2026-01-01T00:01:00.000Z',
      cost: null,
    },
  };
}

function madeUpLog({ tasks: count, iterations }: Size, strength: number, seed: number): EvaluationLog {
  const rng = createRng(`${strength} ${seed}`);
  const tasks = Array.from({ length: count }, (_, i) => `task ${i + 1}`);
  const rows = count * (iterations + 1);
  const steps = Float64Array.from({ length: rows }, (_, row) => row - Math.floor(row / (iterations + 1)));
  const trainingTask = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / (iterations + 1)));
  const values = tasks.map((_, task) =>
    Float64Array.from({ length: rows }, (__, row) => {
      const [training, update] = [Math.floor(row / (iterations + 1)), row % (iterations + 1)];
      if (task > training) return NaN;
      const level =
        task === training
          ? 0.95 - 0.85 * Math.exp(-update / 100)
          : 0.9 - (0.9 - 0.8 * strength) * Math.min(1, update / 10) * Math.exp(-update / 400);
      // Accuracies on 1,000 samples.
      return Math.round(1000 * Math.min(1, Math.max(0, level + 0.03 * (rng.uniform() - 0.5)))) / 1000;
    }),
  );
  return { measure: 'accuracy', higherIsBetter: true, tasks, steps, trainingTask, values };
}
