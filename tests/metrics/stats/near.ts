import { double } from 'fast-check';
import { expect } from 'vitest';

/**
 * What `toEqual` takes for numbers that agree to so many digits: after the point, and for numbers above 10 in all but one.
 * A list stands for one of the same length.
 */
export function near(expected: number | readonly number[], digits = 12): unknown {
  if (typeof expected !== 'number') return expected.map((value) => near(value, digits));
  const before = Math.floor(Math.log10(Math.max(1, Math.abs(expected))));
  return expect.closeTo(expected, digits - before);
}

/** Finite values of a size that does not overflow when squared. */
export const finite = double({ min: -1e6, max: 1e6, noNaN: true });
