import type { Layout, PrintedCell } from './layout.ts';

/** Points of a column of the class article with two of them, and of a page of conferences that set one, the narrower ones of common styles. */
const columnWidth = 220;
const pageWidth = 397;

/** Points in \small, 9 pt: a digit or letter, a dot, ± with its room, and the room between two columns. */
const glyph = 4.7;
const dot = 2.6;
const plusMinus = 12;
const gap = 10;

/** About how wide a text is when it is set. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (character === '.' || character === ',' ? dot : glyph), 0);
}

const cellWidth = ({ mean, spread }: PrintedCell): number =>
  widthOf(mean) + (spread === null ? 0 : plusMinus + widthOf(spread));

/** Whether a table is wider than a column, and its columns, so many beside each other as a page has room for. */
export function foldColumns({ heads, rows }: Layout): {
  readonly wide: boolean;
  readonly parts: readonly (readonly number[])[];
} {
  const labels = Math.max(...rows.map(({ label }) => widthOf(label)), widthOf('Method')) + gap;
  const widths = heads.map((head, j) => gap + Math.max(widthOf(head), ...rows.map(({ cells }) => cellWidth(cells[j]))));
  const total = widths.reduce((sum, width) => sum + width, labels);
  if (total <= pageWidth) return { wide: total > columnWidth, parts: [heads.map((_, j) => j)] };
  const count = fold(widths, labels, heads.length).length;
  // The same number of parts, of about as many columns each.
  return { wide: true, parts: fold(widths, labels, Math.ceil(heads.length / count)) };
}

function fold(widths: readonly number[], labels: number, most: number): number[][] {
  const parts: number[][] = [[]];
  let used = labels;
  for (const [j, width] of widths.entries()) {
    const part = parts.at(-1)!;
    if (part.length > 0 && (used + width > pageWidth || part.length === most)) {
      parts.push([]);
      used = labels;
    }
    parts.at(-1)!.push(j);
    used += width;
  }
  return parts;
}
