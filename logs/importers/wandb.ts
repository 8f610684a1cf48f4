import { UserError } from '../../base/index.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { importRuns, type SeriesRun } from './shared/seriesRuns.ts';
import type { Source } from './shared/source.ts';
import { cellProblem, numberIn, openTextTable, shown, stepOf, type TextTable } from './tables/textTable.ts';

/**
 * CSV files of Weights & Biases. Of a chart: the x axis under any name, then `<run> - <metric>` with `…__MIN` and `…__MAX` beside it: a log a run. Of
 * `run.history()`: `_step`, other columns that begin with `_`, and metrics: one log. A cell that is empty was not logged at that step.
 */
export const wandb: Importer = {
  name: 'wandb',
  title: 'Weights & Biases, a chart or a history as CSV',
  files: 'the CSV of a chart, or of run.history()',
  detects(source) {
    if (source.isFolder) return false;
    const columns = headerOf(source.head);
    return isChart(columns) || isHistory(columns);
  },
  read(source, options) {
    if (source.isFolder) throw new UserError(`${source.path} is a folder; name a CSV file of Weights & Biases in it`);
    const table = openTextTable(withIndexNamed(source));
    if (isChart(table.columns)) return readChart(source, table, options);
    if (isHistory(table.columns)) return readHistory(source, table, options);
    throw cellProblem(
      source.path,
      1,
      null,
      `no column _step, none that ends in __MIN, and none named <run> - <metric>: ${shown(table.columns.join(','))} is no export of Weights & Biases`,
    );
  },
};

/** Columns that the first line seems to have: enough to know the format by. */
function headerOf(head: string): string[] {
  const line = /^\s*([^\r\n]*)/.exec(head)![1];
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''));
}

function isChart(columns: readonly string[]): boolean {
  const others = columns.slice(1);
  const hasExtremes = others.some((name) => columns.includes(`${name}__MIN`) && columns.includes(`${name}__MAX`));
  // Without extremes, as tables of charts are sometimes trimmed, every column names its run.
  return hasExtremes || (others.length > 0 && others.every((name) => name.includes(' - ')));
}

function isHistory(columns: readonly string[]): boolean {
  return columns.includes('_step') && columns.length > 1;
}

/** The file with a name for the first column if it has none: the index that pandas writes before a history. */
function withIndexNamed(source: Source): Source {
  if (!/^\s*("")?[,;\t]/.test(source.head)) return source;
  return { ...source, text: () => source.text().replace(/^\s*("")?(?=[,;\t])/, '_index') };
}

interface Column {
  readonly name: string;
  readonly at: number;
  /** Where the least and greatest of the values stand that it is the average of; -1 if nowhere. */
  readonly min: number;
  readonly max: number;
}

function readChart(source: Source, table: TextTable, options: ImportOptions): Imported[] {
  const runs = new Map<string, Column[]>();
  const x = stepColumn(table, options, table.columns[0]);
  table.columns.forEach((title, at) => {
    if (at === x || /__(MIN|MAX)$/.test(title)) return;
    // Names of runs hold what they like, names of metrics seldom a dash between spaces.
    const dash = title.lastIndexOf(' - ');
    const run = dash < 0 ? imported(source, 'wandb', { notes: [] }).name : title.slice(0, dash);
    const name = dash < 0 ? title : title.slice(dash + 3);
    const [min, max] = ['MIN', 'MAX'].map((end) => table.columns.indexOf(`${title}__${end}`));
    runs.set(run, [...(runs.get(run) ?? []), { name, at, min, max }]);
  });
  return importRuns(source, 'wandb', runsOf(source, table, x, runs), options);
}

function readHistory(source: Source, table: TextTable, options: ImportOptions): Imported[] {
  const x = stepColumn(table, options, '_step');
  const columns = table.columns.flatMap((name, at) =>
    at === x || name.startsWith('_') ? [] : [{ name, at, min: -1, max: -1 }],
  );
  const { name } = imported(source, 'wandb', { notes: [] });
  const own = table.columns.find((title) => title !== table.columns[x] && /(^|\/)global_step$/.test(title));
  const notes =
    own === undefined || options.columns?.step !== undefined
      ? []
      : [`steps are those of W&B, which counts what was logged; those of the training are in the column ${own}`];
  return importRuns(source, 'wandb', runsOf(source, table, x, new Map([[name, columns]]), notes), options);
}

/** @throws {UserError} if the user names a column that is not there */
function stepColumn(table: TextTable, { columns }: ImportOptions, usual: string): number {
  const name = columns?.step ?? usual;
  const at = table.columns.indexOf(name);
  if (at >= 0) return at;
  throw cellProblem(table.path, 1, null, `no column ${shown(name)}; name one that is there for the steps`);
}

interface Line {
  readonly cells: readonly string[];
  readonly row: number;
}

function runsOf(
  source: Source,
  table: TextTable,
  x: number,
  runs: ReadonlyMap<string, readonly Column[]>,
  told: readonly string[] = [],
): SeriesRun[] {
  // Many runs are read line by line once; a history may be long, and is never held as a whole.
  let lines: Line[] | null = null;
  const forEach = (visit: (line: Line) => void): void => {
    if (runs.size === 1) {
      table.forEach((cells, row) => visit({ cells, row }));
      return;
    }
    if (lines === null) {
      const all: Line[] = [];
      table.forEach((cells, row) => all.push({ cells, row }));
      lines = all;
    }
    lines.forEach(visit);
  };
  const xName = table.columns[x];
  return [...runs].map(([name, columns]) => ({
    name,
    path: source.path,
    series: columns.map((column) => column.name),
    read(chosen, add, notes) {
      const own = columns.filter((column) => chosen.includes(column.name));
      let points = 0;
      let averages = 0;
      forEach(({ cells, row }) => {
        for (const column of own) {
          const value = numberIn(cells[column.at], table.path, row, table.columns[column.at]);
          if (Number.isNaN(value)) continue;
          add(stepOf(cells[x], table.path, row, xName), column.name, value, row);
          points++;
          if (column.min >= 0 && column.max >= 0 && Number(cells[column.min]) !== Number(cells[column.max])) averages++;
        }
      });
      if (averages > 0)
        notes.push(
          `${averages} of ${points} points are averages, as __MIN and __MAX differ: short drops are not in them; the run's history has all values`,
        );
      if (/time/i.test(xName)) notes.push(`steps are those of the x axis, ${shown(xName)}`);
      notes.push(...told, ...table.notes);
    },
  }));
}
