import { z } from 'zod';

const range = z.strictObject({ min: z.number(), max: z.number() });

/**
 * How the metrics of a lifetime are computed: the settings of l2metrics under names of this project's style, with its defaults.
 *
 * Source: l2metrics, commit 5df07316.
 */
export const lifetimeOptionsSchema = z.strictObject({
  /** `aware`: every variant is a task. `agnostic`: names are cut at the first `_`, so that variants of a task are one. */
  variants: z.enum(['aware', 'agnostic']).default('aware'),
  /**
   * Several runs of a single-task expert: `metrics` averages what is computed with each, `time` computes with the mean of the runs,
   * cut to the shortest.
   */
  steAveraging: z.enum(['metrics', 'time']).default('metrics'),
  /** How values of tasks become one of the lifetime. */
  aggregation: z.enum(['mean', 'median']).default('mean'),
  /** What maintained performance is measured against: the most recent evaluation after learning, or the end of learning. */
  maintenance: z.enum(['mrlep', 'mrtlp', 'both']).default('mrlep'),
  /** How two performances are compared. */
  transfer: z.enum(['ratio', 'contrast', 'both']).default('ratio'),
  /** Onto 1 … 101: by each task's own range, by the range of all tasks, or not at all. */
  normalization: z.enum(['task', 'run', 'none']).default('task'),
  /** Window of the moving average; `none` leaves it out. */
  smoothing: z.enum(['flat', 'hanning', 'hamming', 'bartlett', 'blackman', 'none']).default('flat'),
  /** Experiences in the window; null: a fifth of the regime, 100 at most. */
  windowLength: z.int().min(1).nullable().default(null),
  /** Whether evaluation blocks are smoothed, too. */
  smoothEvaluation: z.boolean().default(false),
  /** Whether values are clamped to the 10 % and 90 % quantiles of their task, or to `dataRange` where it is given. */
  clampOutliers: z.boolean().default(false),
  /** Ranges of the tasks for clamping and normalisation, instead of those found in the data. */
  dataRange: z.record(z.string(), range).nullable().default(null),
});

/** Resolved: no default left open. */
export type LifetimeOptions = z.output<typeof lifetimeOptionsSchema>;

/** As they are given: every one may be left out. */
export type LifetimeOptionsInput = z.input<typeof lifetimeOptionsSchema>;

/** The values of a task, from the least to the greatest. */
export type DataRange = z.output<typeof range>;
