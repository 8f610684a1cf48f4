/**
 * The Theil–Sen slope: the median of the slopes (y_j - y_i) / (x_j - x_i) of all pairs of points with x_j > x_i. For an even number
 * of slopes it is the mean of the middle two.
 *
 * Sources: Theil 1950, Nederl. Akad. Wetensch. Proc. 53; Sen 1968, J. Am. Stat. Assoc. 63. Unit: that of y over that of x. A single
 * outlier moves it little: up to 29 % of the points may be arbitrary. Null where no two points differ in x. Takes time and memory in
 * the square of the number of points.
 *
 * @throws {RangeError} if x and y are not of one length
 * @example x = [0, 1, 2], y = [0, 18, 12]: slopes 18, 6 and -6, so 6
 */
export function theilSenSlope(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  if (x.length !== y.length) throw new RangeError(`${x.length} values of x, but ${y.length} of y`);
  const slopes: number[] = [];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < x.length; j++) if (x[j] > x[i]) slopes.push((y[j] - y[i]) / (x[j] - x[i]));
  }
  if (slopes.length === 0) return null;
  const sorted = slopes.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
