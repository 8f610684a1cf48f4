import { expect, test } from 'vitest';
import { impliedCount, itemErrorOf } from '../../../metrics/events/itemError.ts';

test('two shares: the pooled test of two proportions, by hand', () => {
  // 90 of 100 and 160 of 200: p = 250.5/301, √(p(1 − p)(1/100 + 1/200)).
  const { error, lambda } = itemErrorOf(
    { value: 0.9, error: null, count: 100 },
    { value: 0.8, error: null, count: 200 },
  )!;
  const p = 250.5 / 301;
  expect(error).toBeCloseTo(Math.sqrt(p * (1 - p) * 0.015), 12);
  expect(lambda).toBeCloseTo(Math.sqrt(2 / 3), 12);
});

test('known errors add in squares, and a share whose error is not known takes that of its number of items', () => {
  expect(itemErrorOf({ value: 1, error: 0.03, count: null }, { value: 0, error: 0.04, count: null })).toEqual({
    error: 0.05,
    lambda: 0.6,
  });
  // 50 of 50: p = 50.5/51.
  const share = Math.sqrt(((50.5 / 51) * (0.5 / 51)) / 50);
  const mixed = itemErrorOf({ value: 1, error: null, count: 50 }, { value: 0.9, error: 0.04, count: null })!;
  expect(mixed.error).toBeCloseTo(Math.hypot(share, 0.04), 12);
});

test('is null where nothing is known of one of them, and above 0 at 0 and at 1', () => {
  expect(itemErrorOf({ value: 1, error: null, count: null }, { value: 0.5, error: 0.1, count: 10 })).toBeNull();
  expect(itemErrorOf({ value: 1, error: null, count: 10 }, { value: 0.5, error: null, count: null })).toBeNull();
  for (const value of [0, 1])
    expect(itemErrorOf({ value, error: null, count: 10 }, { value, error: null, count: 10 })!.error).toBeGreaterThan(0);
});

test('errors of shares tell their number of items: s/√n of .25 with n = 400 is √(.1875/399)', () => {
  const errors = [0.25, 0.5, 1].map((value) => Math.sqrt((value * (1 - value)) / 399));
  expect(impliedCount(Float64Array.from([0.25, 0.5, 1]), Float64Array.from(errors))).toBeCloseTo(399, 6);
  expect(impliedCount(Float64Array.from([1, NaN]), Float64Array.from([0, 0.1]))).toBeNull();
});
