import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../../base/index.ts';
import type { Source } from './source.ts';

/** A file of cells: a header, then rows of as many cells. */
export interface TextTable {
  readonly path: string;
  readonly columns: readonly string[];
  /**
   * Visits the rows below the header in order. `row` is the line of the file that the row ends on, as an editor counts; the header is row 1.
   * @throws {UserError} for a row with too few or too many cells, and for a quote that never closes or stands within a cell
   */
  forEach(visit: (cells: readonly string[], row: number) => void): void;
  /** Gets a sentence for what was repaired, once the rows were visited. */
  readonly notes: readonly string[];
}

type Visit = (cells: readonly string[], row: number) => void;

/**
 * Opens a table whose cells are parted by commas, semicolons or tabs, whichever the first line has most of, or by `delimiter`. Cells may be quoted as in
 * CSV; CRLF and blank lines are read past. A last line that has no line end and too few cells was cut short: it is left out, and a note says so; if it has
 * all its cells it is kept, and the note says that its last one may have been cut.
 *
 * Rows without a quote are split here, not by a csv library: a million of them then take 0.3 s where csv-parse takes 2 s.
 *
 * @param header the names of the columns, for files that have no line of them
 * @throws {UserError} for an empty file, and for a header that names a column twice or not at all
 */
export function openTextTable(
  source: Source,
  { delimiter, header }: { readonly delimiter?: string; readonly header?: readonly string[] } = {},
): TextTable {
  const { path } = source;
  const text = source.text();
  const separator = delimiter ?? commonest(text);
  const notes: string[] = [];
  const scan = text.includes('"') ? scanQuoted : scanPlain;
  let columns: readonly string[] | null = header ?? null;
  if (columns === null) {
    const first = firstRow(path, text, separator);
    if (first === null) throw new UserError(`${path} is empty; it must begin with a line of column names`);
    columns = first;
  }
  checkColumns(path, columns);
  const names = columns;
  return {
    path,
    columns: names,
    notes,
    forEach(visit) {
      let isHeader = header === undefined;
      // The last row is held back: only then is it known to be the last.
      let held: { readonly cells: readonly string[]; readonly row: number } | null = null;
      const check = (cells: readonly string[], row: number): void => {
        if (cells.length !== names.length) throw raggedRow(path, row, cells.length, names);
        visit(cells, row);
      };
      scan(path, text, separator, (cells, row) => {
        if (isHeader) {
          isHeader = false;
          return;
        }
        if (held) check(held.cells, held.row);
        held = { cells, row };
      });
      if (held === null) return;
      const { cells, row }: { readonly cells: readonly string[]; readonly row: number } = held;
      if (!text.endsWith('\n')) {
        const short = cells.length < names.length;
        notes.push(
          short
            ? `row ${row}, the last, is cut short and was left out`
            : `row ${row}, the last, has no line end; if the file was cut short its last number is wrong`,
        );
        if (short) return;
      }
      check(cells, row);
    },
  };
}

/** The error for a cell, or for a whole row where `column` is null. @param row the line of the file, from 1 */
export function cellProblem(path: string, row: number, column: string | null, problem: string): UserError {
  const where = column === null ? `${path}, row ${row}` : `${path}, row ${row}, column "${shown(column)}"`;
  return new UserError(`${where}: ${problem}`);
}

/** Text of a file as an error may quote it. */
export function shown(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

const unknown = new Set(['', 'nan', 'none', 'null', 'n/a', 'na', '-', '--']);

/**
 * The number in a cell; NaN for an empty one, and for the words that tools write where they have no number.
 * @throws {UserError} for anything else, infinite values included
 */
export function numberIn(cell: string, path: string, row: number, column: string): number {
  const value = Number(cell);
  if (value !== 0 && Number.isFinite(value)) return value;
  const text = cell.trim();
  if (value === 0 && text !== '') return 0;
  if (unknown.has(text.toLowerCase())) return NaN;
  const advice = /^-?\d+,\d+$/.test(text)
    ? 'write decimals with a point'
    : 'write a number, or leave the cell empty where there is none';
  throw cellProblem(path, row, column, `"${shown(text)}" is not a finite number; ${advice}`);
}

/** The step in a cell. @throws {UserError} unless it is a number from 0 on */
export function stepOf(cell: string, path: string, row: number, column: string): number {
  const step = numberIn(cell, path, row, column);
  if (step >= 0) return step;
  throw cellProblem(path, row, column, `"${shown(cell)}" is no step; steps are numbers from 0 on`);
}

function commonest(text: string): string {
  const line = text.slice(0, firstLineEnd(text));
  const count = (mark: string): number => line.split(mark).length;
  return [',', '\t', ';'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function firstLineEnd(text: string): number {
  const start = text.search(/\S/);
  const end = text.indexOf('\n', Math.max(0, start));
  return end < 0 ? text.length : end;
}

function firstRow(path: string, text: string, delimiter: string): readonly string[] | null {
  const line = text.slice(0, firstLineEnd(text));
  let found: readonly string[] | null = null;
  (line.includes('"') ? scanQuoted : scanPlain)(path, line, delimiter, (cells) => {
    found ??= cells.map((cell) => cell.trim());
  });
  return found;
}

function scanPlain(_path: string, text: string, delimiter: string, visit: Visit): void {
  for (let start = 0, row = 1; start < text.length; row++) {
    const stop = text.indexOf('\n', start);
    const end = stop < 0 ? text.length : stop;
    const line = text.slice(start, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    if (line.trim() !== '') visit(line.split(delimiter), row);
    start = end + 1;
  }
}

function scanQuoted(path: string, text: string, delimiter: string, visit: Visit): void {
  let last = 0;
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        last = lines;
        visit(cells, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote opens and never closes; close it, or remove the line if it was cut short'
        : 'a quote stands within a cell; quote the whole cell and write each quote in it twice';
    // The parser counts to where it gave up, which for an open quote is the end of the file.
    throw cellProblem(path, last + 1, null, problem);
  }
}

function checkColumns(path: string, columns: readonly string[]): void {
  const seen = new Set<string>();
  for (const [i, name] of columns.entries()) {
    if (name === '') throw cellProblem(path, 1, null, `column ${i + 1} has no name; name it or remove it`);
    if (seen.has(name))
      throw cellProblem(path, 1, null, `column "${shown(name)}" stands there twice; rename or remove one`);
    seen.add(name);
  }
}

function raggedRow(path: string, row: number, cells: number, columns: readonly string[]): UserError {
  const lacking = cells < columns.length ? `; "${shown(columns[cells])}" is missing` : '';
  const problem = `${cells} cell${cells === 1 ? '' : 's'} instead of ${columns.length}${lacking}; correct or remove the row`;
  return cellProblem(path, row, null, problem);
}
