import { normalCdf, normalQuantile } from './distributions/normal.ts';
import { quantileOf } from './quantile.ts';

/**
 * The ends of the percentile interval: the (1 − level)/2 and (1 + level)/2 quantiles of bootstrap replicates.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 *
 * @param sorted replicates of the statistic, in ascending order
 */
export function percentileEnds(sorted: Float64Array, level: number): [low: number, high: number] {
  return [quantileOf(sorted, (1 - level) / 2), quantileOf(sorted, (1 + level) / 2)];
}

/**
 * The ends of the BCa interval: the quantiles Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))) of the replicates for z = Φ⁻¹((1 ∓ level)/2). The bias
 * z₀ = Φ⁻¹(share of replicates below the estimate, those equal to it, but for rounding, counting ½). The acceleration
 * a = Σᵢ Σⱼ U³ᵢⱼ / nᵢ³ / (6 (Σᵢ Σⱼ U²ᵢⱼ / nᵢ²)^1.5) with Uᵢⱼ = (nᵢ − 1)(θ̄ᵢ − θᵢⱼ), θᵢⱼ being the statistic without value j of stratum i and
 * θ̄ᵢ their mean; 0 if leaving out a value never matters.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 14.3 and, for several samples, equation 15.36. Null if all
 * replicates lie on one side of the estimate, where z₀ is infinite.
 *
 * @param sorted replicates of the statistic, in ascending order
 * @param jackknife for each stratum, the statistic without each of its values
 */
export function bcaEnds(
  sorted: Float64Array,
  estimate: number,
  jackknife: readonly (readonly number[])[],
  level: number,
): [low: number, high: number] | null {
  // A resample with the same values in another order may differ from the estimate by rounding.
  const rounding = 1e-12 * Math.max(Math.abs(sorted[0]), Math.abs(sorted[sorted.length - 1]));
  const below = sorted.filter((replicate) => replicate < estimate - rounding).length;
  const equal = sorted.filter((replicate) => Math.abs(replicate - estimate) <= rounding).length;
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  if (!Number.isFinite(bias)) return null;
  const acceleration = accelerationOf(jackknife);
  const endAt = (share: number): number => {
    const z = bias + normalQuantile(share);
    return quantileOf(sorted, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return [endAt((1 - level) / 2), endAt((1 + level) / 2)];
}

function accelerationOf(jackknife: readonly (readonly number[])[]): number {
  let [squares, cubes] = [0, 0];
  for (const without of jackknife) {
    const n = without.length;
    const mean = without.reduce((sum, value) => sum + value, 0) / n;
    for (const value of without) {
      const influence = ((n - 1) * (mean - value)) / n;
      squares += influence ** 2;
      cubes += influence ** 3;
    }
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
