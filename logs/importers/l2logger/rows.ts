import { UserError } from '../../../base/index.ts';
import { cellError, readDelimited, type DelimitedTable } from '../tables/delimited.ts';
import { shown } from '../tables/textTable.ts';

/** A row of a `data-log.tsv`, and where it stands. */
export interface ExperienceRow {
  readonly block: number;
  readonly experience: number;
  readonly training: boolean;
  readonly asleep: boolean;
  /** In lower case. */
  readonly task: string;
  readonly complete: boolean;
  /** NaN where the cell is empty. */
  readonly value: number;
  /** Microseconds since 1970, NaN where the cell is empty. */
  readonly time: number;
  readonly table: DelimitedTable;
  /** Index into the table's rows. */
  readonly row: number;
}

const required = [
  'block_num',
  'exp_num',
  'worker_id',
  'block_type',
  'task_name',
  'task_params',
  'exp_status',
  'timestamp',
] as const;

/**
 * Reads a `data-log.tsv`, in the order of its lines.
 *
 * @param metrics all columns that the log says hold metrics; the file must have them
 * @param measure the one of them whose numbers are wanted
 * @throws {UserError} naming file, row and column for what `readDelimited` refuses, a missing column, a cell that breaks the rules
 * of the format (docs/formats.md), and an experience number below the one of the row before
 */
export function readExperienceRows(path: string, metrics: readonly string[], measure: string): ExperienceRow[] {
  const table = readDelimited(path, '\t');
  for (const name of [...required, ...metrics]) {
    if (table.columns.includes(name)) continue;
    const kind = metrics.includes(name) ? 'logger_info.json says that it is there' : `needed: ${required.join(', ')}`;
    throw new UserError(`${path}, row 1: no column "${name}" (${kind}); add it, or get the file from l2logger again`);
  }
  const seenParams = new Set<string>();
  let previous = 0;
  return table.rows.map((_, row) => {
    const cell = cellReader(table, row);
    const experience = cell.count('exp_num');
    if (experience < previous) {
      throw cell.error(
        'exp_num',
        `experience ${experience} follows experience ${previous}; rows must stand in the order in which they were logged`,
      );
    }
    previous = experience;
    cell.match('worker_id', /^[0-9a-zA-Z_\-.]+$/, 'a name of letters, digits, "_", "-" and "."');
    checkParams(cell, seenParams);
    return {
      block: cell.count('block_num'),
      experience,
      training: cell.choice('block_type', ['train', 'test']) === 'train',
      asleep: table.columns.includes('block_subtype') && cell.choice('block_subtype', ['wake', 'sleep']) === 'sleep',
      task: cell.match('task_name', /\S/, 'the name of a task').toLowerCase(),
      complete: cell.choice('exp_status', ['complete', 'incomplete']) === 'complete',
      value: valueOf(cell, measure),
      time: timeOf(cell),
      table,
      row,
    };
  });
}

interface CellReader {
  text(column: string): string;
  error(column: string, problem: string): UserError;
  match(column: string, pattern: RegExp, what: string): string;
  count(column: string): number;
  choice<T extends string>(column: string, allowed: readonly T[]): T;
}

function cellReader(table: DelimitedTable, row: number): CellReader {
  const text = (column: string): string => table.rows[row][table.columns.indexOf(column)];
  const error = (column: string, problem: string): UserError => cellError(table, row, column, problem);
  const match = (column: string, pattern: RegExp, what: string): string => {
    const cell = text(column);
    if (!pattern.test(cell)) throw error(column, `"${shown(cell)}" is not ${what}`);
    return cell;
  };
  return {
    text,
    error,
    match,
    count: (column) => Number(match(column, /^\d{1,15}$/, 'a whole number, 0 or more')),
    choice: (column, allowed) => {
      const cell = text(column);
      const found = allowed.find((value) => value === cell);
      if (found === undefined) throw error(column, `"${shown(cell)}" is unknown (allowed: ${allowed.join(', ')})`);
      return found;
    },
  };
}

function valueOf(cell: CellReader, measure: string): number {
  const text = cell.text(measure);
  if (text === '') return NaN;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw cell.error(
    measure,
    `"${shown(text)}" is not a finite number; leave the cell empty where nothing was measured, and the row is left out`,
  );
}

/** `20210415T145944.089775`, of the writer's clock. The zone is not in the log, so only differences mean something. */
function timeOf(cell: CellReader): number {
  const text = cell.text('timestamp');
  if (text === '') return NaN;
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{1,6})$/.exec(text);
  const iso = parts && `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`;
  const milliseconds = iso === null ? NaN : Date.parse(iso);
  // Date.parse takes February 30 for March 2.
  if (
    parts === null ||
    Number.isNaN(milliseconds) ||
    !new Date(milliseconds).toISOString().startsWith(iso!.slice(0, 10))
  )
    throw cell.error('timestamp', `"${shown(text)}" is not a time such as 20210415T145944.089775`);
  return milliseconds * 1000 + Number(parts[7].padEnd(6, '0'));
}

/** Parameters are the same on many rows, so each text is parsed once. */
function checkParams(cell: CellReader, seen: Set<string>): void {
  const text = cell.text('task_params');
  if (text === '' || seen.has(text)) return;
  try {
    // Python writes bare NaN and Infinity, which are no JSON.
    JSON.parse(
      text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => (token[0] === '"' ? token : '0')),
    );
  } catch {
    throw cell.error(
      'task_params',
      `${shown(text)} is not JSON; write an object such as {"level": 2}, or leave the cell empty`,
    );
  }
  seen.add(text);
}
