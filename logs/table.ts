import { readFileSync } from 'node:fs';
import { UserError, codeOf, messageOf } from '../base/index.ts';
import { shown } from './importers/tables/problems.ts';

const newline = 10;
const carriageReturn = 13;

/** A comma-separated file without quoting: a header, then rows of as many cells. */
export interface Table {
  readonly path: string;
  readonly columns: readonly string[];
  /** Complete rows below the header. */
  readonly length: number;
  /** The rows below the header, in order. Throws a UserError at a row with too few or too many cells. */
  rows(): Generator<readonly string[]>;
}

/**
 * Opens a table whose first columns must be `leading`. What follows the last line end is a line that was still being written
 * when the writer stopped: it is dropped.
 *
 * The lines are split here, not by a csv library, because these files never quote: a million rows of a dozen columns then load
 * in 2 s and 0.2 GB, where csv-parse took 6 s and 0.5 GB.
 *
 * Throws a UserError for a file that is missing or holds no complete line, and for a header that does not start with `leading`
 * or names a column twice or not at all.
 */
export function readTable(path: string, leading: readonly string[]): Table {
  const bytes = readBytes(path);
  const end = bytes.lastIndexOf(newline) + 1;
  if (end === 0) throw new UserError(`${path} is empty: it holds no complete line; delete it or run again`);
  const columns = firstLine(bytes, end).split(',');
  checkHeader(path, columns, leading);
  return {
    path,
    columns,
    length: countLines(bytes, end) - 1,
    rows: () => rowsBelowHeader(path, bytes, end, columns.length),
  };
}

/** The error for a cell or row of a table. `index` counts the rows below the header from 0; people count lines from 1. */
export function rowError(path: string, index: number, column: string | null, problem: string): UserError {
  const where = `${path}, row ${index + 2}`;
  return new UserError(column === null ? `${where}: ${problem}` : `${where}, column "${column}": ${problem}`);
}

/** The number in a cell, NaN for an empty one. Throws a UserError for anything else. */
export function parseCell(table: Table, index: number, column: number, cell: string): number {
  if (cell === '') return NaN;
  const value = Number(cell);
  // Number(' ') is 0.
  if (Number.isNaN(value) || (value === 0 && cell.trim() === '')) {
    const advice = 'write a number, or leave the cell empty where there is none';
    throw rowError(table.path, index, table.columns[column], `"${shown(cell)}" is not a number; ${advice}`);
  }
  return value;
}

/** The accuracy in a cell, NaN for an empty one. Throws a UserError for anything else, and for a number outside [0, 1]. */
export function parseAccuracy(table: Table, index: number, column: number, cell: string): number {
  const value = parseCell(table, index, column, cell);
  if (value < 0 || value > 1) {
    const problem = `accuracy ${value} is outside [0, 1]; divide percentages by 100`;
    throw rowError(table.path, index, table.columns[column], problem);
  }
  return value;
}

/** The step in a cell: a whole number, 0 or more, not below the step of the row before. Throws a UserError otherwise. */
export function parseStep(table: Table, index: number, cell: string, previous: number): number {
  const step = cell.trim() === '' ? NaN : Number(cell);
  if (!Number.isSafeInteger(step) || step < 0) {
    const problem = `"${shown(cell)}" is not a step; steps are whole numbers, counted in updates from 0`;
    throw rowError(table.path, index, table.columns[0], problem);
  }
  if (step < previous) {
    const problem = `step ${step} follows step ${previous}; rows must stand in the order of training, so sort them`;
    throw rowError(table.path, index, table.columns[0], problem);
  }
  return step;
}

/** One line of a table, line end included. Null and NaN become empty cells, numbers their shortest exact form. */
export function formatRow(cells: Iterable<string | number | null>): string {
  const texts: string[] = [];
  for (const cell of cells) texts.push(cell === null || Number.isNaN(cell) ? '' : String(cell));
  return `${texts.join(',')}\n`;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError(`${path} does not exist; check the path`);
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

function checkHeader(path: string, columns: readonly string[], leading: readonly string[]): void {
  for (const [i, name] of leading.entries()) {
    if (columns[i] !== name) {
      throw new UserError(
        `${path}, row 1: the header must start with ${leading.join(',')}; column ${i + 1} is "${shown(columns[i] ?? '')}"`,
      );
    }
  }
  for (const [i, name] of columns.entries()) {
    if (name === '') throw new UserError(`${path}, row 1: column ${i + 1} has no name; name it or remove it`);
    if (columns.indexOf(name) < i)
      throw new UserError(`${path}, row 1: column "${shown(name)}" stands there twice; rename or remove one`);
  }
}

function* rowsBelowHeader(path: string, bytes: Buffer, end: number, width: number): Generator<readonly string[]> {
  let index = -1;
  for (const line of linesOf(bytes, end)) {
    if (index >= 0) {
      const cells = line.split(',');
      if (cells.length !== width) {
        const problem = `${cells.length} cell${cells.length === 1 ? '' : 's'} instead of ${width}; correct or remove the row`;
        throw rowError(path, index, null, problem);
      }
      yield cells;
    }
    index++;
  }
}

function* linesOf(bytes: Buffer, end: number): Generator<string> {
  for (let start = 0; start < end;) {
    const stop = bytes.indexOf(newline, start);
    yield bytes.toString('utf8', start, bytes[stop - 1] === carriageReturn ? stop - 1 : stop);
    start = stop + 1;
  }
}

function firstLine(bytes: Buffer, end: number): string {
  for (const line of linesOf(bytes, end)) return line;
  return '';
}

function countLines(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let i = 0; i < end; i++) if (bytes[i] === newline) lines++;
  return lines;
}
