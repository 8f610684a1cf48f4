import { normalCdf } from '../stats/distributions/normal.ts';

/** Nodes of Simpson's rule, and how far out it goes: beyond, the normal density is below 1e-15. */
const intervals = 256;
const reach = 8.25;

/** Correlations are rounded to so many steps, so that many evaluations cost no more than a few. */
const steps = 128;

/**
 * P(max Tᵢ > d) for m values that are each compared with the same reference, all normal and none different from it: Dunnett's one-sided
 * many-to-one test with known errors. Tᵢ = (r − vᵢ)/√(σ_r² + σᵢ²) have correlations λᵢλⱼ with λᵢ = σ_r/√(σ_r² + σᵢ²), so that
 * P = 1 − ∫ φ(x) Πᵢ Φ((d + λᵢx)/√(1 − λᵢ²)) dx. It is what corrects the minimum of many evaluations for being the minimum.
 *
 * Source: Dunnett 1955, JASA 50. In [0, 1]. λ is rounded to 1/128; relative error below 1e-3 for p above 1e-8.
 *
 * @param d the largest of the T
 * @param lambdas λᵢ, each in [0, 1)
 * @example dunnettTail(2.0, [Math.SQRT1_2]) // 0.02275, a single comparison
 */
export function dunnettTail(d: number, lambdas: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const lambda of lambdas) {
    const rounded = Math.min(Math.round(lambda * steps), steps - 1) / steps;
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  }
  const groups = [...counts].map(([lambda, count]) => ({ lambda, count, scale: Math.sqrt(1 - lambda ** 2) }));
  // 1 − Π is computed as −expm1(Σ log), which keeps small tails.
  return integrate((x) => {
    let log = 0;
    for (const { lambda, count, scale } of groups) log += count * Math.log(normalCdf((d + lambda * x) / scale));
    return -Math.expm1(log);
  });
}

/** ∫ φ(x) f(x) dx by Simpson's rule. */
function integrate(f: (x: number) => number): number {
  const width = (2 * reach) / intervals;
  let sum = 0;
  for (let i = 0; i <= intervals; i++) {
    const x = -reach + i * width;
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 0 ? 2 : 4;
    sum += weight * Math.exp(-(x ** 2) / 2) * f(x);
  }
  return Math.min(1, Math.max(0, (sum * width) / (3 * Math.sqrt(2 * Math.PI))));
}

/**
 * The mean of max(0, T₁, …, T_m) where nothing changed and all errors are alike: how deep, in standard errors of a difference, the deepest of m
 * evaluations lies below an equal reference by chance alone: ∫₀^∞ P(max T > d) dd with λ = 1/√2.
 *
 * @example expectedMaximum(1) // 0.3989, the mean of max(0, Z)
 */
export function expectedMaximum(m: number): number {
  const lambdas = [Math.SQRT1_2];
  const tail = (d: number): number =>
    integrate((x) => -Math.expm1(m * Math.log(normalCdf((d + lambdas[0] * x) / Math.SQRT1_2))));
  const width = 0.125;
  let sum = 0;
  for (let i = 0; i <= 64; i++) sum += (i === 0 || i === 64 ? 1 : i % 2 === 0 ? 2 : 4) * tail(i * width);
  return (sum * width) / 3;
}
