import { expect, test } from 'vitest';
import { dropFraction } from '../../../methods/shared/masks/dropFraction.ts';

test('the cosine with the settings of RigL on ImageNet (arXiv:1911.11134: α = 0.3, T_end = 25,000), by its formula', () => {
  const at = (t: number) => dropFraction('cosine', 0.3, t, 25_000);
  expect(at(0)).toBe(0.3);
  expect(at(100)).toBeCloseTo(0.15 * (1 + Math.cos(Math.PI / 250)), 12);
  // cos π/4 = √2/2, cos π/3 = 1/2, cos π/2 = 0, cos 2π/3 = −1/2.
  expect(at(6_250)).toBeCloseTo(0.15 * (1 + Math.SQRT2 / 2), 12);
  expect(at(25_000 / 3)).toBeCloseTo(0.225, 12);
  expect(at(12_500)).toBeCloseTo(0.15, 12);
  expect(at(50_000 / 3)).toBeCloseTo(0.075, 12);
  expect(at(25_000)).toBe(0);
  // The run goes on to update 32,000; the cosine itself would rise again.
  expect(at(32_000)).toBe(0);
});

test('its mean over the schedule is α/2, as many weights move as with a constant half', () => {
  const end = 1000;
  const sum = Array.from({ length: end }, (_, t) => dropFraction('cosine', 0.5, t, end)).reduce((a, b) => a + b, 0);
  // Σ of the cosine over whole steps of half a period from 0 is 1.
  expect(sum).toBeCloseTo((0.5 / 2) * (end + 1), 9);
});

test('constant is α at all times', () => {
  for (const t of [0, 10, 1e9]) expect(dropFraction('constant', 0.3, t, 100)).toBe(0.3);
});
