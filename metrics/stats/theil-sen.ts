import { quantileOf } from './quantile.ts';
import { requireFinite } from './require.ts';

/**
 * The Theil–Sen slope of a series: the median of (y_j − y_i) / (x_j − x_i) over all pairs with different x, the mean of the middle two
 * where their number is even. Up to 29 % of the points may be arbitrarily wrong. O(n²).
 *
 * Source: Theil 1950; Sen 1968, JASA 63. Unit: y per x. Null if no two x differ.
 *
 * @param x 0, 1, 2, … unless given, in any order
 * @throws {RangeError} if x has another length than y, on NaN or an infinite value
 * @example theilSenSlope([13, 11, 30, 9]) // -1.16666666667
 */
export function theilSenSlope(y: readonly number[], x: readonly number[] = y.map((_, i) => i)): number | null {
  if (x.length !== y.length) throw new RangeError(`y has ${y.length} values, x has ${x.length}`);
  requireFinite(y, 'y');
  requireFinite(x, 'x');
  const slopes = y.flatMap((yi, i) =>
    y.slice(i + 1).flatMap((yj, k) => {
      const distance = x[i + 1 + k] - x[i];
      return distance === 0 ? [] : [(yj - yi) / distance];
    }),
  );
  return slopes.length === 0 ? null : quantileOf(Float64Array.from(slopes).toSorted(), 0.5);
}
