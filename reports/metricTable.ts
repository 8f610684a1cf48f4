import { runMetrics } from '../metrics/index.ts';
import type { RunMetric } from '../metrics/index.ts';
import { aggregate } from './aggregate.ts';
import type { Aggregate, Observation } from './aggregate.ts';
import { formatValue } from './format.ts';
import { valueOf } from '../analysis/index.ts';
import type { Series } from '../analysis/index.ts';

export interface MetricCell extends Omit<Aggregate, 'series' | 'metric'> {
  /** Whether no other series has a better mean, to the decimals shown. Never for a time, and never where all are alike. */
  readonly best: boolean;
}

export interface MetricTable {
  readonly metrics: readonly RunMetric[];
  /** One row a series; `cells` stand in the order of `metrics`. */
  readonly rows: readonly { readonly series: Series; readonly cells: readonly MetricCell[] }[];
}

/** Every metric of every series over its seeds; of those that only some runs measure, the ones that a run here has. */
export function metricTable(series: readonly Series[], candidates: readonly RunMetric[] = runMetrics): MetricTable {
  const aggregates = new Map(aggregate(observe(series, candidates)).map((a) => [`${a.metric}\n${a.series}`, a]));
  const metrics = candidates.filter(
    ({ name, onRequest }) => !onRequest || series.some(({ label }) => aggregates.get(`${name}\n${label}`)!.n > 0),
  );
  const columns = metrics.map((metric) => {
    const column = series.map(({ label }) => aggregates.get(`${metric.name}\n${label}`)!);
    const best = bestMean(column, metric);
    return column.map(({ mean, std, n }) => ({
      mean,
      std,
      n,
      best: best !== null && mean !== null && formatValue(mean, metric.unit) === formatValue(best, metric.unit),
    }));
  });
  return { metrics, rows: series.map((one, i) => ({ series: one, cells: columns.map((column) => column[i]) })) };
}

/** The cell of a metric in one row, or null if the table has no such metric. */
export function cellOf(table: MetricTable, row: number, metric: string): MetricCell | null {
  const column = table.metrics.findIndex(({ name }) => name === metric);
  return column === -1 ? null : table.rows[row].cells[column];
}

function observe(series: readonly Series[], metrics: readonly RunMetric[]): Observation[] {
  return series.flatMap(({ label, runs }) =>
    runs.flatMap((run) =>
      metrics.map((metric) => ({ series: label, metric: metric.name, value: valueOf(metric, run) })),
    ),
  );
}

/** Metrics on which a method looks best that does worst: closed gaps only count in a recovery time, and nothing falls from zero. */
export const flattering: ReadonlySet<string> = new Set(['recovery-time', 'rag']);

/** Null where no mean is to be called the best. */
function bestMean(column: readonly Aggregate[], { name, direction, unit }: RunMetric): number | null {
  if (flattering.has(name)) return null;
  const means = column.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  if (new Set(means.map((mean) => formatValue(mean, unit))).size < 2) return null;
  return direction === 'higher' ? Math.max(...means) : Math.min(...means);
}
