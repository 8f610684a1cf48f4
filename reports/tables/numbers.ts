import { fixed, type Unit } from '../format.ts';
import type { TableCell, TableStyle } from './types.ts';

/** A number as it is printed: `0.912`, or `91.2` in percent. */
export function numberText(value: number, unit: Unit, { decimals, percent }: TableStyle): string {
  if (unit !== 'accuracy') return fixed(value, 1);
  return fixed(percent ? 100 * value : value, decimals);
}

/** A cell's numbers as they are printed; the spread is null where it is unknown. Null where there is no mean. */
export function cellNumbers(
  cell: TableCell | null,
  unit: Unit,
  style: TableStyle,
): { readonly mean: string; readonly spread: string | null } | null {
  if (cell === null || cell.mean === null) return null;
  const spread = style.spread === 'ci' ? cell.halfWidth : cell.std;
  return { mean: numberText(cell.mean, unit, style), spread: spread === null ? null : numberText(spread, unit, style) };
}

export const arrows = { higher: '↑', lower: '↓' } as const;

/** What stands behind a number. */
export const markSigns = { 'not told from the best': '†', better: '*', worse: '‡' } as const satisfies Record<
  NonNullable<TableCell['mark']>,
  string
>;
