import { allocate, sizeOf, type Arrays, type LowRankChange, type Specs } from '../engine/index.ts';
import type { State, Trail } from '../methods/index.ts';
import { compileStart, compileUpdate, keyed, specsOf, type ImageContext } from './imagePrograms.ts';

/** Test rows as the programs take them. Rows of weight 0 do not count. */
export interface EvaluationRows {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly weight: Float32Array;
}

/** Where the sums over a chunk go. */
export interface EvaluationSums {
  readonly correct: Float32Array;
  readonly loss: Float32Array;
}

/** Measures the `i`-th resident chunk of a task. */
export type RunChunk = (
  feeds: { readonly parameters: Arrays; readonly mask: Float32Array; readonly rows: EvaluationRows },
  into: EvaluationSums,
  task: number,
  i: number,
) => Promise<unknown>;

/** Evaluates by updating what the first layer computed at the evaluation before. */
export interface Incremental {
  readonly refreshEvery: number;
  /** Evaluations that were incremental so far. */
  readonly used: number;
  /** Begins an evaluation of the first `tasks` tasks. @returns how its chunks are to be run, or null if by the full program */
  begin(tasks: number): Promise<RunChunk | null>;
  state(): State;
  restore(state: State): void;
}

/** Evaluations between two full products, so that rounding errors do not add up. The drift is in docs/performance.md. */
const refreshEvery = 100;

/** How far the layer's output may be from that of a linear layer, relative to its largest value: rounding is far below. */
const rounding = 1e-4;

/** Bytes of images that a checkpoint may hold. */
const largestState = 64 * 2 ** 20;

/**
 * The rank up to which updating images pays, from the times in docs/performance.md, counted in multiply-adds of a matrix product: beside
 * its products an update costs 16 for each input of a row, and 110 for each element of an image, which it reads and writes. It has to
 * take less than 0.8 of the full product.
 */
export function payingRank({ inputs, outputs }: Pick<Trail, 'inputs' | 'outputs'>, images: number): number {
  return Math.floor((0.8 * inputs * outputs - 16 * inputs - 110 * images * outputs) / (inputs + images * outputs));
}

/** Ranks are padded to three significant bits, so that few programs serve all. */
export function paddedRank(rank: number): number {
  const step = 2 ** Math.max(1, Math.floor(Math.log2(Math.max(rank, 1))) - 2);
  return Math.max(1, Math.ceil(rank / step)) * step;
}

/**
 * Keeps the images X·S of the matrices S that the model's trail follows, for every resident chunk X. An image is updated by products with as many rows as the updates since had samples, and the network goes
 * on from it. Every `refreshEvery` evaluations, and when a task is added, the images are computed anew.
 * @param chunks number of resident chunks of each task
 * @param largestRank of a change that is followed; by `payingRank` unless given
 * @returns null if the model has no trail, or following it does not pay or would make checkpoints too large
 */
