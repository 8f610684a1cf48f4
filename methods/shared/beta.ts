import type { Rng } from '../../base/index.ts';

/**
 * A draw from Beta(α, β) in [0, 1]: G/(G + H) with G ~ Gamma(α), H ~ Gamma(β). In logarithms, so that small α and β, whose draws are all
 * but 0, are no trouble.
 */
export function drawBeta(alpha: number, beta: number, rng: Rng): number {
  const difference = logGamma(beta, rng) - logGamma(alpha, rng);
  return 1 / (1 + Math.exp(difference));
}

/**
 * The logarithm of a draw from Gamma(shape, 1), by Marsaglia and Tsang (2000): for shapes from 1 on d·v³ with v a shifted normal draw, accepted
 * with the right probability; below, Gamma(shape + 1) · U^(1/shape).
 */
function logGamma(shape: number, rng: Rng): number {
  if (shape < 1) return logGamma(shape + 1, rng) + Math.log(1 - rng.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - rng.uniform()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
