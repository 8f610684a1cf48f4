import { studentTQuantile } from './distributions/student-t.ts';
import type { Interval } from './interval.ts';
import { requireInside } from './require.ts';
import { meanAndStandardError } from './standard-error.ts';

/**
 * Confidence interval of a mean, mean ± t SEM, with t the (1 + level)/2 quantile of Student's t with n − 1 degrees of freedom: 4.303
 * for 3 values, 2.776 for 5, where a normal distribution would give 1.960 for any n.
 *
 * Source: Student 1908, Biometrika 6. Exact for values from a normal distribution; docs/statistics.md says how far off elsewhere.
 * Unit: that of the values, and not cut at bounds they may have. Nulls are left out. Null for fewer than 2 values; of no width if all
 * are equal.
 *
 * @param level share of such intervals that hold the true mean, between 0 and 1
 * @throws {RangeError} on NaN or an infinite value, and for another level
 * @example tInterval([0.9, 0.92, 0.94]) // { estimate: 0.92, low: 0.870317, high: 0.969683, level: 0.95, kind: 't' }
 */
export function tInterval(values: readonly (number | null)[], level = 0.95): Interval | null {
  requireInside(level, 'a confidence level');
  const { mean, standardError, n } = meanAndStandardError(values);
  if (mean === null || standardError === null) return null;
  const half = studentTQuantile((1 + level) / 2, n - 1) * standardError;
  return { estimate: mean, low: mean - half, high: mean + half, level, kind: 't' };
}
