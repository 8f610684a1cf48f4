import { meanAndStandardError, type MeanAndStandardError } from '../stats/standard-error.ts';
import { requireCount } from '../stats/require.ts';

/** Below this, e^x is less than half of the last digit of 1. */
const nothing = -40;

/** Answers to one problem, and the right ones among them. */
export interface Tally {
  readonly n: number;
  readonly c: number;
}

/**
 * The chance that k answers to a problem have a right one among them, estimated without bias from n ≥ k answers of which c are right:
 * pass@k = 1 − C(n−c, k) / C(n, k) = 1 − Π (1 − k/i) over i = n−c+1 … n; 1 if n − c < k. Not 1 − (1 − c/n)^k, which is biased.
 *
 * Source: Chen et al. 2021 (arXiv:2107.03374). A share, in [0, 1]; higher is better. Null if n < k. Accurate to about 1e-13, small values relative to
 * their size: the logarithms of the factors are added, of the min(c, k) factors that are fewest.
 *
 * @throws {RangeError} unless n and c ≤ n are whole numbers of at least 0 and k is one of at least 1
 * @example passAtK(10, 3, 5) // 0.9166666667, that is 1 − 21/252
 */
export function passAtK(n: number, c: number, k: number): number | null {
  requireCount(n, 'n, the number of answers,');
  requireCount(c, 'c, the number of right answers,');
  requireCount(k, 'k', 1);
  if (c > n) throw new RangeError(`c, the number of right answers, is at most n: ${c} > ${n}`);
  if (n < k) return null;
  if (n - c < k) return 1;
  // The formula is symmetric in c and k.
  const [fewer, more] = c < k ? [c, k] : [k, c];
  let log = 0;
  for (let i = n - fewer + 1; i <= n && log > nothing; i++) log += Math.log1p(-more / i);
  return -Math.expm1(log) + 0;
}

/**
 * pass@k over problems: the mean of {@link passAtK}, its standard error that over problems, std / √(problems).
 *
 * A share, in [0, 1]. Null where a problem has fewer than k answers: a mean over the others would be another quantity.
 *
 * @throws {RangeError} as passAtK
 * @example meanPassAtK([{ n: 4, c: 0 }, { n: 4, c: 2 }], 2) // { mean: 0.4166666667, standardError: 0.4166666667, n: 2 }
 */
export function meanPassAtK(problems: readonly Tally[], k: number): MeanAndStandardError | null {
  const values = problems.map(({ n, c }) => passAtK(n, c, k));
  return values.includes(null) ? null : meanAndStandardError(values);
}
