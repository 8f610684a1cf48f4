import { UserError } from '../../../base/index.ts';
import { cellProblem, shown } from './problems.ts';
import { scanRows, type Visit } from './rowScan.ts';
import type { Source } from '../shared/source.ts';

export { cellProblem, shown } from './problems.ts';

/** A file of cells: a header, then rows of as many cells. */
export interface TextTable {
  readonly path: string;
  readonly columns: readonly string[];
  /**
   * Visits the rows below the header in order. `row` is the line of the file that the row ends on, as an editor counts; the header is row 1.
   * @throws {UserError} for a row with too few or too many cells, and for a quote that never closes or stands within a cell
   */
  forEach(visit: Visit): void;
  /** Gets a sentence for what was repaired, once the rows were visited. */
  readonly notes: readonly string[];
}

/**
 * Opens a table whose cells are parted by commas, semicolons or tabs, whichever the first line has most of, or by `delimiter`. Cells may be quoted as in
 * CSV; CRLF and blank lines are read past. A last line that has no line end and too few cells was cut short: it is left out, and a note says so; if it has
 * all its cells it is kept, and the note says that its last one may have been cut.
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
      scanRows(path, text, separator, (cells, row) => {
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

const unknown = new Set(['', 'nan', 'none', 'null', 'n/a', 'na', '-', '--']);

/** Whether a cell is empty, or holds a word that tools write where they have nothing. */
export function isMissing(cell: string): boolean {
  return unknown.has(cell.trim().toLowerCase());
}

/**
 * The number in a cell; NaN for an empty one, and for the words that tools write where they have no number.
 * @throws {UserError} for anything else, infinite values included
 */
export function numberIn(cell: string, path: string, row: number, column: string): number {
  const value = Number(cell);
  if (value !== 0 && Number.isFinite(value)) return value;
  const text = cell.trim();
  if (value === 0 && text !== '') return 0;
  if (isMissing(text)) return NaN;
  throw noNumber(text, path, row, column);
}

/** The error for a cell that should hold a number. */
export function noNumber(cell: string, path: string, row: number, column: string): UserError {
  const advice = /^-?\d+,\d+$/.test(cell.trim())
    ? 'write decimals with a point'
    : 'write a number, or leave the cell empty where there is none';
  return cellProblem(path, row, column, `"${shown(cell.trim())}" is not a finite number; ${advice}`);
}

/** The step in a cell. @throws {UserError} unless it is a number from 0 on */
export function stepOf(cell: string, path: string, row: number, column: string): number {
  const step = numberIn(cell, path, row, column);
  if (step >= 0) return step;
  throw cellProblem(path, row, column, `"${shown(cell)}" is no step; steps are numbers from 0 on`);
}

/** What the first rows of a file look like, for finding out its format. */
export interface Glance {
  readonly columns: readonly string[];
  /** About ten rows below the header, fewer where the file has fewer; whole, but not checked for their length. */
  readonly rows: readonly (readonly string[])[];
}

/** The beginning of a table, parted as in `openTextTable`; null for a folder, and where nothing or a broken quote stands there. Never throws. */
export function glanceAt(source: Source): Glance | null {
  if (source.isFolder) return null;
  const lines = source.head.split('\n', 12);
  // The last line may be cut off; a header without an end still counts.
  const text = lines.slice(0, Math.max(1, lines.length - 1)).join('\n');
  const found: (readonly string[])[] = [];
  try {
    scanRows(source.path, text, commonest(text), (cells) => found.push(cells));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
  const [header, ...rows] = found;
  return header ? { columns: header.map((cell) => cell.trim()), rows } : null;
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
  let found: readonly string[] | null = null;
  scanRows(path, text.slice(0, firstLineEnd(text)), delimiter, (cells) => {
    found ??= cells.map((cell) => cell.trim());
  });
  return found;
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
