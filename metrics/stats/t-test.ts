import { pOfTails, type Alternative } from './alternative.ts';
import { studentTTail } from './distributions/student-t.ts';
import { isConstant, requireFinite } from './require.ts';
import { meanAndStd } from './summary.ts';

export interface TTest {
  /** The difference in standard errors. */
  readonly t: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
}

/**
 * Student's t test that differences of pairs have mean 0: t = mean / (std / √n), n − 1 degrees of freedom.
 *
 * Source: Student 1908, Biometrika 6. p in [0, 1]. Null for fewer than 2 pairs, and if all differences are equal: without spread there
 * is no scale to measure the mean by.
 *
 * @param differences of pairs, see {@link pairedDifferences}
 * @throws {RangeError} on NaN or an infinite value
 * @example pairedTTest([1, 2, 3]) // { t: 3.464101615, degreesOfFreedom: 2, p: 0.074179900 }
 */
export function pairedTTest(differences: readonly number[], alternative: Alternative = 'two-sided'): TTest | null {
  const { mean, std, n } = meanAndStd(requireFinite(differences));
  if (mean === null || std === null || isConstant(differences)) return null;
  return testOf(mean / (std / Math.sqrt(n)), n - 1, alternative);
}

/**
 * Welch's t test that two independent samples have the same mean, whatever their variances v₁, v₂:
 * t = (mean₁ − mean₂) / √(v₁/n₁ + v₂/n₂), with (v₁/n₁ + v₂/n₂)² / ((v₁/n₁)²/(n₁−1) + (v₂/n₂)²/(n₂−1)) degrees of freedom.
 *
 * Source: Welch 1947, Biometrika 34. p in [0, 1]. Null if a sample has fewer than 2 values, and if neither has any spread.
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example welchTTest([1, 2, 3], [2, 4, 6]) // { t: -1.549193338, degreesOfFreedom: 2.941176471, p: 0.22088084 }
 */
export function welchTTest(
  first: readonly number[],
  second: readonly number[],
  alternative: Alternative = 'two-sided',
): TTest | null {
  const a = meanAndStd(requireFinite(first, 'first'));
  const b = meanAndStd(requireFinite(second, 'second'));
  if (a.mean === null || b.mean === null || a.std === null || b.std === null) return null;
  if (isConstant(first) && isConstant(second)) return null;
  const [errorA, errorB] = [a.std ** 2 / a.n, b.std ** 2 / b.n];
  const degrees = (errorA + errorB) ** 2 / (errorA ** 2 / (a.n - 1) + errorB ** 2 / (b.n - 1));
  return testOf((a.mean - b.mean) / Math.sqrt(errorA + errorB), degrees, alternative);
}

function testOf(t: number, degreesOfFreedom: number, alternative: Alternative): TTest {
  const upper = studentTTail(t, degreesOfFreedom);
  const lower = studentTTail(-t, degreesOfFreedom);
  return { t, degreesOfFreedom, p: pOfTails(lower, upper, alternative) };
}
