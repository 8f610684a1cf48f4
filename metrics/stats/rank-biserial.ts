import { signedRanks } from './signed-ranks.ts';

/**
 * Matched-pairs rank-biserial correlation, the effect size of Wilcoxon's signed-rank test: (W₊ − W₋) / (W₊ + W₋), zeros dropped before
 * ranking.
 *
 * Source: Kerby 2014, Comprehensive Psychology 3. A correlation, in [−1, 1]: 1 if all differences are positive. Null if none differs
 * from 0.
 *
 * @param differences of pairs, see {@link pairedDifferences}
 * @throws {RangeError} on NaN or an infinite value
 * @example rankBiserial([1, 2, -3, 4]) // 0.4
 */
export function rankBiserial(differences: readonly number[]): number | null {
  const { plus, minus } = signedRanks(differences, 'wilcox');
  return plus + minus === 0 ? null : (plus - minus) / (plus + minus);
}
