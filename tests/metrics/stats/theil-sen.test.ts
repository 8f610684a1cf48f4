import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { theilSenSlope } from '../../../metrics/index.ts';

/** Points of which two at least differ in x. */
const points = array(tuple(integer({ min: 0, max: 9 }), integer({ min: -50, max: 50 })), {
  minLength: 1,
  maxLength: 12,
}).map((list) => [[-1, 0], ...list]);

describe('theilSenSlope', () => {
  it('agrees with scipy.stats.theilslopes (SciPy 1.17.1)', () => {
    const over = (y: number[]): number | null =>
      theilSenSlope(
        y.map((_, i) => i),
        y,
      );
    expect(over([0, 18, 12])).toBe(6);
    expect(over([3, 1, 4, 1, 5, 9, 2, 6])).toBeCloseTo(0.4642857142857143, 14);
    expect(over([13, 11, 30, 9])).toBeCloseTo(-1.1666666666666665, 14);
    expect(over([5, 4, 3, 0, 0.5])).toBeCloseTo(-1.1458333333333335, 14);
    expect(theilSenSlope([0, 1, 1, 3], [2.5, 0.1, 7.3, 4.4])).toBeCloseTo(0.6333333333333334, 14);
  });
  it('is null where no two points differ in x', () => {
    expect(theilSenSlope([], [])).toBeNull();
    expect(theilSenSlope([4], [1])).toBeNull();
    expect(theilSenSlope([4, 4], [1, 2])).toBeNull();
  });
  it('refuses lists of two lengths', () => {
    expect(() => theilSenSlope([1, 2], [1])).toThrow('2 values of x, but 1 of y');
  });
  it('does not hang on the order of the points, and turns with a line that is added', () => {
    assert(
      property(points, integer({ min: -9, max: 9 }), (list, slope) => {
        const [x, y] = [list.map(([at]) => at), list.map(([, value]) => value)];
        const found = theilSenSlope(x, y);
        expect(theilSenSlope(x.toReversed(), y.toReversed())).toBe(found);
        const tilted = theilSenSlope(
          x,
          y.map((value, i) => value + slope * x[i]),
        );
        expect(tilted).toBeCloseTo(found! + slope, 9);
      }),
    );
  });
});
