import { UserError } from '../../../base/index.ts';
import { isRecord, parseLooseJson } from '../shared/looseJson.ts';
import { cellProblem, shown } from './problems.ts';
import type { Source } from '../shared/source.ts';

export type JsonRow = Readonly<Record<string, unknown>>;

/** A file of JSON objects: one a line (JSON Lines), or an array of them. */
export interface JsonRows {
  readonly path: string;
  /** Keys of the first hundred objects. */
  readonly keys: readonly string[];
  /**
   * Visits the objects in order. `row` is the line, in an array the number of the object, from 1.
   * @throws {UserError} for what is no JSON or no object
   */
  forEach(visit: (cells: JsonRow, row: number) => void): void;
  /** Gets a sentence for what was repaired, once the rows were visited. */
  readonly notes: readonly string[];
}

/** Whether it begins as JSON does. */
export function beginsAsJson(head: string): boolean {
  return /^\s*[[{]/.test(head);
}

/**
 * Opens a file of JSON objects; bare `NaN` is read as null, blank lines are read past. A last line that has no line end and is no JSON was cut short: it is left out, and a
 * note says so.
 *
 * @throws {UserError} for an array that is no JSON or is cut off, and for a file without a whole object
 */
export function openJsonRows(source: Source): JsonRows {
  const { path } = source;
  const text = source.text();
  const notes: string[] = [];
  const all = /^\s*\[/.test(text) ? arrayIn(path, text) : null;
  const scan = (visit: While): string[] => (all ? scanArray(path, all, visit) : scanLines(path, text, visit));
  const keys = new Set<string>();
  scan((cells, row) => {
    for (const key of Object.keys(cells)) keys.add(key);
    return row < 100;
  });
  if (keys.size === 0) throw new UserError(`${path} holds no whole object of JSON; check the file`);
  return {
    path,
    keys: [...keys],
    notes,
    forEach(visit) {
      const repaired = scan((cells, row) => {
        visit(cells, row);
        return true;
      });
      notes.push(...repaired);
    },
  };
}

/** The first object of a file as it begins; null where it begins otherwise, or the object is longer than the head. Never throws. */
export function firstObject(source: Source): JsonRow | null {
  const { head } = source;
  if (!beginsAsJson(head)) return null;
  const end = objectEnd(head);
  if (end === null) return null;
  try {
    const value = parseLooseJson(head.slice(head.indexOf('{'), end), source.path);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Where the first object of a text ends; null where it does not. */
function objectEnd(text: string): number | null {
  let depth = 0;
  for (const { 0: mark, index } of text.slice(text.indexOf('{')).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (mark === '{') depth++;
    if (mark === '}' && --depth === 0) return text.indexOf('{') + index + 1;
  }
  return null;
}

/** Visits an object; false ends the visits. */
type While = (cells: JsonRow, row: number) => boolean;

function arrayIn(path: string, text: string): readonly unknown[] {
  const all = parseLooseJson(text, path);
  if (Array.isArray(all)) return all;
  throw new UserError(`${path} is no array of objects; check the file`);
}

function scanArray(path: string, all: readonly unknown[], visit: While): string[] {
  for (const [i, cells] of all.entries()) if (!visit(asRow(cells, path, i + 1), i + 1)) break;
  return [];
}

/** @returns a sentence for what was left out */
function scanLines(path: string, text: string, visit: While): string[] {
  for (let start = 0, row = 1; start < text.length; row++) {
    const stop = text.indexOf('\n', start);
    const line = text.slice(start, stop < 0 ? text.length : stop);
    start = stop < 0 ? text.length : stop + 1;
    if (line.trim() === '') continue;
    let cells: unknown;
    try {
      cells = JSON.parse(line);
    } catch {
      try {
        cells = parseLooseJson(line, `${path}, row ${row}`);
      } catch (error) {
        if (stop >= 0) throw error;
        return [`row ${row}, the last, is cut short and was left out`];
      }
    }
    if (!visit(asRow(cells, path, row), row)) break;
  }
  return [];
}

function asRow(cells: unknown, path: string, row: number): JsonRow {
  if (isRecord(cells)) return cells;
  throw cellProblem(path, row, null, `${shown(JSON.stringify(cells))} is no object of columns and values`);
}
