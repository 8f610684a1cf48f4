import { requireNumber, requirePositive, requireProbability } from '../require.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { symmetricQuantile } from './solve.ts';

/**
 * P(T > t) of Student's t with ν degrees of freedom, which need not be whole: Iₓ(ν/2, ½) / 2 with x = ν / (ν + t²), for t ≥ 0.
 *
 * Source: Abramowitz & Stegun 26.7.1. A probability, in [0, 1].
 *
 * @throws {RangeError} unless ν > 0, and if t is NaN
 * @example studentTTail(2.776445105197794, 4) // 0.025
 */
export function studentTTail(t: number, degreesOfFreedom: number): number {
  requirePositive(degreesOfFreedom, 'the degrees of freedom');
  requireNumber(t, 't');
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  const sum = degreesOfFreedom + t ** 2;
  const tail = incompleteBeta(degreesOfFreedom / sum, degreesOfFreedom / 2, 0.5, t ** 2 / sum) / 2;
  return t < 0 ? 1 - tail : tail;
}

/**
 * The t with P(T ≤ t) = p for Student's t with ν degrees of freedom; −∞ and ∞ for p = 0 and 1.
 *
 * @throws {RangeError} unless 0 ≤ p ≤ 1 and ν > 0
 * @example studentTQuantile(0.975, 4) // 2.776445105197794
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  requireProbability(p);
  return symmetricQuantile((t) => studentTTail(t, degreesOfFreedom), p);
}
