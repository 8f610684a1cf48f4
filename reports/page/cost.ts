import type { Run, RunRecord } from '../../logs/index.ts';
import { meanAndStd } from '../../metrics/index.ts';
import type { Series } from '../groups.ts';
import type { Markup } from './markup.ts';
import { plainTable } from './tables.ts';

type Cost = NonNullable<RunRecord['cost']>;

const columns: readonly {
  readonly head: string;
  readonly digits: number;
  readonly of: (cost: Cost) => number | null;
}[] = [
  { head: 'updates', digits: 0, of: (cost) => cost.updates },
  { head: 'training, s', digits: 1, of: (cost) => cost.seconds.training },
  { head: 'evaluation, s', digits: 1, of: (cost) => cost.seconds.evaluation },
  { head: 'training, GFLOP', digits: 2, of: (cost) => cost.trainingFlops && cost.trainingFlops / 1e9 },
  { head: 'peak memory, MiB', digits: 0, of: (cost) => cost.peakMemoryBytes / 2 ** 20 },
  { head: "method's own memory, MiB", digits: 2, of: (cost) => cost.extraBytes / 2 ** 20 },
];

/** What one run of each method took, mean over seeds. */
export function costTable(series: readonly Series[]): Markup {
  const rows = series.map(({ label, runs }) => [label, ...columns.map(({ of, digits }) => meanCost(runs, of, digits))]);
  return plainTable('Cost', ['method', ...columns.map(({ head }) => head)], rows);
}

/** A dash where no run knows the value. */
function meanCost(runs: readonly Run[], of: (cost: Cost) => number | null, digits: number): string {
  const { mean } = meanAndStd(runs.map(({ record }) => (record.cost ? of(record.cost) : null)));
  return mean === null ? '–' : mean.toFixed(digits);
}
