import { cellProblem } from './problems.ts';
import { numberIn } from './textTable.ts';

/**
 * The number in a cell of a table or of JSON; NaN where there is none.
 * @throws {UserError} for anything else, infinite values included
 */
export function numberOf(cell: unknown, path: string, row: number, column: string): number {
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  if (cell === null || cell === undefined) return NaN;
  const text = typeof cell === 'string' || typeof cell === 'number' ? String(cell) : JSON.stringify(cell);
  return numberIn(text, path, row, column);
}

/** The number if it is `least` or more, or NaN. @throws {UserError} if it is below */
export function atLeast(least: number, value: number, path: string, row: number, column: string): number {
  if (value < least) throw cellProblem(path, row, column, `${value} is below ${least}; correct it, or leave it empty`);
  return value;
}

/** The text in a cell of a table or of JSON; empty where there is none. */
export function textIn(cell: unknown): string {
  if (typeof cell === 'string') return cell.trim();
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

const noTask = new Set(['', 'nan', 'NaN', 'none', 'None', 'null', '-']);

/** The task in training that a cell names; undefined where it names none. */
export function trainingIn(cell: unknown): string | undefined {
  const text = textIn(cell);
  return noTask.has(text) ? undefined : text;
}

/** Whether a text is a number, or what people write for one, such as `0,5` and `45 %`: a column of those is no column of names. */
export function isNumberToPeople(text: string): boolean {
  return (text.trim() !== '' && Number.isFinite(Number(text))) || /^\s*[+-]?\d+([.,]\d+)?\s*%?\s*$/.test(text);
}
