import { requireCount, requireNumber, requireProbability } from '../require.ts';
import { normalCdf } from './normal.ts';
import { solveTail } from './solve.ts';

/** For an integrand as smooth as a Gaussian, equal steps of this size are exact to rounding, and nothing lies beyond ±9. */
const step = 1 / 8;
const points = Array.from({ length: 2 * 9 * 8 + 1 }, (_, i) => {
  const z = i * step - 9;
  return { z, weight: (step * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI) };
});

/**
 * P(R > q) for the range R, largest minus smallest, of k independent standard normals: the studentised range with infinitely many
 * degrees of freedom, 1 − k ∫ φ(z) (Φ(z + q) − Φ(z))ᵏ⁻¹ dz.
 *
 * Source: Hartley 1942, The range in random samples, Biometrika 32. A probability, in [0, 1]; absolute error below 1e-13.
 *
 * @throws {RangeError} unless k is a whole number of at least 2, and if q is NaN
 * @example studentizedRangeTail(3.633159, 4) // 0.05
 */
export function studentizedRangeTail(q: number, groups: number): number {
  requireCount(groups, 'the number of groups', 2);
  requireNumber(q, 'q');
  if (q <= 0) return 1;
  if (q === Infinity) return 0;
  let inside = 0;
  for (const { z, weight } of points) inside += weight * (normalCdf(z + q) - normalCdf(z)) ** (groups - 1);
  return Math.min(1, Math.max(0, 1 - groups * inside));
}

/**
 * The q with P(R ≤ q) = p. See {@link studentizedRangeTail}.
 *
 * @throws {RangeError} unless 0 ≤ p < 1 and k is a whole number of at least 2
 * @example studentizedRangeQuantile(0.95, 4) // 3.63315957
 */
export function studentizedRangeQuantile(p: number, groups: number): number {
  requireProbability(p);
  if (p === 1) throw new RangeError('the range of normal values has no largest value: p must be below 1');
  return solveTail((q) => studentizedRangeTail(q, groups), 1 - p);
}
