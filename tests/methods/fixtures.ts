import { deserialize, serialize } from 'node:v8';
import { createRng } from '../../base/index.ts';
import { buildStream, type Dataset, type RawSamples, type Scenario, type Stream } from '../../benchmarks/index.ts';
import { mlp, sgd, sizeOf, type Arrays, type Engine, type Network, type Optimizer } from '../../engine/index.ts';
import { streamInfoOf } from '../../harness/index.ts';
import {
  findMethod,
  type Batch,
  type Learner,
  type LearnerTask,
  type Setup,
  type State,
  type StepStats,
} from '../../methods/index.ts';

/** Images of 4 x 4: a random black and white pattern a class, each pixel moved by up to ±40 of 255. Easy to tell apart. */
export function blobs(classCount: number, perClass = 22): Dataset {
  const rng = createRng('blobs');
  const prototypes = Array.from({ length: classCount }, () =>
    Array.from({ length: 16 }, () => (rng.integer(2) ? 215 : 40)),
  );
  const part = (samples: number): RawSamples => ({
    inputs: Uint8Array.from({ length: samples * 16 }, (_, i) => {
      const sample = Math.floor(i / 16);
      return prototypes[sample % classCount][i % 16] + rng.integer(81) - 40;
    }),
    labels: Uint8Array.from({ length: samples }, (_, i) => i % classCount),
  });
  return {
    name: 'blobs',
    version: 1,
    shape: [4, 4, 1],
    classNames: Array.from({ length: classCount }, (_, id) => `class ${id}`),
    maximum: 255,
    train: part(classCount * perClass),
    test: part(classCount * 10),
  };
}

export type Kind = 'split' | 'permuted';

/** Tasks of blobs: two classes each (split), or all of them (permuted). */
export function blobStream(kind: Kind, scenario: Scenario, tasks = 2): Stream {
  return buildStream(kind, blobs(2 * tasks), { scenario, tasks }, createRng('stream'));
}

/** A stream in the class scenario, or for a method that does not run in it in the first that it does. */
export function streamFor(method: string): Stream {
  const { scenarios } = findMethod(method);
  return blobStream('split', scenarios.includes('class') ? 'class' : scenarios[0]);
}

export interface LearnerConditions {
  readonly engine: Engine;
  readonly stream: Stream;
  readonly options?: Record<string, unknown>;
  readonly hidden?: readonly number[];
  /** A perceptron unless given. */
  readonly network?: Network;
  readonly optimizer?: Optimizer;
  readonly rate?: number;
  readonly batch?: number;
  /** Updates that the run is said to make in each task; two epochs in batches of 8 unless given. */
  readonly updates?: readonly number[];
  readonly seed?: number;
}

export const inputSizeOf = (stream: Stream): number => sizeOf(stream.inputShape);

function updatesOf({ scenario, tasks }: Stream): number[] {
  const each = tasks.map(({ train }) => 2 * Math.ceil(train.length / 8));
  return scenario === 'task-free' ? [each.reduce((sum, updates) => sum + updates, 0)] : each;
}

/** What the harness would hand a method under these conditions. */
export function setupFor(
  name: string,
  {
    engine,
    stream,
    options = {},
    hidden = [16],
    network = mlp({ inputs: inputSizeOf(stream), hidden, outputs: stream.outputCount }),
    optimizer = sgd(),
    rate = 0.3,
    batch = 8,
    updates = updatesOf(stream),
    seed = 1,
  }: LearnerConditions,
): Setup {
  const rng = createRng(seed);
  return {
    engine,
    network,
    initial: network.init(rng.fork('init')),
    stream: streamInfoOf(stream),
    training: { optimizer, rate, batch, updates, resetOptimizer: true },
    options: findMethod(name).parseOptions(options),
    rng: rng.fork(`method/${name}`),
    taskAt: (index) => taskOf(stream, index),
    warn: () => {},
  };
}

export function createLearner(name: string, conditions: LearnerConditions): Promise<Learner> {
  return findMethod(name).create(setupFor(name, conditions));
}

export function taskOf(stream: Stream, index: number): LearnerTask {
  const { outputs, train } = stream.tasks[index];
  return { index, outputs, train };
}

