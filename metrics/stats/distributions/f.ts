import { requireNumber, requirePositive, requireProbability } from '../require.ts';
import { incompleteBeta } from './incomplete-beta.ts';
import { solveTail } from './solve.ts';

/**
 * P(F > f) of the F distribution with m and n degrees of freedom: Iₓ(n/2, m/2) with x = n / (n + m f); 1 for f ≤ 0.
 *
 * Source: Abramowitz & Stegun 26.6.2. A probability, in [0, 1].
 *
 * @throws {RangeError} unless m, n > 0, and if f is NaN
 * @example fTail(3.686313032089068, 3, 39) // 0.01982300619224907
 */
export function fTail(f: number, numerator: number, denominator: number): number {
  requirePositive(numerator, 'the degrees of freedom of the numerator');
  requirePositive(denominator, 'the degrees of freedom of the denominator');
  requireNumber(f, 'F');
  if (f <= 0) return 1;
  if (f === Infinity) return 0;
  const sum = denominator + numerator * f;
  return incompleteBeta(denominator / sum, denominator / 2, numerator / 2, (numerator * f) / sum);
}

/**
 * The f with P(F ≤ f) = p; ∞ for p = 1.
 *
 * @throws {RangeError} unless 0 ≤ p ≤ 1 and m, n > 0
 * @example fQuantile(0.95, 3, 39) // 2.8450678052793514
 */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  requireProbability(p);
  return p === 0 ? 0 : solveTail((f) => fTail(f, numerator, denominator), 1 - p);
}
