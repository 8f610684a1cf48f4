import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '../../base/index.ts';
import type { AccuracyMatrix, EvaluationLog, Experiment, Run, RunRecord } from '../../logs/index.ts';

/** How a made-up method behaves at every switch: it falls by `fall` of its accuracy and comes back with time constant `tau`. */
export interface Behaviour {
  readonly label: string;
  readonly fall: number;
  readonly tau: number;
  /** Share of the accuracy on each old task that is lost for good at every switch. */
  readonly loss: number;
}

export interface Plan {
  readonly methods: readonly Behaviour[];
  readonly seeds: readonly number[];
  readonly tasks: readonly string[];
  readonly updatesPerTask: number;
  /** Amplitude of the uniform noise on each evaluation. */
  readonly noise: number;
}

export const smallPlan: Plan = {
  methods: [
    { label: 'finetune', fall: 0.98, tau: Infinity, loss: 0.3 },
    { label: 'er', fall: 0.5, tau: 12, loss: 0.02 },
  ],
  seeds: [1, 2],
  tasks: ['0/1', '2/3', '4/5'],
  updatesPerTask: 40,
  noise: 0.004,
};

/** An experiment with curves in the shape of a stability gap: a fall over five updates at each switch, an exponential recovery. */
export function makeExperiment(plan: Plan = smallPlan): Experiment {
  return {
    path: 'runs/made-up',
    name: 'made-up',
    configuration: { stream: 'split-digits', methods: plan.methods.map(({ label }) => label), seeds: plan.seeds },
    runs: plan.methods.flatMap((method) => plan.seeds.map((seed) => makeRun(plan, method, seed))),
    problems: [],
  };
}

export function makeRun(plan: Plan, method: Behaviour, seed: number): Run {
  const accuracy = simulate(plan, method, seed);
  const loss = {
    ...accuracy,
    measure: 'loss',
    higherIsBetter: false,
    values: accuracy.values.map((v) => v.map((a) => 2 * (1 - a))),
  };
  const run = `${method.label}-seed${seed}`;
  return {
    path: `runs/made-up/${run}`,
    record: makeRecord(plan, method.label, seed),
    accuracy,
    loss,
    matrix: matrixOf(accuracy),
  };
}

/** The same run with another record; for what happens to runs that are not complete or not alike. */
export function withRecord(run: Run, change: (record: RunRecord) => RunRecord): Run {
  return { ...run, record: change(run.record) };
}

function simulate({ tasks, updatesPerTask, noise }: Plan, method: Behaviour, seed: number): EvaluationLog {
  const rng = createRng(`${method.label}-${seed}`);
  const own = { ...method, fall: method.fall * (0.85 + 0.15 * rng.uniform()) };
  const steps: number[] = [];
  const trainingTask: number[] = [];
  const values: number[][] = tasks.map(() => []);
  tasks.forEach((_, training) => {
    for (let update = 0; update <= updatesPerTask; update++) {
      steps.push(training * updatesPerTask + update);
      trainingTask.push(training);
      values.forEach((column, task) =>
        column.push(level(own, task, training, update, updatesPerTask) + noise * (rng.uniform() - 0.5)),
      );
    }
  });
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from(steps),
    trainingTask: Int32Array.from(trainingTask),
    values: values.map((column) =>
      Float64Array.from(column, (value) => (Number.isNaN(value) ? NaN : Math.min(1, Math.max(0, value)))),
    ),
  };
}

function level(
  { fall, tau, loss }: Behaviour,
  task: number,
  training: number,
  update: number,
  updates: number,
): number {
  if (task > training) return NaN;
  const learnt = 0.98 - 0.93 * Math.exp(-update / (updates / 10));
  if (task === training) return learnt;
  // What does not come back after one switch is where the next one starts from.
  const kept = tau === Infinity ? 1 - fall : 1 - loss;
  const before = 0.98 * kept ** (training - task - 1);
  const lowest = before * (1 - fall);
  if (update <= 5) return before - (update / 5) * (before - lowest);
  return before * kept - (before * kept - lowest) * Math.exp(-(update - 5) / tau);
}

function matrixOf({ tasks, trainingTask, values }: EvaluationLog): AccuracyMatrix {
  const orChance = (value: number): number => (Number.isNaN(value) ? 0.1 : value);
  return {
    tasks,
    initial: tasks.map(() => 0.1),
    rows: tasks.map((_, i) => values.map((column) => orChance(column[trainingTask.lastIndexOf(i)]))),
  };
}

function makeRecord(plan: Plan, label: string, seed: number): RunRecord {
  return {
    format: 1,
    run: `${label}-seed${seed}`,
    method: {
      name: label,
      label,
      title: label === 'er' ? 'Experience Replay' : label,
      options: label === 'er' ? { memory: 200 } : {},
    },
    seed,
    stream: {
      name: 'split-digits',
      version: 1,
      scenario: 'class',
      options: { classOrder: 'natural' },
      tasks: plan.tasks.map((name) => ({ name, train: 700, test: 350, evaluated: 350 })),
      inputShape: [8, 8, 1],
      outputs: 10,
    },
    network: { name: 'mlp', options: { hidden: [100, 100] }, parameters: 17610 },
    training: { optimizer: 'sgd', learningRate: 0.05, batchSize: 10, epochs: 1 },
    evaluation: {
      every: 1,
      subset: 1000,
      mode: 'full',
      refreshEvery: null,
      incremental: 0,
      conventions: ['fixed evaluation subset', 'one evaluation before the first update of every task'],
    },
    engine: { name: 'onnx', threads: 1 },
    versions: { stabgap: '0.1.0', node: '20.19.0' },
    machine: { platform: 'linux-x64', cpu: 'some processor', cores: 2, memoryBytes: 8 * 2 ** 30 },
    status: 'complete',
    reason: null,
    warnings: [],
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    cost: {
      updates: plan.tasks.length * plan.updatesPerTask,
      seconds: { training: 1.5, evaluation: 3.25, other: 0.2 },
      trainingFlops: 2.1e9,
      peakMemoryBytes: 150 * 2 ** 20,
      extraBytes: 51200,
    },
  };
}

/** Writes an experiment in the format of a run folder. */
export function writeExperiment({ configuration, runs }: Experiment, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'experiment.json'), JSON.stringify(configuration));
  for (const { record, accuracy, loss, matrix } of runs) {
    const path = join(folder, record.run);
    mkdirSync(path);
    writeFileSync(join(path, 'run.json'), JSON.stringify(record));
    writeFileSync(join(path, 'accuracy.csv'), logText(accuracy));
    writeFileSync(join(path, 'loss.csv'), logText(loss));
    writeFileSync(join(path, 'steps.csv'), 'step,training_task,loss\n');
    const rows = [['initial', ...matrix.initial!], ...matrix.rows.map((row, i) => [matrix.tasks[i], ...row])];
    writeFileSync(join(path, 'matrix.csv'), csv([['trained', ...matrix.tasks], ...rows]));
  }
}

function logText({ tasks, steps, trainingTask, values }: EvaluationLog): string {
  const cell = (value: number): string => (Number.isNaN(value) ? '' : String(value));
  const rows = Array.from(steps, (step, r) => [
    step,
    tasks[trainingTask[r]],
    ...values.map((column) => cell(column[r])),
  ]);
  return csv([['step', 'training_task', ...tasks], ...rows]);
}

const csv = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => `${row.join(',')}\n`).join('');
