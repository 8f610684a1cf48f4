import { UserError } from '../../../base/index.ts';
import { isRecord, parseLooseJson } from '../shared/looseJson.ts';
import type { Source } from '../shared/source.ts';
import { openTextTable, type TextTable } from '../tables/textTable.ts';

/**
 * A table, or JSON lines read as one. Fields are columns: `columns` grows where a line has a new one, and a line that lacks one has an empty cell, or
 * none.
 */
export type SampleTable = TextTable;

/** The names of columns at the start of a file, in any of its forms; none where it has no such start. */
export function fieldsIn({ head }: Source): string[] {
  const start = head.trimStart();
  const end = start.indexOf('\n');
  const line = end < 0 ? start : start.slice(0, end);
  if (!line.startsWith('{')) return line.split(/[,;\t]/).map((cell) => cell.replaceAll(/^\s*"?|"?\s*$/g, ''));
  try {
    const first = parseLooseJson(line, '');
    return isRecord(first) ? Object.keys(first) : [];
  } catch {
    return [];
  }
}

/** @throws {UserError} for what is neither */
export function openSampleTable(source: Source): SampleTable {
  return /^\s*\{/.test(source.head) ? openJsonLines(source) : openTextTable(source);
}

function openJsonLines(source: Source): SampleTable {
  const { path } = source;
  const text = source.text();
  const columns: string[] = [];
  const indexOf = new Map<string, number>();
  const notes: string[] = [];
  const columnOf = (key: string): number => {
    let column = indexOf.get(key);
    if (column === undefined) {
      column = columns.push(key) - 1;
      indexOf.set(key, column);
    }
    return column;
  };
  const end = text.indexOf('\n', text.search(/\S/));
  for (const key in recordIn(text.slice(0, end < 0 ? text.length : end), path, null)) columnOf(key);
  return {
    path,
    columns,
    notes,
    forEach(visit) {
      forEachLine(text, (line, row, isCut) => {
        const record = isCut ? recordOrNull(line) : recordIn(line, path, row);
        if (record === null) {
          notes.push(`row ${row}, the last, is cut short and was left out`);
          return;
        }
        const cells = Array.from(columns, () => '');
        for (const key in record) cells[columnOf(key)] = cellOf(record[key]);
        visit(cells, row);
      });
    },
  };
}

/** @param visit isCut: whether the line has no end, as the last one may, and so may be cut short */
function forEachLine(text: string, visit: (line: string, row: number, isCut: boolean) => void): void {
  for (let start = 0, row = 1; start < text.length; row++) {
    const stop = text.indexOf('\n', start);
    const end = stop < 0 ? text.length : stop;
    const line = text.slice(start, end);
    if (line.trim() !== '') visit(line, row, stop < 0 && row > 1);
    start = end + 1;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** @param row null for the first line that is not blank */
function recordIn(line: string, path: string, row: number | null): Fields {
  const where = row === null ? path : `${path}, row ${row}`;
  const record = parseLooseJson(line, where);
  if (isRecord(record)) return record;
  throw new UserError(`${where}: is no JSON object; write one object with the fields of one answer in each line`);
}

function recordOrNull(line: string): Fields | null {
  try {
    const record = parseLooseJson(line, '');
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** A field as the cell of a table. A list or an object is its JSON: as a name it is as good as any, and where a number is wanted it is refused. */
function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
