import { tf } from '../engine/index.ts';
import { kernels } from '../engine/trace/kernels/index.ts';
import { unmapped } from '../engine/trace/unmapped.ts';

/** The names of all tfjs kernels, which tfjs-core exports as constants equal to their names. */
export function kernelNames(): string[] {
  return Object.entries(tf)
    .filter(([name, value]) => name === value || name === '_FusedMatMul')
    .map(([, value]) => value as string)
    .toSorted((a, b) => a.localeCompare(b, 'en'));
}

const [begin, end] = ['<!-- kernels: written by npm run docs:engine -->', '<!-- end of kernels -->'];

/** The page with its table of kernels made anew. */
export function withKernelTable(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`the page has no lines ${begin} and ${end}`);
  return `${before}${begin}\n\n${table()}\n\n${end}${after}`;
}

function table(): string {
  const names = kernelNames();
  const mapped = names.filter((name) => kernels[name]);
  const rows = names.map((name) => [
    `\`${name}\``,
    kernels[name] ? 'mapped' : 'not mapped',
    tf.getGradient(name) ? 'yes' : '',
    kernels[name] ? '' : (unmapped[name] ?? ''),
  ]);
  const count = `tfjs ${tf.version_core} has ${names.length} kernels; ${mapped.length} are mapped.`;
  return `${count}\n\n${format([['kernel', 'state', 'gradient', 'why not'], ...rows])}`;
}

/** Rows as a table of Markdown, its columns as wide as their widest cell. */
function format(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}
