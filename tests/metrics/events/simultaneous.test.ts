import { describe, expect, test } from 'vitest';
import { dunnettTail, expectedMaximum } from '../../../metrics/events/simultaneous.ts';
import { normalTail } from '../../../metrics/stats/distributions/normal.ts';

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
    for (const d of [-2, 0, 1, 3, 5]) expect(dunnettTail(d, alike(1)) / normalTail(d)).toBeCloseTo(1, 4);
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
