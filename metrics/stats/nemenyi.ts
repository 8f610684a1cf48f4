import { normalQuantile } from './distributions/normal.ts';
import { studentizedRangeQuantile, studentizedRangeTail } from './distributions/studentized-range.ts';
import { requireCount, requireFinite, requireInside, requirePositive } from './require.ts';

/**
 * Nemenyi's critical difference: the mean ranks of two of k methods over N data sets differ significantly if they lie at least
 * q √(k (k+1) / (6N)) apart, with q the upper α quantile of the studentised range with infinitely many degrees of freedom, over √2.
 *
 * Source: Nemenyi 1963; Demšar 2006, JMLR 7. Unit: ranks, above 0. Few data sets make it larger than k − 1, the largest possible difference.
 *
 * @param methods k
 * @param n N, data sets
 * @param alpha chance of any false claim among all pairs
 * @throws {RangeError} unless k is a whole number of at least 2, N of at least 1, and 0 < α < 1
 * @example nemenyiDifference(4, 14) // 1.25355914712
 */
export function nemenyiDifference(methods: number, n: number, alpha = 0.05): number {
  requireInside(alpha, 'α');
  const error = rankError(methods, n);
  return (studentizedRangeQuantile(1 - alpha, methods) / Math.SQRT2) * error;
}

/**
 * The p-value of a difference between two of k mean ranks by Nemenyi's test, already adjusted for all k (k − 1) / 2 pairs.
 *
 * Source and errors: see {@link nemenyiDifference}. In [0, 1]; 1 for no difference.
 *
 * @param difference of the mean ranks, whatever its sign
 * @example nemenyiP(1.25355914712, 4, 14) // 0.05
 */
export function nemenyiP(difference: number, methods: number, n: number): number {
  requireFinite([difference], 'difference');
  return studentizedRangeTail((Math.abs(difference) * Math.SQRT2) / rankError(methods, n), methods);
}

/**
 * The Bonferroni–Dunn critical difference, for comparing k − 1 methods with one control only: as {@link nemenyiDifference}, with the upper
 * α / (2 (k − 1)) quantile of the normal distribution as q.
 *
 * Source: Dunn 1961, JASA 56; Demšar 2006, JMLR 7. Unit: ranks, above 0.
 *
 * @throws {RangeError} unless k is a whole number of at least 2, N of at least 1, and 0 < α < 1
 * @example bonferroniDunnDifference(4, 14) // 1.16814253064
 */
export function bonferroniDunnDifference(methods: number, n: number, alpha = 0.05): number {
  requireInside(alpha, 'α');
  const error = rankError(methods, n);
  return -normalQuantile(alpha / (2 * (methods - 1))) * error;
}

/**
 * The bars of a critical-difference diagram: the largest groups of methods, two or more, whose mean ranks all lie closer together than
 * the critical difference. A group may share members with the next.
 *
 * Source: Demšar 2006, JMLR 7. Indices of methods, in each group from the best to the worst rank.
 *
 * @throws {RangeError} on NaN or an infinite rank, and unless the critical difference is above 0
 * @example rankGroups([3.1, 2, 2.9, 1.9], 1.05) // [[3, 1, 2], [2, 0]]
 */
export function rankGroups(averageRanks: readonly number[], criticalDifference: number): number[][] {
  requireFinite(averageRanks, 'averageRanks');
  requirePositive(criticalDifference, 'a critical difference');
  const order = averageRanks.map((_, i) => i).toSorted((i, j) => averageRanks[i] - averageRanks[j]);
  const groups: number[][] = [];
  let covered = 0;
  order.forEach((method, start) => {
    let end = start;
    while (end < order.length && averageRanks[order[end]] - averageRanks[method] < criticalDifference) end++;
    if (end - start > 1 && end > covered) groups.push(order.slice(start, end));
    covered = Math.max(covered, end);
  });
  return groups;
}

/** √(k (k+1) / (6N)), the standard error of a difference of mean ranks. */
function rankError(methods: number, n: number): number {
  requireCount(methods, 'the number of methods', 2);
  requireCount(n, 'the number of data sets', 1);
  return Math.sqrt((methods * (methods + 1)) / (6 * n));
}
