import type { Experiment } from '../logs/index.ts';
import { runMetrics } from '../metrics/index.ts';
import { reportData } from './data.ts';
import type { GroupReport } from './data.ts';
import { formatMeanStd } from './format.ts';
import { metricTable } from './metricTable.ts';

const telling = ['acc', 'min-acc', 'wc-acc', 'forgetting', 'aaa', 'gap-depth', 'recovery-time'];

/**
 * The most telling metrics as plain aligned text: methods as rows, mean ± standard deviation over seeds. One table a protocol;
 * runs that are not complete are named below. Ends with a line end.
 */
export function terminalTable(experiment: Experiment): string {
  const { groups, excluded } = reportData(experiment);
  const tables = groups.map((group, i) =>
    [...(groups.length > 1 ? [`protocol ${i + 1}:`] : []), ...groupLines(group)].join('\n'),
  );
  const left = excluded.map(
    ({ record }) => `${record.run} ${record.status}${record.reason ? `: ${record.reason}` : ''}`,
  );
  return [...tables, ...(left.length > 0 ? [left.join('\n')] : [])].join('\n\n') + '\n';
}

function groupLines({ series }: GroupReport): string[] {
  if (series.length === 0) return ['no complete run'];
  const metrics = telling.flatMap((name) => runMetrics.filter((metric) => metric.name === name));
  const { rows } = metricTable(series, metrics);
  return align([
    ['method', 'seeds', ...metrics.map(({ title, direction }) => `${title} ${direction === 'higher' ? '↑' : '↓'}`)],
    ...rows.map(({ series: { label, runs }, cells }) => [
      label,
      String(runs.length),
      ...cells.map((cell, i) => formatMeanStd(cell, metrics[i].unit)),
    ]),
  ]);
}

/** Rows of cells as lines: the first column to the left, the others to the right, two spaces between. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
