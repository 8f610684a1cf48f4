import { beginsAsJson, openJsonRows } from '../tables/jsonRows.ts';
import type { Source } from '../shared/source.ts';
import { isMissing, numberIn, openTextTable } from '../tables/textTable.ts';

/** One column of a sheet in which a cell may be anything. */
export interface SheetColumn {
  readonly name: string;
  /** `[rows]` and spare room after them: numbers, NaN where there is none. */
  readonly values: Float64Array;
  /** Cells that are numbers. */
  readonly numbers: number;
  /** Cells that are neither numbers nor empty. */
  readonly texts: number;
  /** The first such cell and its row of the file. */
  readonly firstText: { readonly cell: string; readonly row: number } | null;
}

/** A table read into columns. */
export interface Sheet {
  readonly length: number;
  /** `[length]` and spare room after them: rows of the file, as errors name them. */
  readonly rows: Int32Array;
  readonly columns: readonly SheetColumn[];
}

/** A table about to be read into columns. */
export interface SheetSource {
  /** The header, or the first keys of JSON objects. */
  readonly names: readonly string[];
  /** @param own gets the cells of the columns of these names, which the sheet then leaves out */
  read(own: readonly string[], visit: (cells: readonly unknown[], row: number) => void): Sheet;
  /** Gets a sentence for what was repaired, once it was read. */
  readonly notes: readonly string[];
}

type Growing = { -readonly [K in keyof SheetColumn]: SheetColumn[K] };

/**
 * Opens a table of text or of JSON objects; in JSON a key may appear in later rows only.
 * @throws {UserError} as `openTextTable` and `openJsonRows`; in reading also for an infinite number
 */
export function openSheet(source: Source): SheetSource {
  return beginsAsJson(source.head) ? jsonSheet(source) : textSheet(source);
}

function textSheet(source: Source): SheetSource {
  const table = openTextTable(source);
  return {
    names: table.columns,
    notes: table.notes,
    read(own, visit) {
      const sheet = createSheet(table.path);
      const others = table.columns.flatMap((name, at) => (own.includes(name) ? [] : [{ at, column: sheet.add(name) }]));
      const places = own.map((name) => table.columns.indexOf(name));
      table.forEach((cells, row) => {
        sheet.next(row);
        for (const { at, column } of others) sheet.set(column, cells[at]);
        visit(
          places.map((at) => cells[at]),
          row,
        );
      });
      return sheet.done();
    },
  };
}

function jsonSheet(source: Source): SheetSource {
  const rows = openJsonRows(source);
  return {
    names: rows.keys,
    notes: rows.notes,
    read(own, visit) {
      const sheet = createSheet(rows.path);
      const columns = new Map<string, Growing | null>(own.map((name) => [name, null]));
      rows.forEach((cells, row) => {
        sheet.next(row);
        for (const key of Object.keys(cells)) {
          let column = columns.get(key);
          if (column === undefined) columns.set(key, (column = sheet.add(key)));
          if (column) sheet.set(column, cells[key]);
        }
        visit(
          own.map((name) => cells[name]),
          row,
        );
      });
      return sheet.done();
    },
  };
}

function createSheet(path: string) {
  const columns: Growing[] = [];
  let rows = new Int32Array(1024);
  let length = 0;
  const grow = (): void => {
    const larger = new Int32Array(2 * rows.length);
    larger.set(rows);
    rows = larger;
    for (const column of columns) {
      const values = new Float64Array(rows.length).fill(NaN);
      values.set(column.values);
      column.values = values;
    }
  };
  return {
    add(name: string): Growing {
      const values = new Float64Array(rows.length).fill(NaN);
      const column: Growing = { name, values, numbers: 0, texts: 0, firstText: null };
      columns.push(column);
      return column;
    },
    /** Begins a row. */
    next(row: number): void {
      if (length === rows.length) grow();
      rows[length++] = row;
    },
    set(column: Growing, cell: unknown): void {
      const row = rows[length - 1];
      const value = plainNumber(cell, path, row, column.name);
      if (value !== null) {
        column.values[length - 1] = value;
        if (!Number.isNaN(value)) column.numbers++;
        return;
      }
      column.firstText ??= { cell: typeof cell === 'string' ? cell : JSON.stringify(cell), row };
      column.texts++;
    },
    done: (): Sheet => ({ length, rows, columns }),
  };
}

/** The number in a cell; NaN for an empty one; null for anything else. @throws {UserError} for an infinite number */
function plainNumber(cell: unknown, path: string, row: number, column: string): number | null {
  if (cell === null || cell === undefined) return NaN;
  if (typeof cell !== 'string' && typeof cell !== 'number') return null;
  const value = Number(cell);
  if (value !== 0 && Number.isFinite(value)) return value;
  if (typeof cell === 'number' && value === 0) return 0;
  const text = String(cell);
  return Number.isNaN(value) && !isMissing(text) ? null : numberIn(text, path, row, column);
}
