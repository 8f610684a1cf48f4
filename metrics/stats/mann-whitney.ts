import { pOfTails, type Alternative } from './alternative.ts';
import { normalTail } from './distributions/normal.ts';
import { pairsGreater } from './pairs-greater.ts';
import { rankSumTails } from './rank-sum-distribution.ts';
import { requireFinite } from './require.ts';

export interface MannWhitneyOptions {
  /** `two-sided` unless given. `greater`: the first sample's values tend to be the greater. */
  readonly alternative?: Alternative;
  /** `auto` unless given: `exact` for up to 50 values in all, else `normal`. */
  readonly method?: 'auto' | 'exact' | 'normal';
  /** Whether the normal approximation takes ½ off the distance from the mean. It does unless given, as in scipy. */
  readonly continuity?: boolean;
}

export interface MannWhitney {
  /** Pairs in which the first sample's value is the greater; equal ones count ½. */
  readonly u1: number;
  /** Pairs in which the second sample's is: n₁ n₂ − U₁. */
  readonly u2: number;
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** Up to here `auto` is exact: the counts of choices then are whole numbers below 2⁵³. */
const exactUpTo = 50;

/**
 * The Mann–Whitney U test (Wilcoxon's rank-sum test) that two independent samples come from one distribution:
 * U₁ = R₁ − n₁(n₁+1)/2, R₁ being the sum of the first sample's ranks among all n = n₁ + n₂ values.
 *
 * The exact distribution is that of all choices of n₁ out of the ranks at hand, mean ranks of ties included. The normal approximation
 * has mean n₁n₂/2 and variance n₁n₂/12 (n + 1 − Σ(t³−t)/(n(n−1))) for groups of t equal values.
 *
 * Source: Mann & Whitney 1947, Annals of Mathematical Statistics 18. Unit: pairs, from 0 to n₁n₂; p in [0, 1]. Null if a sample is
 * empty; p = 1 if all values are equal. With ties, and above 8 values in both samples, scipy takes the normal approximation:
 * `method: 'normal'` is that.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example mannWhitney([4, 5, 6], [1, 2, 3]) // { u1: 9, u2: 0, p: 0.1, method: 'exact' }
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  options: MannWhitneyOptions = {},
): MannWhitney | null {
  const { alternative = 'two-sided', method = 'auto', continuity = true } = options;
  requireFinite(first, 'first');
  requireFinite(second, 'second');
  const [n1, n2] = [first.length, second.length];
  const n = n1 + n2;
  if (n1 === 0 || n2 === 0) return null;
  const { u1, rankSum, ranks, ties } = pairsGreater(first, second);
  const exact = method === 'exact' || (method === 'auto' && n <= exactUpTo);
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)));
  const { lower, upper } = exact
    ? rankSumTails(ranks, n1, rankSum)
    : normalTails(u1 - (n1 * n2) / 2, variance, continuity ? 0.5 : 0);
  return { u1, u2: n1 * n2 - u1, p: pOfTails(lower, upper, alternative), method: exact ? 'exact' : 'normal' };
}

function normalTails(distance: number, variance: number, correction: number): { lower: number; upper: number } {
  if (variance <= 0) return { lower: 1, upper: 1 };
  const deviation = Math.sqrt(variance);
  return {
    lower: normalTail((-distance - correction) / deviation),
    upper: normalTail((distance - correction) / deviation),
  };
}
