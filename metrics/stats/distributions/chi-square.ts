import { requireNumber, requirePositive, requireProbability } from '../require.ts';
import { upperIncompleteGamma } from './incomplete-gamma.ts';
import { solveTail } from './solve.ts';

/**
 * P(X > x) of the χ² distribution with ν degrees of freedom: Q(ν/2, x/2), the upper incomplete gamma function; 1 for x ≤ 0.
 *
 * Source: Abramowitz & Stegun 26.4.19. A probability, in [0, 1].
 *
 * @throws {RangeError} unless ν > 0, and if x is NaN
 * @example chiSquareTail(3.841458820694124, 1) // 0.05
 */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  requirePositive(degreesOfFreedom, 'the degrees of freedom');
  requireNumber(x, 'χ²');
  return upperIncompleteGamma(degreesOfFreedom / 2, x / 2);
}

/**
 * The x with P(X ≤ x) = p; ∞ for p = 1.
 *
 * @throws {RangeError} unless 0 ≤ p ≤ 1 and ν > 0
 * @example chiSquareQuantile(0.95, 1) // 3.841458820694124
 */
export function chiSquareQuantile(p: number, degreesOfFreedom: number): number {
  requireProbability(p);
  return p === 0 ? 0 : solveTail((x) => chiSquareTail(x, degreesOfFreedom), 1 - p);
}