/** A batch of the given rows of a task; its capacity is filled up with `padding`. */
export function batchOf(stream: Stream, task: number, rows: ArrayLike<number>, capacity = 8, padding = 0): Batch {
  const { train, outputs } = stream.tasks[task];
  const x = new Float32Array(capacity * inputSizeOf(stream)).fill(padding);
  train.read(rows, x);
  const y = Int32Array.from({ length: capacity }, (_, i) => (i < rows.length ? train.labels[rows[i]] : outputs[0]));
  const ids = Int32Array.from({ length: capacity }, (_, i) => (i < rows.length ? train.ids[rows[i]] : 0));
  return { x, y, ids, size: rows.length, task: stream.scenario === 'task-free' ? 0 : task };
}

/** One call of a learner. */
export type Event =
  | { readonly verb: 'beginTask' | 'endTask'; readonly task: LearnerTask }
  | { readonly verb: 'observe'; readonly batch: Batch };

export const begin = (stream: Stream, index: number): Event => ({ verb: 'beginTask', task: taskOf(stream, index) });
export const end = (stream: Stream, index: number): Event => ({ verb: 'endTask', task: taskOf(stream, index) });
export const observe = (batch: Batch): Event => ({ verb: 'observe', batch });

/** All calls that train a learner on a task (in a task-free stream: on what it is evaluated as one), the last batch of each epoch being short. */
export function eventsOfTask(
  stream: Stream,
  index: number,
  { batch = 8, epochs = 1, padding = 0 }: { batch?: number; epochs?: number; padding?: number } = {},
): Event[] {
  const { length } = stream.tasks[index].train;
  const batches = Array.from({ length: epochs }, (_, epoch) => {
    const order = createRng(`order/${index}/${epoch}`).permutation(length);
    return Array.from({ length: Math.ceil(length / batch) }, (_unused, i) =>
      observe(batchOf(stream, index, order.subarray(i * batch, (i + 1) * batch), batch, padding)),
    );
  }).flat();
  if (stream.scenario === 'task-free') return batches;
  return [begin(stream, index), ...batches, end(stream, index)];
}

export function eventsOf(stream: Stream, options: Parameters<typeof eventsOfTask>[2] = {}): Event[] {
  return stream.tasks.flatMap((_, index) => eventsOfTask(stream, index, options));
}

/** Makes the calls and returns the numbers of every update. */
export async function drive(learner: Learner, events: readonly Event[]): Promise<StepStats[]> {
  const stats: StepStats[] = [];
  for (const event of events)
    if (event.verb === 'observe') stats.push(await learner.observe(event.batch));
    else await learner[event.verb]?.(event.task);
  return stats;
}

/** A deep copy by way of bytes, as a checkpoint makes it. */
export const copyState = (state: State): State => deserialize(serialize(state)) as State;

/** The state as bytes: two states are the same to the bit if these are. */
export const bytesOfState = (state: State): string => serialize(state).toString('base64');

export function copyParameters(learner: Learner): Arrays {
  return Object.fromEntries(Object.entries(learner.model.parameters()).map(([name, array]) => [name, array.slice()]));
}

/** Largest absolute difference between two groups of arrays. */
export function largestDifference(a: Arrays, b: Arrays): number {
  let largest = 0;
  for (const [name, values] of Object.entries(a))
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] - b[name][i]));
  return largest;
}

/** What a network of linear layers and ReLU computes for one row, written out in 64-bit floats. */
export function forward(
  network: Network,
  parameters: Record<string, ArrayLike<number>>,
  row: ArrayLike<number>,
): number[] {
  let activation = Array.from(row);
  for (const [i, { name, inputs, outputs }] of network.layers.entries()) {
    const weight = parameters[`${name}/weight`];
    const bias = parameters[`${name}/bias`];
    const sums = Array.from({ length: outputs }, (_, k) => {
      let sum = bias[k];
      for (let j = 0; j < inputs; j++) sum += activation[j] * weight[j * outputs + k];
      return sum;
    });
    activation = i < network.layers.length - 1 ? sums.map((z) => Math.max(0, z)) : sums;
  }
  return activation;
}

/** log softmax over the chosen outputs only; −∞ elsewhere. */
export function logSoftmax(logits: readonly number[], chosen: readonly number[]): number[] {
  const highest = Math.max(...chosen.map((k) => logits[k]));
  const log = highest + Math.log(chosen.reduce((sum, k) => sum + Math.exp(logits[k] - highest), 0));
  return logits.map((z, k) => (chosen.includes(k) ? z - log : -Infinity));
}

/** Row `i` of a batch. */
export function rowOf(batch: Batch, i: number): Float32Array {
  const size = batch.x.length / batch.y.length;
  return batch.x.subarray(i * size, (i + 1) * size);
}
