import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smooth, type WindowShape } from '../../../metrics/index.ts';

const shapes: WindowShape[] = ['flat', 'hanning', 'hamming', 'bartlett', 'blackman'];

/** What `smooth` of l2metrics (commit 5df07316, NumPy 1.26.4) makes of 3 1 4 1 5 9 2 6 5 3. */
const reference: [WindowShape, number, number[]][] = [
  ['flat', 4, [2.25, 2.25, 2.25, 2.75, 4.75, 4.25, 5.5, 5.5, 4.0, 4.75]],
  ['flat', 5, [2.0, 2.6, 2.0, 2.8, 4.0, 4.2, 4.6, 5.4, 5.0, 4.2]],
  ['hanning', 5, [2.25, 2.0, 2.25, 2.5, 2.75, 5.0, 6.25, 4.75, 4.75, 4.75]],
  [
    'hamming',
    4,
    [
      2.047058824, 2.047058824, 2.452941176, 2.547058824, 3.329411765, 6.482352941, 5.5, 4.282352941, 5.217647059,
      4.141176471,
    ],
  ],
  [
    'hamming',
    5,
    [
      2.205357143, 2.107142857, 2.205357143, 2.553571429, 2.973214286, 4.857142857, 5.955357143, 4.866071429,
      4.794642857, 4.651785714,
    ],
  ],
  ['bartlett', 4, [2.0, 2.0, 2.5, 2.5, 3.0, 7.0, 5.5, 4.0, 5.5, 4.0]],
  [
    'blackman',
    5,
    [
      2.011904762, 2.19047619, 2.011904762, 2.785714286, 2.416666667, 5.0, 6.773809524, 4.226190476, 4.988095238,
      4.797619048,
    ],
  ],
];

describe('smooth', () => {
  const x = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3);
  it.each(reference)('%s of %i agrees with l2metrics', (shape, length, expected) => {
    for (const [i, value] of smooth(x, shape, length).entries()) expect(value).toBeCloseTo(expected[i], 8);
  });
  it('takes a window of a fifth, mirrored at the start, as worked by hand', () => {
    const line = Float64Array.from({ length: 16 }, (_, i) => i);
    const expected = [1, 2 / 3, ...Array.from({ length: 14 }, (_, i) => i + 1)];
    for (const [i, value] of smooth(line, 'flat', null).entries()) expect(value).toBeCloseTo(expected[i], 12);
  });
  it('leaves what is too short for a window of 3 as it is', () => {
    const short = x.subarray(0, 9).slice();
    expect(smooth(short, 'flat', null)).toEqual(short);
    expect(smooth(x, 'flat', 2)).toEqual(x);
  });
  it('falls back to a fifth, here 2, where the window is longer than the values', () => {
    expect(smooth(x, 'flat', 11)).toEqual(x);
    expect(smooth(x, 'flat', 10)).not.toEqual(x);
  });
  it('spans 100 values at most', () => {
    const spike = new Float64Array(2000).fill(0, 0).fill(100, 1000, 1001);
    const spread = smooth(spike, 'flat', null).filter((value) => value > 0);
    expect(spread).toHaveLength(100);
    expect(spread[50]).toBeCloseTo(1, 12);
  });
  it('keeps the number of values, stays within them and changes nothing that is constant', () => {
    assert(
      property(
        array(integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 60 }),
        constantFrom(...shapes),
        constantFrom(null, 3, 4, 7, 20),
        (values, shape, length) => {
          const smoothed = smooth(Float64Array.from(values), shape, length);
          expect(smoothed).toHaveLength(values.length);
          expect(Math.min(...smoothed)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
          expect(Math.max(...smoothed)).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
          const flat = smooth(new Float64Array(values.length).fill(7), shape, length);
          for (const value of flat) expect(value).toBeCloseTo(7, 12);
        },
      ),
    );
  });
});
