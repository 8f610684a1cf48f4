import type { Rng } from '../../base/index.ts';
import { drawBeta } from './beta.ts';
import type { Store } from './buffers/store.ts';
import type { Rows } from './rows.ts';

/** A row mixed of two slots of a buffer: (1 − share) · first + share · second. */
export interface MixedRow {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** Slots as they are. */
export function unmixed(slots: ArrayLike<number>): MixedRow[] {
  return Array.from(slots, (slot) => ({ first: slot, second: slot, share: 0 }));
}

/** What is right for the second part of each mixed row, and its share in it. */
export interface Partners {
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly share: Float32Array;
  readonly [name: string]: Int32Array | Float32Array;
}

export function allocatePartners(count: number): Partners {
  return { y: new Int32Array(count), task: new Int32Array(count), share: new Float32Array(count) };
}

/** A pair of classes, and how likely it is to be mixed. */
export interface ClassPair {
  readonly classes: readonly [number, number];
  readonly probability: number;
}

/** Below this distance two means count as this far apart. */
const leastDistance = 1e-6;

/**
 * How often each two classes are to be mixed: P_ij ∝ exp(1/‖c_i − c_j‖₂) over all pairs i < j, so that classes whose prototypes are close,
 * and easily confused, are seen together most (adaptive prototypical feedback, arXiv:2308.00301).
 * @param means `[classes of the stream, width]`, class means
 * @param classes those that have a mean; fewer than two make no pair
 */
export function pairProbabilities(means: Float32Array, width: number, classes: readonly number[]): ClassPair[] {
  const pairs = classes.flatMap((a, i) => classes.slice(i + 1).map((b) => [a, b] as const));
  const closeness = pairs.map(([a, b]) => {
    let square = 0;
    for (let k = 0; k < width; k++) square += (means[a * width + k] - means[b * width + k]) ** 2;
    return 1 / Math.max(Math.sqrt(square), leastDistance);
  });
  const most = Math.max(...closeness);
  const odds = closeness.map((value) => Math.exp(value - most));
  const sum = odds.reduce((total, value) => total + value, 0);
  return pairs.map((pair, i) => ({ classes: pair, probability: odds[i] / sum }));
}

/**
 * Whole numbers close to `total · probabilities` that sum to `total`: each is rounded, then as many as it takes, drawn at random and each at
 * most once, get one more or, of those that are not 0, one less.
 * @param probabilities sum to 1; at least one
 */
export function roundShares(probabilities: readonly number[], total: number, rng: Rng): number[] {
  const counts = probabilities.map((probability) => Math.round(total * probability));
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  const candidates = [...counts.keys()].filter((i) => missing > 0 || counts[i] > 0);
  for (const i of rng.sample(candidates.length, Math.abs(missing))) counts[candidates[i]] += Math.sign(missing);
  return counts;
}

/**
 * Mixes slots with one another: with probability `mixing` each with the one in its place in a random order, the other's share being uniform
 * in [0, most); otherwise none.
 */
export function mixWithin(slots: ArrayLike<number>, mixing: number, most: number, rng: Rng): MixedRow[] {
  if (rng.uniform() >= mixing) return unmixed(slots);
  const order = rng.permutation(slots.length);
  return Array.from(order, (other, i) => ({ first: slots[i], second: slots[other], share: most * rng.uniform() }));
}

/**
 * Mixes slots of two classes, `counts[k]` rows for pair k, drawn uniformly and with repeats. With probability `mixing`, which is drawn for each
 * pair once, the second's share is drawn from Beta(alpha, alpha) for each row; otherwise it is 0.
 * @param slotsOf the slots of each class, at least one
 */
export function mixPairs(
  pairs: readonly ClassPair[],
  counts: readonly number[],
  slotsOf: ReadonlyMap<number, readonly number[]>,
  { mixing, alpha }: { readonly mixing: number; readonly alpha: number },
  rng: Rng,
): MixedRow[] {
  const anyOf = (label: number): number => {
    const slots = slotsOf.get(label)!;
    return slots[rng.integer(slots.length)];
  };
  return pairs.flatMap(({ classes: [a, b] }, k) => {
    if (counts[k] === 0) return [];
    const mixes = rng.uniform() < mixing;
    return Array.from({ length: counts[k] }, () => ({
      first: anyOf(a),
      second: anyOf(b),
      share: mixes ? drawBeta(alpha, alpha, rng) : 0,
    }));
  });
}

/** Puts mixed rows into memory from its start on, with the first slots' labels and tasks; the second's go to `partners`. All others get weight 0. */
export function putMixed(rows: Rows, partners: Partners, mixed: readonly MixedRow[], store: Store): void {
  const size = store.x.length / store.capacity;
  rows.weight.fill(0);
  for (const [i, { first, second, share }] of mixed.entries()) {
    store.copyTo(rows, i, [first], 1 / mixed.length);
    partners.y[i] = store.y[second];
    partners.task[i] = store.task[second];
    partners.share[i] = share;
    if (share === 0) continue;
    for (let k = 0; k < size; k++)
      rows.x[i * size + k] = (1 - share) * rows.x[i * size + k] + share * store.x[second * size + k];
  }
}
