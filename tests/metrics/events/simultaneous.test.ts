import { describe, expect, test } from 'vitest';
import { logNormalCdf } from '../../../metrics/events/logNormalCdf.ts';
import { dunnettTail, dunnettTailAlike, expectedMaximum, rangeTail } from '../../../metrics/events/simultaneous.ts';
import { expectedLargest } from '../../../metrics/stats/expected-largest.ts';
import { createTails } from '../../../metrics/events/tails.ts';
import { normalCdf, normalTail } from '../../../metrics/stats/distributions/normal.ts';
import { studentTTail } from '../../../metrics/stats/distributions/student-t.ts';
import { studentizedRangeTail } from '../../../metrics/stats/distributions/studentized-range.ts';

const alike = (m: number): number[] => Array.from({ length: m }, () => Math.SQRT1_2);

describe('the largest of many comparisons with one reference', () => {
  // Dunnett 1955 (JASA 50), table 1a: upper 5 % points of the one-sided test, infinitely many degrees of freedom, to two decimals.
  test.each([
    [1, 1.64],
    [2, 1.92],
    [3, 2.06],
    [4, 2.16],
    [5, 2.23],
    [6, 2.29],
    [7, 2.34],
    [8, 2.38],
    [9, 2.42],
  ])('of %i has Dunnett’s upper 5 %% point %f', (m, point) => {
    expect(dunnettTail(point + 0.008, alike(m))).toBeLessThan(0.05);
    expect(dunnettTail(point - 0.008, alike(m))).toBeGreaterThan(0.05);
  });

  test('is the normal tail for a single one, far out, too', () => {
    for (const d of [-2, 0, 1, 3, 5, 13, 30]) expect(dunnettTail(d, alike(1)) / normalTail(d)).toBeCloseTo(1, 4);
  });

  test('with a reference that is exactly known they are independent', () => {
    for (const d of [0.5, 2, 3.5]) expect(dunnettTail(d, [0, 0, 0])).toBeCloseTo(1 - (1 - normalTail(d)) ** 3, 9);
  });

  test('grows with their number, falls with the value, and stays in [0, 1]', () => {
    for (const d of [-9, 0, 2, 9])
      for (const m of [1, 10, 5000]) {
        const p = dunnettTail(d, alike(m));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(dunnettTail(d, alike(m + 1))).toBeGreaterThanOrEqual(p - 1e-12);
        expect(dunnettTail(d + 0.1, alike(m))).toBeLessThanOrEqual(p + 1e-12);
      }
  });
});

test('the mean depth by chance: of one value E max(0, Z) = 1/√(2π), of many more', () => {
  expect(expectedMaximum(1)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 5);
  expect(expectedMaximum(100)).toBeGreaterThan(expectedMaximum(10));
  // With two values, max(0, T₁, T₂)·√2 is the reference less the smallest of three alike: the mean of the largest of three normals, 3/(2√π).
  expect(expectedMaximum(2)).toBeCloseTo(3 / (2 * Math.sqrt(Math.PI)) / Math.SQRT2, 5);
});

describe('errors that are estimates', () => {
  // Dunnett 1955, table 1a: upper 5 % points of the one-sided test with ν degrees of freedom.
  const points: Record<number, readonly number[]> = {
    5: [2.02, 2.44, 2.68, 2.85, 2.98, 3.08, 3.16, 3.24, 3.3],
    10: [1.81, 2.15, 2.34, 2.47, 2.56, 2.64, 2.7, 2.76, 2.81],
  };
  test.each(Object.entries(points).flatMap(([degrees, row]) => row.map((point, i) => [i + 1, +degrees, point])))(
    'of %i with %i degrees of freedom Dunnett’s upper 5 %% point is %f',
    (m, degrees, point) => {
      expect(dunnettTailAlike(point + 0.008, m, degrees)).toBeLessThan(0.05);
      expect(dunnettTailAlike(point - 0.008, m, degrees)).toBeGreaterThan(0.05);
    },
  );

  test('a single comparison is Student’s t', () => {
    for (const degrees of [1, 2.5, 8])
      for (const d of [-2, 0, 1, 5, 60])
        expect(dunnettTailAlike(d, 1, degrees) / studentTTail(d, degrees)).toBeCloseTo(1, 3);
  });

  // Upper 5 % points of the studentised range, as in any table (Harter 1960, Annals of Mathematical Statistics 31).
  test.each([
    [3, 10, 3.88],
    [5, 8, 4.89],
    [10, 8, 5.92],
    [20, 5, 8.21],
    [10, 20, 5.01],
  ])('the range of %i with %i degrees of freedom has the upper 5 %% point %f', (groups, degrees, point) => {
    expect(rangeTail(point + 0.008, groups, degrees)).toBeLessThan(0.05);
    expect(rangeTail(point - 0.008, groups, degrees)).toBeGreaterThan(0.05);
  });
});

test('the range of known errors agrees with studentizedRangeTail, and keeps small tails below its precision', () => {
  for (const groups of [2, 27, 1000])
    for (const q of [0.5, 2, 4, 6])
      expect(Math.abs(rangeTail(q, groups) - studentizedRangeTail(q, groups))).toBeLessThan(1e-9);
  // Of two values the range is |Z₁ − Z₂|, whose tail is 2 P(Z > q/√2).
  expect(rangeTail(14, 2) / (2 * normalTail(14 / Math.SQRT2))).toBeCloseTo(1, 3);
});

test('tails from a table differ from computed ones by less than a thousandth', () => {
  const tails = createTails();
  for (const degrees of [3.3, Infinity]) {
    for (const d of [-1.23, 0.01, 2.34, 4.56, 11.1])
      expect(Math.abs(tails.dunnett(d, 50, degrees) / dunnettTailAlike(d, 50, degrees) - 1)).toBeLessThan(1e-3);
    for (const q of [0.01, 2.34, 5.67, 11.1])
      expect(Math.abs(tails.range(q, 50, degrees) / rangeTail(q, 50, degrees) - 1)).toBeLessThan(1e-3);
  }
  expect(tails.quantile(0.05, Infinity)).toBeCloseTo(1.6449, 4);
  expect(tails.quantile(0.025, 4)).toBeCloseTo(2.7764, 4);
});

test('log Φ is that of normalCdf', () => {
  for (let x = -11.99; x < 9; x += 0.0917) {
    const exact = x > 0 ? Math.log1p(-normalTail(x)) : Math.log(normalCdf(x));
    expect(Math.abs(logNormalCdf(x) / exact - 1)).toBeLessThan(x > 8 ? 1e-3 : x > 6 ? 1e-6 : 1e-9);
  }
  expect(logNormalCdf(-20) / Math.log(normalCdf(-20))).toBeCloseTo(1, 6);
  expect(logNormalCdf(12) / -normalTail(12)).toBeCloseTo(1, 4);
});

// Harter 1961, Biometrika 48, table 1: expected values of normal order statistics.
test.each([
  [2, 0.56419],
  [10, 1.53875],
  [100, 2.50759],
  [400, 2.96818],
])('the largest of %i normals has the mean %f', (m, mean) => {
  expect(expectedLargest(m)).toBeCloseTo(mean, 4);
});
