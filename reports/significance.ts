import { UserError } from '../base/index.ts';
import { compare } from '../analysis/index.ts';
import type { Comparison, Group } from '../analysis/index.ts';
import type { RunMetric } from '../metrics/index.ts';
import { flattering } from './metricTable.ts';
import type { MetricTable } from './metricTable.ts';

/** Methods beside the best one of a column of the metrics' table. */
export interface ColumnTest {
  readonly metric: RunMetric;
  /** The label of the method with the best mean. */
  readonly best: string;
  /** The others beside it, paired by seed; p-values are adjusted by Holm over the others. */
  readonly comparison: Comparison;
  /** Labels of the methods that are shown to do worse. */
  readonly differ: readonly string[];
  /** Of the rest. */
  readonly open: readonly string[];
}

/** The paired tests of every column against its best; null where a column has no best, or too few values to test anything. */
export function columnTests(group: Group, table: MetricTable): (ColumnTest | null)[] {
  return table.metrics.map((metric, column) => {
    const best = bestOf(table, column);
    if (best === null || flattering.has(metric.name)) return null;
    const comparison = compared(group, best, metric.name);
    if (!comparison || comparison.pairs.length < 2) return null;
    const others = comparison.methods.filter(({ method }) => method !== best);
    const differ = others.filter(({ verdict }) => verdict === 'worse').map(({ method }) => method);
    const open = others.filter(({ verdict }) => verdict !== 'worse').map(({ method }) => method);
    return { metric, best, comparison, differ, open };
  });
}

function bestOf({ metrics, rows }: MetricTable, column: number): string | null {
  const sign = metrics[column].direction === 'higher' ? 1 : -1;
  const known = rows.flatMap(({ series, cells }) => {
    const { mean } = cells[column];
    return mean === null ? [] : [{ label: series.label, value: sign * mean }];
  });
  if (known.length < 2) return null;
  return known.reduce((best, other) => (other.value > best.value ? other : best)).label;
}

function compared({ runs }: Group, baseline: string, metric: string): Comparison | null {
  try {
    return compare([{ path: '', name: '', configuration: {}, runs, problems: [] }], { baseline, metric });
  } catch (error) {
    // No seed has a value of every method, or nobody knows the metric but this table.
    if (error instanceof UserError) return null;
    throw error;
  }
}
