import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError, messageOf } from '../../base/index.ts';
import { sha256 } from '../datasets/checksum.ts';
import type { SourceFact } from '../types.ts';

/** A CSV file: a header, then rows of as many cells, without the blanks around them. */
export interface CsvTable extends SourceFact {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The row of the file that `rows[index]` is; the header is row 1. */
  rowNumber(index: number): number;
}

/**
 * Finds a file as it is named from the working directory; else in `dataDir`, where its name alone is enough.
 *
 * @returns its absolute path
 * @throws UserError naming the places it was looked for in
 */
export function findCsv(csv: string, dataDir?: string): string {
  const places = [resolve(csv)];
  if (dataDir !== undefined) {
    if (!isAbsolute(csv)) places.push(resolve(dataDir, csv));
    places.push(resolve(join(dataDir, basename(csv))));
  }
  const path = places.find((place) => existsSync(place));
  if (path === undefined) {
    throw new UserError(`csv: ${csv} does not exist (looked for: ${[...new Set(places)].join(', ')})`);
  }
  return path;
}

/**
 * Reads a file of comma-separated values with a header. Blank lines are left out.
 *
 * @param expected the file's SHA-256, where it is known which file it must be
 * @throws UserError naming file and row where it cannot be read, is another file, or has rows of another length than its header
 */
export function readCsv(path: string, expected?: string): CsvTable {
  const bytes = readBytes(path);
  const found = sha256(bytes);
  if (expected !== undefined && found !== expected) {
    throw new UserError(
      `${path} is not the file of the experiment: its content has sha256 ${found}, expected ${expected}; ` +
        `get that file back, or start another experiment`,
    );
  }
  const [header, ...records] = parseRecords(bytes, path);
  requireHeader(path, header);
  const rows: string[][] = [];
  const numbers: number[] = [];
  records.forEach((cells, i) => {
    if (cells.length === 1 && cells[0] === '') return;
    if (cells.length !== header.length) throw raggedRow(path, i + 2, cells.length, header);
    rows.push(cells);
    numbers.push(i + 2);
  });
  return { path, sha256: found, header, rows, rowNumber: (index) => numbers[index] };
}

/** The error for a cell of a table. */
export function cellError(table: CsvTable, index: number, column: number, problem: string): UserError {
  return new UserError(`${table.path}, row ${table.rowNumber(index)}, column "${table.header[column]}": ${problem}`);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function parseRecords(bytes: Buffer, path: string): string[][] {
  try {
    return parse(bytes, { bom: true, trim: true, relax_column_count: true });
  } catch (error) {
    throw new UserError(`${path}: not a CSV file: ${messageOf(error)}`, { cause: error });
  }
}

function requireHeader(path: string, header: readonly string[] | undefined): asserts header is readonly string[] {
  if (header === undefined || (header.length === 1 && header[0] === '')) {
    throw new UserError(`${path} is empty: it must begin with a row of column names`);
  }
  if (header.length === 1) {
    const [only] = header;
    const hint = /[;\t]/.test(only) ? '; its values must be separated by commas' : '';
    throw new UserError(`${path} has a single column, "${only}"; inputs and a target need two or more${hint}`);
  }
  header.forEach((name, column) => {
    const where = `${path}, row 1, column ${column + 1}`;
    if (name === '') throw new UserError(`${where}: the column has no name; give it one`);
    if (header.indexOf(name) !== column) throw new UserError(`${where}: the name "${name}" stands twice`);
  });
  if (header.every((name) => Number.isFinite(Number(name)))) {
    throw new UserError(`${path}, row 1: expected a row of column names, got only numbers; put a header there`);
  }
}

function raggedRow(path: string, row: number, cells: number, header: readonly string[]): UserError {
  const where =
    cells < header.length ? `column "${header[cells]}": the cell is missing` : `column ${header.length + 1}: too much`;
  return new UserError(
    `${path}, row ${row}, ${where}; the row has ${cells} cells, and there are ${header.length} names`,
  );
}
