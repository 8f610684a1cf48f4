import { isConstant, requireDefined } from './require.ts';
import { meanAndStd } from './summary.ts';

/** A mean and how precisely a sample fixes it. Not the spread of the values: that is {@link meanAndStd}. */
export interface MeanAndStandardError {
  /** Null without values. */
  readonly mean: number | null;
  /** SEM = std / √n: shrinks with n. Null for n < 2. */
  readonly standardError: number | null;
  /** How many values were not null. */
  readonly n: number;
}

/**
 * Mean and its standard error (SEM), std / √n with the sample standard deviation std (n − 1 in the denominator). About two thirds of
 * intervals mean ± SEM hold the true mean for large n, but 63 % for n = 5 and 58 % for n = 3: give {@link tInterval} instead.
 *
 * Unit: that of the values; SEM ≥ 0, and 0 if all are equal. Nulls are left out.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example meanAndStandardError([1, 2, 3, null]) // { mean: 2, standardError: 0.57735026919, n: 3 }
 */
export function meanAndStandardError(values: readonly (number | null)[]): MeanAndStandardError {
  const defined = requireDefined(values);
  const { mean, std, n } = meanAndStd(defined);
  if (n > 1 && isConstant(defined)) return { mean: defined[0], standardError: 0, n };
  return { mean, standardError: std === null ? null : std / Math.sqrt(n), n };
}
