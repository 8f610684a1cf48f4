import { requireNumber, requireProbability } from '../require.ts';
import { upperIncompleteGamma } from './incomplete-gamma.ts';
import { symmetricQuantile } from './solve.ts';

/**
 * P(Z > z) of a standard normal Z: Q(½, z²/2) / 2 for z ≥ 0, Q being the upper incomplete gamma function.
 *
 * Source: Abramowitz & Stegun 26.2, 6.5.17. A probability, in [0, 1]. Relative error below 1e-12 up to z = 37.
 *
 * @throws {RangeError} if z is NaN
 * @example normalTail(1.959963984540054) // 0.025
 */
export function normalTail(z: number): number {
  requireNumber(z, 'z');
  const tail = upperIncompleteGamma(0.5, z ** 2 / 2) / 2;
  return z < 0 ? 1 - tail : tail;
}

/**
 * P(Z ≤ z) of a standard normal Z. See {@link normalTail}.
 *
 * @example normalCdf(1) // 0.8413447460685429
 */
export function normalCdf(z: number): number {
  return normalTail(-z);
}

/**
 * The z with P(Z ≤ z) = p for a standard normal Z; −∞ and ∞ for p = 0 and 1.
 *
 * @throws {RangeError} unless 0 ≤ p ≤ 1
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  requireProbability(p);
  return symmetricQuantile(normalTail, p);
}
