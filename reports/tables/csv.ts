import type { PaperTable, TableCell, TableColumn, TableSource } from './types.ts';

const header = [
  'experiment',
  'stream',
  'scenario',
  'tasks',
  'protocol',
  'method',
  'metric',
  'unit',
  'better',
  'n',
  'mean',
  'std',
  'ci95_half_width',
  'place',
  'reference',
  'p_holm',
  'verdict',
  'left_out',
] as const;

/**
 * Tables as one CSV file (RFC 4180, but for lines that end with a line feed alone), for programs: a line for each method and metric,
 * numbers in full precision and in the unit of the metric, whatever a paper's table rounds. `left_out` names the method's runs that are in
 * no number; a method that has no complete run has one line, without a metric.
 */
export function csvTable(tables: readonly PaperTable[]): string {
  const lines = tables.flatMap((table) => table.sources.flatMap((source, i) => sourceLines(table, source, i)));
  return [header, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

type Cell = string | number | null;

function sourceLines({ columns, rows }: PaperTable, source: TableSource, index: number): Cell[][] {
  const { name, stream, scenario, tasks, protocol } = source;
  const where = [name, stream, scenario, tasks, protocol];
  const leftOut = (method: string): string =>
    source.leftOut
      .filter((run) => run.method === method)
      .map(({ run, status, reason }) => `${run} (${status}${reason === null ? '' : `: ${reason}`})`)
      .join('; ');
  const own = columns.flatMap((column, j) => (column.source === index ? [{ column, j }] : []));
  const measured = rows.flatMap(({ label, cells }) =>
    own.flatMap(({ column, j }) => {
      const cell = cells[j];
      if (cell === null) return [];
      const reference = rows.find((row) => row.cells[j]?.test?.verdict === 'reference')?.label ?? null;
      return [[...where, label, ...cellParts(column, cell, reference), leftOut(label)]];
    }),
  );
  const shown = new Set(rows.filter(({ cells }) => own.some(({ j }) => cells[j] !== null)).map(({ label }) => label));
  const missing = [...new Set(source.leftOut.map(({ method }) => method))].filter((method) => !shown.has(method));
  const blank: null[] = Array.from({ length: header.length - where.length - 2 }, () => null);
  return [...measured, ...missing.map((method) => [...where, method, ...blank, leftOut(method)])];
}

function cellParts({ metric, unit, direction }: TableColumn, cell: TableCell, reference: string | null): Cell[] {
  const { n, mean, std, halfWidth, place, test } = cell;
  const verdict = test === null || test.verdict === 'reference' ? null : test.verdict;
  return [metric, unit, direction, n, mean, std, halfWidth, place, test && reference, test?.p ?? null, verdict];
}

/** Quoted where a comma, a quotation mark or a line end would be read as the end of the cell. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
