import { isConstant, requireFinite } from './require.ts';
import { meanAndStd } from './summary.ts';

/**
 * Cohen's d_z, the effect size of the paired t test: mean / std of the differences of pairs, with n − 1 in the variance.
 *
 * Source: Cohen 1988, Statistical Power Analysis; Lakens 2013, Frontiers in Psychology 4. Unit: standard deviations of the differences, any
 * number. Null for fewer than 2 pairs, and if all differences are equal.
 *
 * @param differences of pairs, see {@link pairedDifferences}
 * @throws {RangeError} on NaN or an infinite value
 * @example cohensDz([1, 2, 3]) // 2
 */
export function cohensDz(differences: readonly number[]): number | null {
  const { mean, std } = meanAndStd(requireFinite(differences));
  return mean === null || std === null || isConstant(differences) ? null : mean / std;
}
