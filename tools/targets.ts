/** @file Reads and writes tests/reproduction/targets.csv: what others published, and what the recipes give here. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { packageRoot } from '../base/index.ts';

export const targetsPath = join(packageRoot, 'tests', 'reproduction', 'targets.csv');

const columns = [
  'recipe',
  'method',
  'metric',
  'published',
  'published_std',
  'low',
  'high',
  'source',
  'checked',
  'protocol',
  'mean',
  'std',
  'seeds',
  'note',
] as const;

/** A row, as text. All values are percentages. */
export type Target = Record<(typeof columns)[number], string>;

export function readTargets(): Target[] {
  return parse(readFileSync(targetsPath), { columns: true });
}

export function writeTargets(targets: readonly Target[]): void {
  const rows = [columns, ...targets.map((target) => columns.map((column) => target[column]))];
  writeFileSync(targetsPath, rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Half the width of a band: three points, or twice the published deviation where that is more. Settled before anything was run. */
export function tolerance(publishedDeviation: string): number {
  return Math.max(3, 2 * Number(publishedDeviation));
}

/** Whether our mean lies in the band; false where there is none. */
export function isInside({ mean, low, high }: Target): boolean {
  return mean !== '' && Number(mean) >= Number(low) && Number(mean) <= Number(high);
}
