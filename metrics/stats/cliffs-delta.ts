import { pairsGreater } from './pairs-greater.ts';
import { requireFinite } from './require.ts';

/**
 * Cliff's delta, the effect size of the Mann–Whitney test: the share of pairs, one value of each sample, in which the first is the
 * greater, less the share in which it is the smaller: 2 U₁ / (n₁ n₂) − 1.
 *
 * Source: Cliff 1993, Psychological Bulletin 114. A share, in [−1, 1]; 0 if the samples are alike. Null if one is empty.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example cliffsDelta([2, 4], [1, 2]) // 0.75
 */
export function cliffsDelta(first: readonly number[], second: readonly number[]): number | null {
  requireFinite(first, 'first');
  requireFinite(second, 'second');
  if (first.length === 0 || second.length === 0) return null;
  return (2 * pairsGreater(first, second).u1) / (first.length * second.length) - 1;
}
