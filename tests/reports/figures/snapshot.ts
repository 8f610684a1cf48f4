import { join } from 'node:path';
import { packageRoot } from '../../../base/index.ts';
import { renderSheetSvg } from '../../../reports/figures/render.ts';
import type { Sheet } from '../../../reports/figures/sheet.ts';

/** A sheet as text that can be compared from machine to machine: letters kept, numbers with one decimal. */
export const rounded = (sheet: Sheet): string =>
  renderSheetSvg(sheet, 'letters')
    .replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d+/g, (n) => String(Math.round(Number(n) * 10) / 10 || 0)))
    .replaceAll('><', '>\n<');

/** Where the snapshot of a figure lies; `vitest --update=all` writes it anew. */
export const snapshotOf = (name: string): string => join(packageRoot, 'tests/reports/figures/snapshots', `${name}.svg`);

/** The texts of a sheet, in the order in which they are drawn. */
export function textsOf(sheet: Sheet): string[] {
  return [...renderSheetSvg(sheet, 'letters').matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    // Ligatures of the font come as one sign.
    text.normalize('NFKC').trim(),
  );
}
