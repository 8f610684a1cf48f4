import { array, assert, double, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianFilter, refinedSchedule } from '../../metrics/index.ts';

const rounded = (values: Float64Array, digits: number): number[] => [...values].map((v) => Number(v.toFixed(digits)));

/** 1 + ((7t) mod 11)/2 + 3·e^(−t/5) */
const norms = Array.from({ length: 30 }, (_, t) => 1 + ((7 * t) % 11) / 2 + 3 * Math.exp(-t / 5));

// Worked by hand from η_t = w_t·Σ_{s>t} w_s, with w = G⁻²; at five updates the filter has width 1.
test.each([
  [
    [1, 1, 1, 1, 1],
    [1, 0.75, 0.5, 0.25, 0],
  ],
  [
    [4, 2, 1, 1, 0.5],
    [0.07812, 0.3, 1, 0.8, 0],
  ],
  [
    [1, 1, 1, 1, 2],
    [1, 0.69231, 0.38462, 0.07692, 0],
  ],
])('the schedule of %j', (given, expected) => {
  const found = refinedSchedule(given, { exponent: 2, tau: 0.1 });
  found.forEach((factor, t) => expect(factor).toBeCloseTo(expected[t], 4));
});

describe('against scipy 1.17 (scipy.ndimage.median_filter) and numpy, padded as the released code of arXiv:2310.07831 says', () => {
  test('the filter', () => {
    expect(rounded(medianFilter(norms, 9), 6)).toEqual([
      4.0, 4.0, 4.51096, 4.51096, 4.51096, 5.347987, 4.51096, 4.239791, 4.239791, 3.406006, 4.239791, 4.149361,
      3.406006, 4.149361, 3.581971, 3.581971, 4.149361, 3.581971, 3.581971, 3.581971, 3.044987, 3.581971, 3.581971,
      3.044987, 4.01655, 3.509083, 4.01655, 4.01655, 4.01655, 4.01655,
    ]);
    expect(rounded(medianFilter(norms, 3), 6).slice(-4)).toEqual([4.01655, 4.01655, 3.509083, 5.511094]);
  });

  test('the schedule for sgd', () => {
    expect(rounded(refinedSchedule(norms, { exponent: 2, tau: 0.3 }), 6)).toEqual([
      0.967727, 0.936868, 0.71757, 0.698492, 0.679413, 0.473726, 0.646761, 0.70769, 0.683242, 1.0, 0.620912, 0.621621,
      0.863866, 0.555419, 0.697327, 0.649339, 0.457247, 0.56559, 0.517602, 0.469614, 0.557961, 0.355221, 0.307234,
      0.333258, 0.16118, 0.159069, 0.09106, 0.060707, 0.030353, 0.0,
    ]);
  });

  test('the schedule for Adam', () => {
    expect(rounded(refinedSchedule(norms, { exponent: 1, tau: 0.3 }), 6)).toEqual([
      1.0, 0.966588, 0.830831, 0.804559, 0.778288, 0.637785, 0.729857, 0.746798, 0.717058, 0.846511, 0.650299, 0.633422,
      0.725584, 0.564546, 0.612306, 0.57064, 0.46156, 0.493006, 0.451341, 0.409675, 0.424265, 0.318997, 0.277331,
      0.268582, 0.170478, 0.151717, 0.099411, 0.066274, 0.033137, 0.0,
    ]);
  });
});

test('the filter is a sort of every window', () => {
  const cases = tuple(array(double({ noNaN: true }), { minLength: 1, maxLength: 40 }), nat(100));
  assert(
    property(cases, ([values, share]) => {
      const half = Math.floor((share * (values.length - 1)) / 100);
      const last = values.length - 1;
      const naive = values.map((_, i) => {
        const seen = Array.from({ length: 2 * half + 1 }, (__, j) => i - half + j);
        const inside = seen.map((j) => values[Math.max(0, j > last ? 2 * last - j : j)]);
        return inside.toSorted((a, b) => a - b)[half];
      });
      expect([...medianFilter(values, 2 * half + 1)].map((v) => v + 0)).toEqual(naive.map((v) => v + 0));
    }),
  );
});

test('the scale of the gradients does not matter, however small or large', () => {
  const expected = refinedSchedule(norms, { exponent: 2, tau: 0.1 });
  for (const scale of [1e-200, 1e200]) {
    const scaled = norms.map((norm) => norm * scale);
    refinedSchedule(scaled, { exponent: 2, tau: 0.1 }).forEach((factor, t) =>
      expect(factor).toBeCloseTo(expected[t], 12),
    );
  }
});

test('one odd norm is filtered away; a stretch of zeros leaves no schedule', () => {
  const flat = Array.from({ length: 30 }, () => 2);
  const linear = flat.map((_, t) => (29 - t) / 29);
  const odd = flat.with(10, 0);
  refinedSchedule(odd, { exponent: 2, tau: 0.1 }).forEach((factor, t) => expect(factor).toBeCloseTo(linear[t], 12));
  const dead = flat.with(10, 0).with(11, 0);
  expect([...refinedSchedule(dead, { exponent: 2, tau: 0.1 })].every(Number.isNaN)).toBe(true);
});
