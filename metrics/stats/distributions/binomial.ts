import { requireCount, requireNumber, requireProbability } from '../require.ts';
import { incompleteBeta } from './incomplete-beta.ts';

/**
 * P(X > k) for the number X of successes in n trials with probability p each: Iₚ(k + 1, n − k). k may be any number.
 *
 * Source: Abramowitz & Stegun 26.5.24. A probability, in [0, 1].
 *
 * @throws {RangeError} unless n is a whole number of at least 0 and 0 ≤ p ≤ 1
 * @example binomialTail(7, 10, 0.5) // 0.0546875
 */
export function binomialTail(k: number, trials: number, p: number): number {
  const whole = requireBinomial(k, trials, p);
  if (whole < 0) return 1;
  return whole >= trials ? 0 : incompleteBeta(p, whole + 1, trials - whole);
}

/**
 * P(X ≤ k): I₁₋ₚ(n − k, k + 1). See {@link binomialTail}.
 *
 * @throws {RangeError} unless n is a whole number of at least 0 and 0 ≤ p ≤ 1
 * @example binomialCdf(2, 10, 0.5) // 0.0546875
 */
export function binomialCdf(k: number, trials: number, p: number): number {
  const whole = requireBinomial(k, trials, p);
  if (whole < 0) return 0;
  return whole >= trials ? 1 : incompleteBeta(1 - p, trials - whole, whole + 1, p);
}

/**
 * The smallest k with P(X ≤ k) ≥ q.
 *
 * @throws {RangeError} unless 0 ≤ q ≤ 1, n is a whole number of at least 0 and 0 ≤ p ≤ 1
 * @example binomialQuantile(0.975, 10, 0.5) // 8
 */
export function binomialQuantile(q: number, trials: number, p: number): number {
  requireProbability(q);
  let [low, high] = [0, trials];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, trials, p) >= q) high = middle;
    else low = middle + 1;
  }
  return low;
}

function requireBinomial(k: number, trials: number, p: number): number {
  requireCount(trials, 'the number of trials');
  requireProbability(p);
  requireNumber(k, 'the number of successes');
  return Math.floor(k);
}
