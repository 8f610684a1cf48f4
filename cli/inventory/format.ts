import type { Inventory, Item, ItemOption } from './types.ts';

const gap = 2;
/** A column narrower than this is not worth wrapping in. */
const narrowest = 20;

/** A table with a line for every item, more where the last column has to wrap. */
export function formatItems({ items, columns }: Pick<Inventory, 'items' | 'columns'>, width: number): string {
  return formatTable([columns, ...items.map((item) => columns.map((column) => show(item[column])))], width);
}

/** All facts of an item, then its options. */
export function formatItem({ options, ...facts }: Item, width: number): string {
  const table = formatTable(
    Object.entries(facts).map(([fact, value]) => [fact, show(value)]),
    width,
  );
  if (!options) return table;
  return `${table}\n${options.length === 0 ? 'no options\n' : formatOptions(options, width)}`;
}

function formatOptions(options: readonly ItemOption[], width: number): string {
  const rows = options.map((option) => {
    const source = option.source ? `; source: ${option.source}` : '';
    return [option.name, show(option.default), option.unit, option.description + source];
  });
  return formatTable([['option', 'default', 'unit', 'meaning'], ...rows], width);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Rows of cells as aligned lines. The last column is wrapped to the width, between words. */
export function formatTable(rows: readonly (readonly string[])[], width: number): string {
  const last = rows[0].length - 1;
  const widths = rows[0].slice(0, last).map((_, column) => Math.max(...rows.map((row) => row[column].length)) + gap);
  const indent = widths.reduce((sum, each) => sum + each, 0);
  return rows
    .map((row) => {
      const left = row.slice(0, last).map((cell, column) => cell.padEnd(widths[column]));
      const lines = wrap(row[last], Math.max(narrowest, width - indent));
      return `${left.join('')}${lines.join(`\n${' '.repeat(indent)}`)}\n`.replaceAll(/ +\n/g, '\n');
    })
    .join('');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
