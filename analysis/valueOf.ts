import type { Run } from '../logs/index.ts';
import type { RunMetric } from '../metrics/index.ts';

const known = new WeakMap<RunMetric, WeakMap<Run, number | null>>();

/**
 * A metric of a run, in the metric's unit; null where it is undefined for the run. It is computed once for a run, whoever asks: of a long log that takes a while, and a
 * report asks for its tables and again for its tests.
 */
export function valueOf(metric: RunMetric, run: Run): number | null {
  const values = known.get(metric) ?? new WeakMap<Run, number | null>();
  known.set(metric, values);
  if (!values.has(run)) values.set(run, metric.compute(run));
  return values.get(run) ?? null;
}
