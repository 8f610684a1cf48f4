/** A confidence interval: over repetitions of the whole study, a share `level` of such intervals holds the true value. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The nominal coverage, such as 0.95. */
  readonly level: number;
  /** How it was made, to be named wherever it is shown. */
  readonly kind: 't' | 'percentile' | 'bca';
}
