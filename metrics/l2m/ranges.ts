import type { DataRange } from './options.ts';

/** The least and the greatest of some values, of which there must be one at least. */
export function rangeOf(values: ArrayLike<number>): DataRange {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
  }
  return { min, max };
}

/** The 10 % and 90 % quantiles of some values, linear between the two nearest in rank (Hyndman & Fan's type 7). */
export function quantileRange(values: Float64Array): DataRange {
  const sorted = values.toSorted();
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { min: at(0.1), max: at(0.9) };
}

/** Values outside a range moved to its nearer end. Without a range they are left as they are. */
export function clampValues(values: Float64Array, range: DataRange | undefined): Float64Array {
  return range ? values.map((value) => Math.min(Math.max(value, range.min), range.max)) : values;
}

/**
 * 1 + 100 (x − min) / (max − min): onto 1 … 101, so that ratios of performances have no 0 below them. 1 where min = max; l2metrics
 * does so by task only, and divides by 0 where a whole run is constant.
 *
 * @example min = 2, max = 4: 2 becomes 1, 3 becomes 51, 5 (outside a given range) becomes 151
 */
export function normalizeValues(values: Float64Array, { min, max }: DataRange): Float64Array {
  return values.map((value) => (min === max ? 1 : ((value - min) / (max - min)) * 100 + 1));
}
