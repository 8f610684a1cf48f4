import { logGamma } from '../stats/distributions/log-gamma.ts';

/** Steps of log s. */
const width = 1 / 8;

/**
 * The mean of tail(d·s) over s² ~ χ²_ν/ν: what a tail of known errors becomes where the error is an estimate with ν degrees of freedom; `tail(d)` itself
 * for infinite ν. By the trapezoid rule in log s; relative error below 1e-4 for ν of at least 1.
 *
 * @param tail decreasing in d, in [0, 1]
 */
export function overScale(d: number, degrees: number, tail: (d: number) => number): number {
  if (degrees === Infinity || d === 0) return tail(d);
  // Below the lowest s, where the tail is all but 1, and above the highest, next to nothing is left.
  const lowest = Math.log(1 / (1 + Math.abs(d))) - 10 / degrees;
  const highest = Math.log(1 + 6 / Math.sqrt(degrees));
  const constant = Math.LN2 + (degrees / 2) * Math.log(degrees / 2) - logGamma(degrees / 2);
  let sum = 0;
  for (let log = highest; log > lowest; log -= width) {
    const s = Math.exp(log);
    sum += width * Math.exp(constant + degrees * log - (degrees * s ** 2) / 2) * tail(d * s);
  }
  return Math.min(1, sum);
}
