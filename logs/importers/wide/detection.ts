import { isNumberToPeople } from '../tables/cells.ts';
import { usualColumns } from '../tables/columns.ts';
import type { ImportOptions } from '../importer.ts';
import { beginsAsJson, firstObject } from '../tables/jsonRows.ts';
import { isOfItems, isOfOtherTool } from '../tables/otherTools.ts';
import type { Source } from '../shared/source.ts';
import { glanceAt, isMissing, type Glance } from '../tables/textTable.ts';

/**
 * Whether a file looks like a table with one evaluation a row and one column a task: a column of steps beside one of numbers; or in text, without steps, columns of
 * numbers and at most one of text. Never throws.
 */
export function looksWide(source: Source, options: ImportOptions = {}): boolean {
  if (beginsAsJson(source.head)) return jsonLooksWide(source, options);
  const glance = glanceAt(source);
  return glance !== null && textLooksWide(glance, options);
}

function jsonLooksWide(source: Source, options: ImportOptions): boolean {
  const object = firstObject(source);
  if (object === null || !isLineOrElement(source.head)) return false;
  const keys = Object.keys(object);
  const values = Object.values(object);
  if (isOfItems(keys) || isOfOtherTool(keys) || values.some((value) => typeof value === 'object' && value !== null))
    return false;
  const step = stepAmong(keys, options);
  return step !== undefined && keys.some((key) => key !== step && typeof object[key] === 'number');
}

/** Whether the first object is one of many, and not the whole of a file of JSON. */
function isLineOrElement(head: string): boolean {
  return /^\s*\[/.test(head) || /^\s*\{[^\n]*\}\s*(\n|$)/.test(head);
}

function textLooksWide({ columns, rows }: Glance, options: ImportOptions): boolean {
  if (columns.length < 2 || isOfItems(columns) || isOfOtherTool(columns) || columns.every(isNumberToPeople))
    return false;
  const step = stepAmong(columns, options);
  const others = columns.flatMap((name, at) => (name === step ? [] : [rows.map((cells) => cells[at] ?? '')]));
  const filled = others.map((cells) => cells.filter((cell) => !isMissing(cell)));
  const numeric = filled.filter((cells) => cells.some(isNumberToPeople));
  // Of a header alone nothing more is known.
  if (step !== undefined) return rows.length === 0 || numeric.length > 0;
  const pure = numeric.every((cells) => cells.every(isNumberToPeople));
  const texts = filled.filter((cells) => cells.length > 0 && !cells.some(isNumberToPeople));
  return numeric.length > 0 && pure && texts.length <= 1 && rows.every(({ length }) => length === columns.length);
}

function stepAmong(columns: readonly string[], options: ImportOptions): string | undefined {
  return options.columns?.step ?? usualColumns(columns, 'step')[0];
}
