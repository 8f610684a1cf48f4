import { layoutOf, type PrintedCell } from './layout.ts';
import type { PaperTable } from './types.ts';

/** A table as GitHub's Markdown: the caption, the table, and the notes as a list. Ends with a line end. */
export function markdownTable(table: PaperTable): string {
  const { heads, rows } = layoutOf(table);
  const grid = [
    ['method', ...heads].map(escapeMarkdown),
    ...rows.map(({ label, cells }) => [escapeMarkdown(label), ...cells.map(cellText)]),
  ];
  const caption = escapeMarkdown(table.caption.join(' '));
  const name = escapeMarkdown(table.name);
  const blocks = [
    caption.startsWith(name) ? `**${name}**${caption.slice(name.length)}` : caption,
    ...(rows.length === 0 ? [] : [gridText(grid)]),
    ...(table.notes.length === 0 ? [] : [table.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function cellText({ mean, spread, place, mark }: PrintedCell): string {
  const number = place === 'best' ? `**${mean}**` : place === 'second' ? `<u>${mean}</u>` : mean;
  return `${number}${spread === null ? '' : ` ± ${spread}`}${escapeMarkdown(mark)}`;
}

/** Padded, so that the source can be read as well. */
function gridText(grid: readonly (readonly string[])[]): string {
  const widths = grid[0].map((_, j) => Math.max(3, ...grid.map((row) => [...row[j]].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, j) => (j === 0 ? text.padEnd(padTo(text, widths[j])) : text.padStart(padTo(text, widths[j])))).join(' | ')} |`;
  const rule = widths.map((width, j) => (j === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(grid[0]), `| ${rule.join(' | ')} |`, ...grid.slice(1).map(line)].join('\n');
}

/** The length in UTF-16 units of a text that is padded to a width in characters. */
const padTo = (text: string, width: number): number => width + text.length - [...text].length;

/** Plain text that Markdown shows as it is, in a cell of a table, too. Line ends become spaces. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]#~|$]/g, (character) => `\\${character}`)
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
