import type { Rng } from '../../base/index.ts';
import { bcaEnds, percentileEnds } from './bca.ts';
import type { Interval } from './interval.ts';
import { requireCount, requireFinite, requireInside } from './require.ts';

/** Samples that are resampled each by itself, such as the runs of each task. */
export type Strata = readonly (readonly number[])[];

export interface BootstrapOptions {
  /** Every draw comes from here: the same seed gives the same interval. */
  readonly rng: Rng;
  /** How many resamples, 10 000 unless given. */
  readonly resamples?: number;
  /** Share of such intervals that hold the true value, .95 unless given. */
  readonly level?: number;
  /** `percentile` unless given. `bca` corrects bias and skewness, but is unstable below 10 values. */
  readonly kind?: 'percentile' | 'bca';
}

/**
 * Bootstrap confidence interval of any statistic of one sample: its values over resamples of the sample, drawn with replacement, stand for its
 * values over repetitions of the study. `percentile` takes their quantiles; `bca` moves these for bias and acceleration ({@link bcaEnds}).
 *
 * Too narrow for few values, whichever the kind: with 5 about 84 % instead of 95 % of intervals hold a mean (docs/statistics.md); for the mean of
 * 3 to 10 seeds take {@link tInterval}.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap. Unit: that of the statistic, within the range that it can take. Null for fewer
 * than 2 values, if the statistic is null, or if `bca` is undefined because all resamples lie on one side of the estimate; of no width if all values
 * are equal.
 *
 * @throws {RangeError} on NaN or an infinite value, a level outside (0, 1), no resamples, or a statistic undefined on a resample
 * @example bootstrapInterval([0.9, 0.9, 0.9], interquartileMean, { rng: createRng(1) }) // { estimate: 0.9, low: 0.9, high: 0.9, level: 0.95, kind: 'percentile' }
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number | null,
  options: BootstrapOptions,
): Interval | null {
  return stratifiedBootstrap([values], ([sample]) => statistic(sample), options);
}

/**
 * Bootstrap confidence interval of a statistic of several samples, each resampled by itself: for scores `[run][task]` the runs of each task
 * ({@link scoresByTask}), since tasks are not drawn at random and runs on one say nothing of another. For two methods give the strata of both.
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264). Unit, errors and kinds as {@link bootstrapInterval}. Null as there, without strata, and if any of
 * them has fewer than 2 values, for it would seem to be known without error.
 *
 * @example stratifiedBootstrap([[1, 1], [3, 3]], (tasks) => interquartileMean(tasks.flat()), { rng: createRng(1) }) // { estimate: 2, low: 2, high: 2, level: 0.95, kind: 'percentile' }
 */
export function stratifiedBootstrap(
  strata: Strata,
  statistic: (strata: Strata) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const { rng, resamples = 10_000, level = 0.95, kind = 'percentile' } = options;
  requireInside(level, 'a confidence level');
  requireCount(resamples, 'the number of resamples', 1);
  if (!canResample(strata)) return null;
  const estimate = statistic(strata);
  if (estimate === null) return null;
  const definite = (sample: Strata): number => {
    const value = statistic(sample);
    if (value === null || !Number.isFinite(value))
      throw new RangeError(`the statistic is ${value} on a resample: its bootstrap interval is undefined`);
    return value;
  };
  const replicates = Float64Array.from({ length: resamples }, () => definite(resample(strata, rng))).toSorted();
  const ends =
    kind === 'percentile'
      ? percentileEnds(replicates, level)
      : bcaEnds(replicates, estimate, jackknifeOf(strata, definite), level);
  return ends === null ? null : { estimate, low: ends[0], high: ends[1], level, kind };
}

/** Whether there are strata, and all have the two values without which resampling tells nothing. @throws {RangeError} on NaN or an infinite value */
export function canResample(strata: Strata): boolean {
  strata.forEach((values, i) => requireFinite(values, `sample ${i}: values`));
  return strata.length > 0 && strata.every((values) => values.length > 1);
}

/** As many values from each stratum as it has, drawn with replacement. */
export function resample(strata: Strata, rng: Rng): number[][] {
  return strata.map((values) => values.map(() => values[rng.integer(values.length)]));
}

function jackknifeOf(strata: Strata, statistic: (strata: Strata) => number): number[][] {
  return strata.map((values, i) => values.map((_, j) => statistic(strata.with(i, values.toSpliced(j, 1)))));
}
