import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { theilSenSlope } from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references } from './references.ts';

describe('theilSenSlope', () => {
  it.each(references.theilSen)('is that of scipy: $y over $x, and over 0, 1, 2, …', ({ x, y, slope, even }) => {
    expect(theilSenSlope(y, x)!).toEqual(near(slope, 13));
    expect(theilSenSlope(y)!).toEqual(near(even, 13));
  });

  it('is the slope of a line, whatever happens to a quarter of the points', () => {
    const slope = integer({ min: -50, max: 50 });
    assert(
      property(slope, array(integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 3 }), (m, wild) => {
        const y = Array.from({ length: 12 }, (_, i) => m * i + 7);
        expect(theilSenSlope(y)).toBe(m);
        wild.forEach((value, i) => {
          y[4 * i] = value;
        });
        // 36 of 66 slopes are those of the line.
        expect(theilSenSlope(y)).toBe(m);
      }),
    );
  });

  it('turns with the sign of y, and does not depend on the order of points', () => {
    const y = [3, -1, 4, 1, -5, 9];
    const x = [2, 7, 1, 8, 2, 8];
    expect(
      theilSenSlope(
        y.map((value) => -value),
        x,
      )!,
    ).toEqual(near(-theilSenSlope(y, x)!, 14));
    expect(theilSenSlope(y.toReversed(), x.toReversed())!).toEqual(near(theilSenSlope(y, x)!, 14));
  });

  it('is null where no two x differ, 0 for a constant, and refuses NaN and other lengths', () => {
    expect([theilSenSlope([]), theilSenSlope([1]), theilSenSlope([1, 2], [3, 3])]).toEqual([null, null, null]);
    expect(theilSenSlope([4, 4, 4])).toBe(0);
    expect(() => theilSenSlope([1, NaN])).toThrow(RangeError);
    expect(() => theilSenSlope([1, 2], [1, NaN])).toThrow(RangeError);
    expect(() => theilSenSlope([1, 2], [1])).toThrow('y has 2 values, x has 1');
  });
});
