import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../base/index.ts';
import { createStream, type Stream } from '../../benchmarks/index.ts';
import { sizeOf, type Engine } from '../../engine/index.ts';
import { executeRun, planRuns, resolveExperiment, type EvaluateMode } from '../../harness/index.ts';
import type { handOver } from './handOver.ts';
import {
  batchesOf,
  createLearner,
  createStreamEvaluator,
  memory,
  rate,
  startOf,
  type NetworkName,
  type Start,
} from './ours.ts';
import { datasetOf, streamOf, type Slice } from './slices.ts';

/** A workload made ready on our side, and the job that makes it ready on the other. */
export interface Prepared {
  /** Units of work in one run: updates, or evaluated images. */
  readonly count: number;
  /** The same on the other side, if it differs. */
  readonly theirCount?: number;
  readonly unit: 'updates' | 'images';
  readonly run: () => Promise<void>;
  /** The loss before any update: both sides must agree on it, or they do not compute the same. */
  readonly loss: () => Promise<number>;
  readonly job: object;
}

export interface Workload {
  readonly name: string;
  /** What our rate over theirs should reach. */
  readonly bar: number;
  /** Timed runs, for workloads that take long. */
  readonly repeats?: number;
  prepare(context: Context): Promise<Prepared>;
}

export interface Context {
  readonly engine: Engine;
  readonly files: ReturnType<typeof handOver>;
  readonly dataDir: string | undefined;
}

const bars: Record<NetworkName, number> = { mlp: 1.2, cnn: 0.8, 'resnet18-slim': 0.8 };

/** Updates in one run of a step, so that a run takes some tenths of a second. */
const stepsOf: Record<NetworkName, number> = { mlp: 200, cnn: 12, 'resnet18-slim': 3 };

/** (c) The training step alone. */
export function step(network: NetworkName, batch: number): Workload {
  return {
    name: `step, ${network}, batch ${batch}`,
    bar: bars[network],
    async prepare({ engine, files, dataDir }) {
      const start = startOf(network);
      const stream = await streamOf(network, { train: Math.ceil(batch / 10) + 1, test: 1, tasks: 1 }, dataDir);
      const fresh = () => createLearner(engine, start, stream, { method: 'finetune', batch });
      const learner = await fresh();
      const [rows] = batchesOf(stream, 0, batch);
      const iterations = Math.ceil(stepsOf[network] * (batch > 32 ? 0.4 : 1));
      return {
        count: iterations,
        unit: 'updates',
        async run() {
          for (let i = 0; i < iterations; i++) await learner.observe(rows);
        },
        loss: async () => (await (await fresh()).observe(rows)).loss,
        job: {
          ...common('step', network, engine, start, files),
          iterations,
          x: files.put(rows.x, [batch, sizeOf(stream.inputShape)]),
          y: files.put(rows.y, [batch]),
        },
      };
    },
  };
}

/** (d) Evaluation alone: five tasks of so many images. */
export function evaluation(network: NetworkName, images: number): Workload {
  return {
    name: `evaluation, ${network}, 5 × ${images} images`,
    bar: 1,
    async prepare({ engine, files, dataDir }) {
      const start = startOf(network);
      const stream = await streamOf(network, { train: 10, test: images / 2, tasks: 5 }, dataDir);
      const learner = await createLearner(engine, start, stream, { method: 'finetune', batch: 10 });
      const evaluator = await createStreamEvaluator(engine, learner, stream, 'full');
      return {
        count: 5 * images,
        unit: 'images',
        async run() {
          await evaluator.evaluate(5);
        },
        loss: async () => (await evaluator.evaluate(1))[0].loss,
        job: { ...common('evaluation', network, engine, start, files), tasks: 5, ...testRows(stream, files) },
      };
    },
  };
}

