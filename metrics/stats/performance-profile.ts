import { canResample, resample, type BootstrapOptions, type Strata } from './bootstrap.ts';
import { quantileOf } from './quantile.ts';
import { requireRectangle, scoresByTask } from './rectangle.ts';
import { requireCount, requireFinite, requireInside } from './require.ts';

/**
 * Performance profile (run-score distribution): for each threshold τ the share of all runs on all tasks with a score above τ.
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264), after Dolan & Moré 2002. A share, in [0, 1], that falls as τ rises; a method whose curve lies
 * above another's everywhere is stochastically better. Null without scores.
 *
 * @param scores `[run][task]`
 * @param thresholds τ, in the unit of the scores
 * @throws {RangeError} on runs with different numbers of tasks, NaN or an infinite value
 * @example performanceProfile([[1, 2], [3, 4]], [0, 2, 4]) // [1, 0.5, 0]
 */
export function performanceProfile(
  scores: readonly (readonly number[])[],
  thresholds: readonly number[],
): number[] | null {
  if (requireRectangle(scores, 'scores') === 0) return null;
  return sharesAbove(scores, requireFinite(thresholds, 'thresholds'));
}

/** A profile with its band. */
export interface ProfileBand {
  /** As {@link performanceProfile} gives them. */
  readonly shares: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly level: number;
}

/**
 * A performance profile with percentile bootstrap bands, the runs of each task resampled by themselves. The bands hold for each threshold by
 * itself, not for the whole curve at once.
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264). Shares, in [0, 1]. Null without scores, and for fewer than 2 runs.
 *
 * @throws {RangeError} as {@link performanceProfile} does, for a level outside (0, 1), and for no resamples
 * @example profileBand([[1, 2], [1, 2]], [1.5], { rng: createRng(1) }) // { shares: [0.5], low: [0.5], high: [0.5], level: 0.95 }
 */
export function profileBand(
  scores: readonly (readonly number[])[],
  thresholds: readonly number[],
  { rng, resamples = 2000, level = 0.95 }: Omit<BootstrapOptions, 'kind'>,
): ProfileBand | null {
  requireInside(level, 'a confidence level');
  requireCount(resamples, 'the number of resamples', 1);
  const shares = performanceProfile(scores, thresholds);
  const strata = scoresByTask(scores);
  if (shares === null || !canResample(strata)) return null;
  const replicates = Array.from({ length: resamples }, () => sharesAbove(resample(strata, rng), thresholds));
  const endsAt = (share: number): number[] =>
    thresholds.map((_, i) => quantileOf(Float64Array.from(replicates, (profile) => profile[i]).toSorted(), share));
  return { shares, low: endsAt((1 - level) / 2), high: endsAt((1 + level) / 2), level };
}

function sharesAbove(strata: Strata, thresholds: readonly number[]): number[] {
  const sorted = Float64Array.from(strata.flat()).toSorted();
  return thresholds.map((threshold) => (sorted.length - upperBound(sorted, threshold)) / sorted.length);
}

/** How many of the sorted values are at most `limit`. */
function upperBound(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
