import type { Rng } from '../../../base/index.ts';

/**
 * Which active weights go. `magnitude`: smallest |w|; `taylor`: smallest (w·g)², the first-order change of the loss without them; `set-sign`: the
 * smallest positive ones and the negative ones closest to zero, the same share of each sign (SET, arXiv:1707.04780); `sign-halves`: the same but
 * half of them of each sign, the rest from the other sign where one has too few (the form in which the codes of ITOP, arXiv:2102.02887, and of
 * Yildirim et al., CPAL 2024, take it up).
 */
export const dropCriteria = ['magnitude', 'taylor', 'set-sign', 'sign-halves'] as const;
export type DropCriterion = (typeof dropCriteria)[number];

/**
 * Where weights grow. `random`: uniformly; `unfired`: uniformly among places never active so far, then among the rest (ITOP, arXiv:2102.02887);
 * `gradient`: largest |∂L/∂w| (RigL, arXiv:1911.11134); `momentum`: largest |running mean of gradients| (SNFS, arXiv:1907.04840).
 */
export const growthCriteria = ['random', 'unfired', 'gradient', 'momentum'] as const;
export type GrowthCriterion = (typeof growthCriteria)[number];

/** A 0/1 mask with exactly `active` ones at uniformly random places. */
export function randomMask(size: number, active: number, rng: Rng): Float32Array {
  const mask = new Float32Array(size);
  for (const place of rng.sample(size, active)) mask[place] = 1;
  return mask;
}

/** Places where the mask has this value, in ascending order. */
export function placesOf(mask: Float32Array, value: 0 | 1): Int32Array {
  const places: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === value) places.push(i);
  return Int32Array.from(places);
}

export function countActive(mask: Float32Array): number {
  let active = 0;
  for (const value of mask) active += value;
  return active;
}

/** The `count` places of smallest score among some, smallest first; ties go to the lower index, a score that is not a number counts as largest. */
export function smallest(places: Int32Array, scoreOf: (place: number) => number, count: number): Int32Array {
  const scores = Float64Array.from(places, (place) => {
    const score = scoreOf(place);
    return Number.isNaN(score) ? Infinity : score;
  });
  const wanted = Math.min(count, places.length);
  if (wanted <= 0) return new Int32Array();
  // Sorting bare numbers is many times faster than sorting by a comparison, which is left for the few that are chosen.
  const threshold = scores.toSorted()[wanted - 1];
  const chosen = new Int32Array(wanted);
  let found = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] < threshold) chosen[found++] = i;
  for (let i = 0; found < wanted; i++) if (scores[i] === threshold) chosen[found++] = i;
  return chosen.toSorted((i, j) => scores[i] - scores[j] || places[i] - places[j]).map((i) => places[i]);
}

/** The `count` places of largest score among some, largest first; ties go to the lower index, a score that is not a number counts as smallest. */
export function largest(places: Int32Array, scoreOf: (place: number) => number, count: number): Int32Array {
  return smallest(places, (place) => -scoreOf(place), count);
}

/**
 * The `count` of some active places to drop.
 * @param gradients of the loss by weight, for `taylor`
 */
export function placesToDrop(
  criterion: DropCriterion,
  { weights, gradients }: { readonly weights: Float32Array; readonly gradients?: Float32Array },
  active: Int32Array,
  count: number,
): Int32Array {
  if (criterion === 'magnitude') return smallest(active, (i) => Math.abs(weights[i]), count);
  if (criterion === 'taylor') return smallest(active, (i) => (weights[i] * gradients![i]) ** 2, count);
  // A weight of exactly 0, such as one just grown, counts as positive.
  const positive = active.filter((i) => !(weights[i] < 0));
  const negative = active.filter((i) => weights[i] < 0);
  const fromPositive =
    criterion === 'set-sign'
      ? Math.round((count * positive.length) / Math.max(1, active.length))
      : Math.min(positive.length, Math.max(Math.ceil(count / 2), count - negative.length));
  const nearest = (places: Int32Array, most: number) => smallest(places, (i) => Math.abs(weights[i]), most);
  return Int32Array.from([...nearest(positive, fromPositive), ...nearest(negative, count - fromPositive)]).toSorted();
}

/** What growth looks at: scores for `gradient` and `momentum`, and for `unfired` where weights were ever active (1). */
export interface GrowthScores {
  readonly scores?: Float32Array;
  readonly everActive?: Float32Array;
}

/** Up to `count` of the candidates to grow. */
export function placesToGrow(
  criterion: GrowthCriterion,
  { scores, everActive }: GrowthScores,
  candidates: Int32Array,
  count: number,
  rng: Rng,
): Int32Array {
  const draw = (places: Int32Array, most: number): Int32Array =>
    rng.sample(places.length, Math.min(most, places.length)).map((i) => places[i]);
  if (criterion === 'random') return draw(candidates, count);
  if (criterion === 'unfired') {
    const fresh = draw(
      candidates.filter((i) => everActive![i] === 0),
      count,
    );
    const used = draw(
      candidates.filter((i) => everActive![i] === 1),
      count - fresh.length,
    );
    return Int32Array.from([...fresh, ...used]);
  }
  return largest(candidates, (i) => Math.abs(scores![i]), count);
}
