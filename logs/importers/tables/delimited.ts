import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { UserError, codeOf, messageOf } from '../../../base/index.ts';
import { quoteProblem } from './rowScan.ts';
import { rowError } from '../../table.ts';
import { shown } from './textTable.ts';

/** A file of another tool: a header, then rows of as many cells, cells quoted where they must be. */
export interface DelimitedTable {
  readonly path: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** `[rows]`, the line of the file that a row ends on; the header is line 1. */
  readonly lines: readonly number[];
}

/**
 * Reads a file whose cells are parted by `delimiter`, `"` inside quotes written twice. A byte order mark and CRLF line ends are read
 * past, blank lines left out.
 *
 * Throws a UserError naming file and row for a file that is missing or empty, whose last line has no line end (it was cut short,
 * and a number may have lost digits), that has a quote which never closes or stands within a cell, whose header names a column twice
 * or not at all, or is not parted by the delimiter, and for a row with too few or too many cells.
 */
export function readDelimited(path: string, delimiter: string): DelimitedTable {
  const text = readText(path);
  const [header, ...records] = parseRecords(path, text, delimiter);
  if (header === undefined) throw new UserError(`${path} is empty: it must begin with a line of column names`);
  const columns = header.cells;
  if (!text.endsWith('\n')) {
    const last = [header, ...records].at(-1)!;
    const problem = 'the line has no line end, so it was probably cut short; complete it or remove it';
    throw rowError(path, last.line - 2, null, problem);
  }
  for (const { cells, line } of records) {
    if (cells.length === columns.length) continue;
    const [lacking] = columns.slice(cells.length);
    const problem = `${cells.length} cell${cells.length === 1 ? '' : 's'} instead of ${columns.length}; correct or remove the row`;
    throw rowError(path, line - 2, lacking ?? null, problem);
  }
  return { path, columns, rows: records.map(({ cells }) => cells), lines: records.map(({ line }) => line) };
}

/** The error for a cell of a table, or for a whole row where `column` is null. */
export function cellError(table: DelimitedTable, row: number, column: string | null, problem: string): UserError {
  return rowError(table.path, table.lines[row] - 2, column, problem);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new UserError(`${path} does not exist; check the path`);
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

interface NumberedRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

function parseRecords(path: string, text: string, delimiter: string): NumberedRecord[] {
  const records: NumberedRecord[] = [];
  // Before all else: what is no table at all may be one line of many megabytes.
  const start = text.search(/\S/);
  const [firstLine] = text.slice(text.lastIndexOf('\n', start) + 1).split('\n', 1);
  if (start >= 0 && !firstLine.includes(delimiter)) checkHeader(path, [firstLine.trim()], delimiter);
  try {
    parse(text, {
      delimiter,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        // At once: what is not separated by this delimiter may have quotes where this format has none.
        if (records.length === 0) checkHeader(path, cells, delimiter);
        records.push({ cells, line: lines });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser counts to where it gave up, which for an open quote is the end of the file.
    throw rowError(path, (records.at(-1)?.line ?? 0) - 1, null, quoteProblem(error));
  }
  return records;
}

function checkHeader(path: string, columns: readonly string[], delimiter: string): void {
  if (columns.length === 1) {
    const problem = `a single column, "${shown(columns[0])}"; columns must be separated by ${delimiter === '\t' ? 'tabs' : `"${delimiter}"`}`;
    throw new UserError(`${path}, row 1: ${problem}`);
  }
  for (const [i, name] of columns.entries()) {
    if (name === '') throw new UserError(`${path}, row 1: column ${i + 1} has no name; name it or remove it`);
    if (columns.indexOf(name) < i)
      throw new UserError(`${path}, row 1: column "${shown(name)}" stands there twice; rename or remove one`);
  }
}
