import type { Experiment } from '../logs/index.ts';
import { align, widthsOf } from './align.ts';
import { reportData } from './data.ts';
import type { GroupReport } from './data.ts';
import { formatMeanStd } from './format.ts';
import { metricTable } from './metricTable.ts';
import { tellingMetrics } from './telling.ts';

/**
 * The most telling metrics as plain aligned text: methods as rows, mean ± standard deviation over seeds. One table a protocol;
 * runs that are not complete are named below. Ends with a line end.
 * @param width characters in a line; metrics that do not fit beside the others go below them
 */
export function terminalTable(experiment: Experiment, width = Infinity): string {
  const { groups, excluded } = reportData(experiment);
  const tables = groups.map((group, i) =>
    [...(groups.length > 1 ? [`protocol ${i + 1}:`] : []), ...groupLines(group, width)].join('\n'),
  );
  const left = excluded.map(
    ({ record }) => `${record.run} ${record.status}${record.reason ? `: ${record.reason}` : ''}`,
  );
  return [...tables, ...(left.length > 0 ? [left.join('\n')] : [])].join('\n\n') + '\n';
}

function groupLines({ series }: GroupReport, width: number): string[] {
  if (series.length === 0) return ['no complete run'];
  const { rows, metrics } = metricTable(series, tellingMetrics);
  const table = [
    ['method', 'seeds', ...metrics.map(({ title, direction }) => `${title} ${direction === 'higher' ? '↑' : '↓'}`)],
    ...rows.map(({ series: { label, runs }, cells }) => [
      label,
      String(runs.length),
      ...cells.map((cell, i) => formatMeanStd(cell, metrics[i].unit)),
    ]),
  ];
  return fold(table, width).flatMap((part, i) => [...(i > 0 ? [''] : []), ...align(part)]);
}

/** Divides a table into tables of a width, each with the first two columns and as many of the others, in order, as it has room for. */
function fold(rows: readonly (readonly string[])[], width: number): string[][][] {
  const widths = widthsOf(rows);
  const leading = [0, 1];
  const parts = [leading];
  for (let column = 2; column < widths.length; column++) {
    const part = [...parts.at(-1)!, column];
    const length = part.reduce((sum, each) => sum + widths[each], 2 * (part.length - 1));
    if (length <= width || part.length === 3) parts[parts.length - 1] = part;
    else parts.push([...leading, column]);
  }
  return parts.map((columns) => rows.map((row) => columns.map((column) => row[column])));
}
