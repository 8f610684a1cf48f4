import { requireFinite } from './require.ts';

/**
 * Differences first − second of pairs, such as two methods' scores on the same seeds: what the tests for pairs take.
 *
 * Rank tests take differences that are not exactly equal for different: .62 − .60 is a little more than .57 − .55. Of scores with few
 * decimals, give `decimals`, and the differences are rounded to so many.
 *
 * Unit: that of the values; positive where the first is the greater.
 *
 * @throws {RangeError} on samples of different lengths, NaN or an infinite value
 * @example pairedDifferences([0.62, 0.57], [0.6, 0.55], 4) // [0.02, 0.02]
 */
export function pairedDifferences(first: readonly number[], second: readonly number[], decimals?: number): number[] {
  if (first.length !== second.length)
    throw new RangeError(`pairs need samples of one length, not ${first.length} and ${second.length} values`);
  requireFinite(first, 'first');
  requireFinite(second, 'second');
  const round = (value: number): number =>
    decimals === undefined ? value : Math.round(value * 10 ** decimals) / 10 ** decimals;
  return first.map((value, i) => round(value - second[i]));
}
