import type { LifetimeMetrics } from './types.ts';

/** A value as JSON has it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Metrics of a lifetime in the form of l2metrics's `<run>_metrics.json`: those of the lifetime at the top, rounded to 10 decimals, then
 * `normalization_data_range` and `task_metrics`, not rounded. The tool prints NaN, which JSON does not have, for what is undefined, and −0 for a
 * slope of 0; here they are null and 0.
 *
 * Source: l2metrics, commit 5df07316, `report.py`.
 *
 * @example
 * const lifetime = { run_id: 'r', perf_recovery: 0.12345678912345, sample_efficiency: null };
 * lifetimeMetricsJson({ lifetime, normalization_data_range: null, task_metrics: {} }).perf_recovery // 0.1234567891
 */
export function lifetimeMetricsJson(metrics: LifetimeMetrics): { readonly [key: string]: JsonValue } {
  const { lifetime, normalization_data_range, task_metrics } = metrics;
  const rounded = Object.entries(lifetime).map(([key, value]: [string, JsonValue]) => [key, round(value)] as const);
  return {
    ...Object.fromEntries(rounded),
    normalization_data_range: plain(normalization_data_range),
    task_metrics: plain(task_metrics),
  };
}

function round(value: JsonValue): JsonValue {
  return typeof value === 'number' ? plain(Number(value.toFixed(10))) : value;
}

/** A copy without −0 and without numbers that JSON cannot hold. */
function plain(value: unknown): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  return value as JsonValue;
}
