import { chiSquareTail } from './distributions/chi-square.ts';
import { fTail } from './distributions/f.ts';
import { rankOf } from './ranks.ts';
import { requireRectangle } from './rectangle.ts';

export interface Friedman {
  /** Mean rank of each method over the data sets: 1 is best. */
  readonly averageRanks: readonly number[];
  /** Without correction for ties, as in Demšar 2006. */
  readonly chiSquare: number;
  readonly p: number;
  /** With correction for ties, as in scipy and R; null if every data set has all methods equal. */
  readonly tieCorrected: { readonly chiSquare: number; readonly p: number } | null;
  /** Iman and Davenport's F of `chiSquare`, the better choice: χ² is too cautious. */
  readonly imanDavenport: ImanDavenport;
}

export interface ImanDavenport {
  /** ∞ where all data sets agree on one order without ties. */
  readonly f: number;
  readonly degreesOfFreedom: readonly [numerator: number, denominator: number];
  readonly p: number;
}

/**
 * Friedman's test that k methods do equally well over N data sets (or seeds): with the mean ranks R_j,
 * χ² = 12 N / (k (k+1)) (Σ R_j² − k (k+1)² / 4), k − 1 degrees of freedom; divided by 1 − Σ(t³−t) / (N k (k²−1)) for groups of t ties.
 * The distributions are approximations for large N.
 *
 * Source: Friedman 1937, JASA 32; Demšar 2006, JMLR 7. χ² ≥ 0, at most N (k − 1); p in [0, 1]. Null for N < 2 or k < 2; χ² = 0 and p = 1
 * if all methods are equal everywhere.
 *
 * @param scores `[data set][method]`
 * @param better which scores get rank 1
 * @throws {RangeError} on rows of different lengths, NaN or an infinite value
 * @example friedman([[3, 2, 1], [3, 1, 2], [3, 2, 1]]).chiSquare // 4.6666666667
 */
export function friedman(
  scores: readonly (readonly number[])[],
  better: 'higher' | 'lower' = 'higher',
): Friedman | null {
  const methods = requireRectangle(scores, 'scores');
  const n = scores.length;
  if (n < 2 || methods < 2) return null;
  const ranked = scores.map((row) => rankOf(better === 'higher' ? row.map((score) => -score) : row));
  const averageRanks = scores[0].map((_, j) => ranked.reduce((sum, { ranks }) => sum + ranks[j], 0) / n);
  const ties = ranked.reduce((sum, row) => sum + row.ties, 0);
  // About the mean rank, instead of Σ R² − k (k+1)² / 4, which is the same without the cancellation.
  const spread = averageRanks.reduce((sum, rank) => sum + (rank - (methods + 1) / 2) ** 2, 0);
  const chiSquare = ((12 * n) / (methods * (methods + 1))) * spread;
  const correction = 1 - ties / (n * methods * (methods ** 2 - 1));
  return {
    averageRanks,
    ...testOf(chiSquare, methods),
    tieCorrected: correction <= 0 ? null : testOf(chiSquare / correction, methods),
    imanDavenport: imanDavenport(chiSquare, n, methods),
  };
}

/**
 * Iman and Davenport's F = (N − 1) χ² / (N (k − 1) − χ²) of Friedman's χ², with k − 1 and (k − 1)(N − 1) degrees of freedom.
 *
 * Source: Iman & Davenport 1980, Communications in Statistics 9. F ≥ 0, ∞ (and p = 0) at the largest χ², N (k − 1).
 *
 * @param n N, data sets
 * @param methods k
 * @throws {RangeError} unless N, k ≥ 2 and 0 ≤ χ² ≤ N (k − 1)
 * @example imanDavenport(9.278571428571437, 14, 4) // { f: 3.686313032, degreesOfFreedom: [3, 39], p: 0.019823006 }
 */
export function imanDavenport(chiSquare: number, n: number, methods: number): ImanDavenport {
  const most = n * (methods - 1);
  // Rounding may put the largest χ² a little above itself.
  if (!(n >= 2 && methods >= 2 && chiSquare >= 0 && chiSquare <= most * (1 + 1e-9)))
    throw new RangeError(
      `a χ² of ${chiSquare} is impossible for ${n} data sets and ${methods} methods (allowed: 0 to ${most})`,
    );
  const left = most - chiSquare;
  const f = left <= most * 1e-12 ? Infinity : ((n - 1) * chiSquare) / left;
  const degreesOfFreedom = [methods - 1, (methods - 1) * (n - 1)] as const;
  return { f, degreesOfFreedom, p: fTail(f, ...degreesOfFreedom) };
}

function testOf(chiSquare: number, methods: number): { chiSquare: number; p: number } {
  return { chiSquare, p: chiSquareTail(chiSquare, methods - 1) };
}