export function createIncremental(
  context: ImageContext,
  chunks: readonly number[],
  largestRank?: number,
): Incremental | null {
  const { model } = context;
  const { trail } = model;
  if (!trail) return null;
  const { layer, inputs, outputs } = trail;
  const count = trail.matrices().length;
  const limit = largestRank ?? payingRank(trail, count);
  const imageSpecs = specsOf(context, trail).images;
  const bytes = chunks.reduce((sum, length) => sum + length, 0) * bytesOf(imageSpecs);
  if (limit < 1 || bytes > largestState) return null;

  const reader = {};
  const images: Arrays[][] = chunks.map(() => []);
  // Updated images go where those of the chunk before were, which the processor still has in its cache.
  let spare = allocate(imageSpecs);
  const deviation = new Float32Array(1);
  const mix = keyed(count, () => keyed(count, () => new Float32Array(1)));
  const factors = new Map<number, { left: Float32Array; right: Record<string, Float32Array> }>();
  const updates = new Map<string, ReturnType<typeof compileUpdate>>();
  let start: ReturnType<typeof compileStart> | undefined;
  /** Tasks whose images belong to the last evaluation. */
  let held = 0;
  /** Incremental evaluations since the last full products, and in all. */
  let age = 0;
  let used = 0;

  const imagesOf = (task: number, i: number) => (images[task][i] ??= allocate(imageSpecs));

  /** Writes a change's factors into arrays of the padded rank, the right ones scaled for each matrix. */
  function load({ products, mix: numbers }: LowRankChange, rank: number) {
    const arrays = factors.get(rank) ?? {
      left: new Float32Array(rank * inputs),
      right: keyed(count, () => new Float32Array(rank * outputs)),
    };
    factors.set(rank, arrays);
    let row = 0;
    for (const { rows, left, right, scales } of products) {
      arrays.left.set(left, row * inputs);
      scales.forEach((scale, i) => {
        const target = arrays.right[i].subarray(row * outputs, (row + rows) * outputs);
        for (let k = 0; k < target.length; k++) target[k] = scale * right[k];
      });
      row += rows;
    }
    arrays.left.fill(0, row * inputs);
    for (const right of Object.values(arrays.right)) right.fill(0, row * outputs);
    numbers.forEach((values, i) => values.forEach((value, j) => (mix[i][j][0] = value)));
    return arrays;
  }

  async function beginStart(tasks: number): Promise<RunChunk | null> {
    const program = await (start ??= compileStart(context, trail!));
    if (!program) return null;
    [held, age] = [tasks, 0];
    const matrices = keyed(count, (i) => trail!.matrices()[i]);
    return async (feeds, into, task, i) => {
      await program.run({ ...feeds, matrices }, { ...into, deviation, images: imagesOf(task, i) });
      // Of a layer that is no linear one, such as a cosine head, the images say nothing.
      if (!(deviation[0] < rounding)) held = 0;
    };
  }

  async function beginUpdate(tasks: number, change: LowRankChange): Promise<RunChunk> {
    const rank = paddedRank(rankOf(change));
    const key = JSON.stringify([
      rank,
      change.mix.map((row) => row.map((value) => (value === 0 || value === 1 ? value : null))),
    ]);
    if (!updates.has(key)) updates.set(key, compileUpdate(context, trail!, rank, change.mix));
    const program = await updates.get(key)!;
    const arrays = load(change, rank);
    held = tasks;
    age++;
    used++;
    return async (feeds, into, task, i) => {
      const before = images[task][i];
      await program.run({ ...feeds, ...arrays, mix, images: before }, { ...into, images: spare });
      [images[task][i], spare] = [spare, before];
    };
  }

  return {
    refreshEvery,
    get used() {
      return used;
    },
    async begin(tasks) {
      const change = trail.take(reader);
      // A learner may show other parameters than those whose changes it tells, such as an average of them.
      const told = trail.matrices()[0] === model.parameters()[`${layer}/weight`];
      if (change && told && rankOf(change) <= limit)
        return tasks > held || age === refreshEvery ? beginStart(tasks) : beginUpdate(tasks, change);
      // Whether what comes next can be followed shows then; until it does, full evaluations keep no images, which would cost more.
      held = 0;
      return null;
    },
    state: () =>
      ({
        age,
        used,
        images: images.slice(0, held),
        trail: trail.state(reader),
      }) as State,
    restore(state) {
      const kept = state.images as unknown as Arrays[][];
      kept.forEach((task, t) =>
        task.forEach((arrays, i) => Object.entries(arrays).forEach(([key, array]) => imagesOf(t, i)[key].set(array))),
      );
      held = kept.length;
      age = state.age as number;
      used = state.used as number;
      trail.restore(state.trail as State | null, reader);
    },
  };
}

function rankOf({ products }: LowRankChange): number {
  return products.reduce((sum, { rows }) => sum + rows, 0);
}

function bytesOf(specs: Specs): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}
