import { requireFinite } from './require.ts';

/**
 * Optimality gap: by how much scores fall short of a target γ on average, γ − mean(min(score, γ)). What exceeds the target does not make up
 * for what falls short.
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264). Unit: that of the scores; ≥ 0, lower is better, 0 if all reach the target. Null for none.
 *
 * @param target γ, 1 unless given
 * @throws {RangeError} on NaN or an infinite value
 * @example optimalityGap([0.5, 0.9, 1.4]) // 0.2
 */
export function optimalityGap(scores: readonly number[], target = 1): number | null {
  requireFinite([target], 'target');
  if (requireFinite(scores, 'scores').length === 0) return null;
  return scores.reduce((sum, score) => sum + Math.max(0, target - score), 0) / scores.length;
}
