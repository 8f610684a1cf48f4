import { createRng } from '../../base/index.ts';
import type { Stream } from '../../benchmarks/index.ts';
import {
  mlp,
  sgd,
  sizeOf,
  slimResnet18,
  smallCnn,
  type Arrays,
  type Engine,
  type Network,
} from '../../engine/index.ts';
import { createEvaluator, streamInfoOf, type EvaluateMode, type Evaluator } from '../../harness/index.ts';
import { findMethod, type Batch, type Learner } from '../../methods/index.ts';

export const networks = {
  mlp: () => mlp({ inputs: 784, hidden: [400, 400], outputs: 10 }),
  cnn: () => smallCnn({ inputShape: [32, 32, 3], outputs: 10 }),
  'resnet18-slim': () => slimResnet18({ inputShape: [32, 32, 3], outputs: 10 }),
} as const satisfies Record<string, () => Network>;

export type NetworkName = keyof typeof networks;

/** Learning rate of all workloads. */
export const rate = 0.01;

/** Slots of the replay buffer. */
export const memory = 200;

export interface Start {
  readonly network: Network;
  readonly initial: Arrays;
}

export function startOf(name: NetworkName): Start {
  const network = networks[name]();
  return { network, initial: network.init(createRng('peers')) };
}

/** A learner as the harness would make it. */
export function createLearner(
  engine: Engine,
  { network, initial }: Start,
  stream: Stream,
  { method, batch }: { method: 'finetune' | 'er'; batch: number },
): Promise<Learner> {
  const options = method === 'er' ? { memory, replayBatch: batch } : {};
  return findMethod(method).create({
    engine,
    network,
    initial,
    stream: streamInfoOf(stream),
    training: { optimizer: sgd(), rate, batch, updates: stream.tasks.map(() => 1), resetOptimizer: true },
    options: findMethod(method).parseOptions(options),
    rng: createRng('method'),
    taskAt: (index) => ({ index, outputs: stream.tasks[index].outputs, train: stream.tasks[index].train }),
    warn: () => {},
  });
}

/** The first rows of a task, `size` at a time. */
export function batchesOf(stream: Stream, task: number, size: number): Batch[] {
  const { train } = stream.tasks[task];
  const inputSize = sizeOf(stream.inputShape);
  return Array.from({ length: Math.floor(train.length / size) }, (_, i) => {
    const rows = Int32Array.from({ length: size }, (_row, j) => i * size + j);
    const x = new Float32Array(size * inputSize);
    train.read(rows, x);
    const ids = rows.map((row) => train.ids[row]);
    return { x, y: rows.map((row) => train.labels[row]), ids, size, task };
  });
}

export function createStreamEvaluator(
  engine: Engine,
  learner: Learner,
  stream: Stream,
  mode: EvaluateMode,
): Promise<Evaluator> {
  const subset = stream.tasks[0].test.length;
  return createEvaluator(engine, learner.model, stream, subset, createRng('evaluation'), { mode });
}