/** (a), (b) Experience replay with every task so far evaluated after every update, on some updates of each of five tasks. */
export function replay(network: NetworkName, slice: Slice, mode: EvaluateMode, bar: number): Workload {
  const batch = 10;
  return {
    name: `stream, ${network}, every update evaluated (${mode})`,
    bar,
    async prepare({ engine, files, dataDir }) {
      const start = startOf(network);
      const made = await streamOf(network, slice, dataDir);
      const batches = made.tasks.map((_, task) => batchesOf(made, task, batch));
      const inputSize = sizeOf(made.inputShape);
      return {
        count: batches.flat().length,
        unit: 'updates',
        async run() {
          const learner = await createLearner(engine, start, made, { method: 'er', batch });
          const evaluator = await createStreamEvaluator(engine, learner, made, mode);
          for (const [task, { outputs, train }] of made.tasks.entries()) {
            await learner.beginTask?.({ index: task, outputs, train });
            for (const rows of batches[task]) {
              await learner.observe(rows);
              await evaluator.evaluate(task + 1);
            }
          }
        },
        async loss() {
          const learner = await createLearner(engine, start, made, { method: 'er', batch });
          return (await (await createStreamEvaluator(engine, learner, made, 'full')).evaluate(1))[0].loss;
        },
        job: {
          ...common('stream', network, engine, start, files),
          tasks: made.tasks.length,
          batch,
          memory,
          train: batches.map((each) => files.put(joined(each.map(({ x }) => x)), [each.length * batch, inputSize])),
          labels: batches.map((each) =>
            files.put(Int32Array.from(each.flatMap(({ y }) => [...y])), [each.length * batch]),
          ),
          ...testRows(made, files),
        },
      };
    },
  };
}

/**
 * (e), (f) The same streams evaluated adaptively, as whole runs of the harness with their records, beside the rate of PyTorch's loop that evaluates
 * after every update.
 */
export function adaptive(network: NetworkName, slice: Slice, repeats: number, bar: number): Workload {
  const everyUpdate = replay(network, slice, 'full', bar);
  return {
    name: `stream, ${network}, evaluated adaptively`,
    bar,
    repeats,
    async prepare(context) {
      const theirs = await everyUpdate.prepare(context);
      const experiment = resolveExperiment({
        stream: `split-${datasetOf[network]}`,
        network,
        methods: [{ name: 'er', options: { memory, replayBatch: 10 } }],
        batch: 10,
        lr: rate,
        evaluateEvery: 'adaptive',
      });
      const [plan] = planRuns(experiment);
      const { dataDir } = context;
      const { tasks } = await createStream(experiment.stream, { scenario: 'class' }, { rng: createRng(1), dataDir });
      return {
        ...theirs,
        count: tasks.reduce((sum, { train }) => sum + Math.ceil(train.length / 10), 0),
        theirCount: theirs.count,
        async run() {
          const folder = mkdtempSync(join(tmpdir(), 'stabgap-adaptive-'));
          const { status, reason } = await executeRun(experiment, plan, { folder, dataDir });
          rmSync(folder, { recursive: true, force: true });
          if (status !== 'complete') throw new Error(`the adaptive run ended as ${status}: ${reason}`);
        },
      };
    },
  };
}

function common(
  kind: string,
  network: NetworkName,
  engine: Engine,
  { network: net, initial }: Start,
  files: Context['files'],
) {
  return { kind, network, rate, threads: engine.threads, parameters: files.parameters(net, initial) };
}

/** All test rows, one task after the other. */
function testRows({ tasks, inputShape }: Stream, files: Context['files']) {
  const size = sizeOf(inputShape);
  const parts = tasks.map(({ test }) => {
    const x = new Float32Array(test.length * size);
    test.read(
      Int32Array.from({ length: test.length }, (_, row) => row),
      x,
    );
    return { x, y: test.labels };
  });
  const x = joined(parts.map((part) => part.x));
  const y = Int32Array.from(parts.flatMap((part) => [...part.y]));
  return { x: files.put(x, [y.length, size]), y: files.put(y, [y.length]) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
