/**
 * Relative performance (RP) of a task beside a single-task expert: Σ of its training values over Σ of the expert's, both cut to the
 * shorter, m = min(n, n_expert) values: Σ_{i<m} x_i / Σ_{i<m} e_i. The task's training regimes stand one after the other, as if
 * nothing had come between.
 *
 * Questionable: it compares areas under curves, so that an early lead and a late one are alike, and on normalised values its size
 * depends on where that scale starts. A longer expert is cut to its beginning.
 *
 * Source: Baker et al. 2023, arXiv:2301.07799; l2metrics, commit 5df07316, `ste_relative_performance.py`. Unit: a share, above 1 is
 * good. Null where the expert's values sum to 0; the tool has infinity there.
 *
 * @example 1, 2, 3 beside an expert's 2, 2: (1 + 2) / (2 + 2) = .75
 */
export function relativePerformance(curve: Float64Array, expert: Float64Array): number | null {
  const length = Math.min(curve.length, expert.length);
  const sum = (values: Float64Array): number => values.subarray(0, length).reduce((total, value) => total + value, 0);
  const base = sum(expert);
  return base === 0 ? null : sum(curve) / base;
}
