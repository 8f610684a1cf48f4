import { requireProbability } from './require.ts';

/**
 * Holm's step-down adjustment of the p-values of m tests: with them in ascending order, adjusted p₍ₖ₎ = max_{j≤k} min(1, (m−j+1) p₍ⱼ₎).
 * Rejecting where it is ≤ α keeps the chance of any false rejection ≤ α, however the tests depend on one another.
 *
 * Source: Holm 1979, Scandinavian Journal of Statistics 6. In the order given; each in [0, 1] and at least its p. Empty for none.
 *
 * @throws {RangeError} for a p outside [0, 1], NaN included
 * @example holm([0.01, 0.04, 0.03, 0.005]) // [0.03, 0.06, 0.06, 0.02]
 */
export function holm(p: readonly number[]): number[] {
  p.forEach((value, i) => requireProbability(value, `p[${i}]`));
  const adjusted = Array.from(p, () => 0);
  const order = p.map((_, i) => i).toSorted((i, j) => p[i] - p[j]);
  let largest = 0;
  order.forEach((i, before) => {
    largest = Math.max(largest, Math.min(1, (p.length - before) * p[i]));
    adjusted[i] = largest;
  });
  return adjusted;
}
