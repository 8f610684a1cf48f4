/**
 * Relative performance (RP) of a task beside a single-task expert, over as many values as the shorter of the two has.
 *
 *     RP = Σ_{i<m} x_i / Σ_{i<m} e_i,     m = min(n, n_expert)
 *
 * The task's training regimes stand one after the other, as if nothing had come between. Of several runs of an expert the mean is taken
 * (`steAveraging: 'metrics'`), or it is computed with their average (`'time'`). Null where the expert's values sum to 0; the tool has
 * infinity there.
 *
 * Questionable: it compares areas under curves, so that an early lead and a late one are alike, and on normalised values its size depends on
 * where that scale starts. A longer expert is cut to its beginning.
 *
 * Unit: a share, above 1 is good.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `ste_relative_performance.py`.
 *
 * @example relativePerformance(Float64Array.of(1, 2, 3), Float64Array.of(2, 2)) // (1 + 2) / (2 + 2) = 0.75
 */
export function relativePerformance(curve: Float64Array, expert: Float64Array): number | null {
  const length = Math.min(curve.length, expert.length);
  const sum = (values: Float64Array): number => values.subarray(0, length).reduce((total, value) => total + value, 0);
  const base = sum(expert);
  return base === 0 ? null : sum(curve) / base;
}
