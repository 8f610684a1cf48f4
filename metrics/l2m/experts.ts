/**
 * The curves that a task is compared with. With `metrics` every run of its single-task expert is one. With `time` they are averaged
 * point by point into a single one, as long as the shortest; questionable, since the mean of curves that saturate at different times
 * saturates at the last, and a single short run cuts all. l2metrics calls that mode deprecated where it draws it.
 *
 * Source: l2metrics, commit 5df07316, `sample_efficiency.py` and `ste_relative_performance.py`.
 */
export function expertCurves(runs: readonly Float64Array[], averaging: 'metrics' | 'time'): readonly Float64Array[] {
  if (averaging === 'metrics' || runs.length === 0) return runs;
  const length = Math.min(...runs.map((run) => run.length));
  return [Float64Array.from({ length }, (_, i) => runs.reduce((sum, run) => sum + run[i], 0) / runs.length)];
}
