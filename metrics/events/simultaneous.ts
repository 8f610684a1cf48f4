import { logNormalCdf } from './logNormalCdf.ts';
import { overScale } from './scale.ts';

/** The trapezoid rule of this width is exact to rounding for integrands as smooth as these; beyond `reach` the normal density is below 1e-15. */
const width = 1 / 8;
const reach = 8.25;
const nodes = Array.from({ length: (2 * reach) / width + 1 }, (_, i) => {
  const x = -reach + i * width;
  return { x, weight: (width * Math.exp(-(x ** 2) / 2)) / Math.sqrt(2 * Math.PI) };
});

/** Smaller tails, lost in rounding or beyond the nodes, are taken from the bound that adds up all comparisons, which they approach. */
const least = 1e-8;

/** Correlations are rounded to so many steps, so that many evaluations cost no more than a few. */
const steps = 128;

/**
 * P(max Tᵢ > d) for m values that are each compared with the same reference, all normal and none different from it: Dunnett's one-sided
 * many-to-one test. Tᵢ = (r − vᵢ)/√(σ_r² + σᵢ²) have correlations λᵢλⱼ with λᵢ = σ_r/√(σ_r² + σᵢ²), so that
 * P = 1 − ∫ φ(x) Πᵢ Φ((d + λᵢx)/√(1 − λᵢ²)) dx. Where the errors are estimated, the same P at d·s is averaged over s² ~ χ²_ν/ν. It is what corrects the
 * minimum of many evaluations for being the minimum.
 *
 * Source: Dunnett 1955, JASA 50. In [0, 1]. λ is rounded to 1/128; relative error below 1e-3 for p above 1e-8; below, at most m P(Z > d).
 *
 * @param d the largest of the T
 * @param lambdas λᵢ, each in [0, 1)
 * @param degrees ν, degrees of freedom of the errors; infinite where they are known
 * @example dunnettTail(2.0, [Math.SQRT1_2]) // 0.02275, a single comparison
 */
export function dunnettTail(d: number, lambdas: ArrayLike<number>, degrees = Infinity): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < lambdas.length; i++) {
    const rounded = Math.min(Math.round(lambdas[i] * steps), steps - 1) / steps;
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  }
  return overScale(d, degrees, tailOf(groupsOf(counts)));
}

/** The same for m values with the error of the reference, all λ = 1/√2. */
export function dunnettTailAlike(d: number, m: number, degrees = Infinity): number {
  return overScale(d, degrees, tailOf(groupsOf([[Math.SQRT1_2, m]])));
}

interface Group {
  readonly lambda: number;
  readonly count: number;
  readonly scale: number;
}

function groupsOf(counts: Iterable<readonly [lambda: number, count: number]>): Group[] {
  return [...counts].map(([lambda, count]) => ({ lambda, count, scale: Math.sqrt(1 - lambda ** 2) }));
}

/** 1 − Π is computed as −expm1(Σ log), which keeps small tails. */
function tailOf(groups: readonly Group[]): (d: number) => number {
  const m = groups.reduce((total, { count }) => total + count, 0);
  return (d) => {
    let sum = 0;
    for (const { x, weight } of nodes) {
      let log = 0;
      for (const { lambda, count, scale } of groups) log += count * logNormalCdf((d + lambda * x) / scale);
      sum -= weight * Math.expm1(log);
    }
    if (sum > least) return Math.min(1, sum);
    return Math.min(least, -m * Math.expm1(logNormalCdf(d)));
  };
}

/**
 * P(R > q) for the range R of k independent standard normals, 1 − k ∫ φ(z) (Φ(z + q) − Φ(z))ᵏ⁻¹ dz, over an error with ν degrees of freedom: the
 * studentised range. As `studentizedRangeTail`, but fast enough for every peak of a long log, and with tails below 1e-8 from k(k − 1) P(Z > q/√2), the bound of all pairs, which
 * they approach.
 *
 * Source: Hartley 1942, Biometrika 32; Tukey's T.
 *
 * @example rangeTail(3.633159, 4) // 0.05
 */
export function rangeTail(q: number, groups: number, degrees = Infinity): number {
  return overScale(q, degrees, (range) => {
    if (range <= 0) return 1;
    let inside = 0;
    for (const { x, weight } of nodes) {
      const upper = logNormalCdf(x + range);
      // log(Φ(x + q) − Φ(x))
      const between = upper + Math.log(-Math.expm1(logNormalCdf(x) - upper));
      inside += weight * Math.exp((groups - 1) * between);
    }
    const tail = 1 - groups * inside;
    if (tail > least) return Math.min(1, tail);
    return Math.min(least, -groups * (groups - 1) * Math.expm1(logNormalCdf(range / Math.SQRT2)));
  });
}

/**
 * The mean of max(0, T₁, …, T_m) where nothing changed and all errors are alike: how deep, in standard errors of a difference, the deepest of m
 * evaluations lies below an equal reference by chance alone. With R the reference and M the largest of m, both in standard errors of a value,
 * E max(0, R + M)/√2, where E max(0, R + y) = yΦ(y) + φ(y).
 *
 * @example expectedMaximum(1) // 0.3989, the mean of max(0, Z)
 */
export function expectedMaximum(m: number): number {
  const excess = overLargest(
    m,
    (y) => y * Math.exp(logNormalCdf(y)) + Math.exp(-(y ** 2) / 2) / Math.sqrt(2 * Math.PI),
  );
  return excess / Math.SQRT2;
}

function overLargest(m: number, f: (y: number) => number): number {
  let sum = 0;
  for (const { x, weight } of nodes) sum += weight * m * Math.exp((m - 1) * logNormalCdf(x)) * f(x);
  return sum;
}
