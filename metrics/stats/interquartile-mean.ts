import { requireFinite } from './require.ts';

/**
 * Interquartile mean (IQM): the mean of the middle half, after ⌊n/4⌋ values were cut from each end of the sorted values. More robust than the
 * mean, more efficient than the median.
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264), over the scores of all runs on all tasks together; scipy's trim_mean(.25). Unit: that of the
 * values; between their smallest and largest. Null for none; the mean for fewer than 4.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example interquartileMean([9, 1, 2, 100]) // 5.5
 */
export function interquartileMean(values: readonly number[]): number | null {
  const n = requireFinite(values).length;
  if (n === 0) return null;
  const cut = Math.floor(n / 4);
  const middle = Float64Array.from(values)
    .toSorted()
    .subarray(cut, n - cut);
  const mean = middle.reduce((sum, value) => sum + value, 0) / middle.length;
  // Rounding may put the mean of equal values a little beside them.
  return Math.min(Math.max(mean, middle[0]), middle[middle.length - 1]);
}
