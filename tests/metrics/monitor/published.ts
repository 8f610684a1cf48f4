import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../base/index.ts';

const folder = join(packageRoot, '..', 'shared', 'logs', 'published_iterations');

/** Whether the transcribed tables of papers are there. */
export const hasPublished = existsSync(folder);

/** A transcribed table as rows by column; empty cells are null. */
export function published(file: string): Record<string, string | null>[] {
  const [header, ...rows] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  const columns = header.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] === '' ? null : cells[i]]));
  });
}

/** A cell in percent as a share. */
export function share(cell: string | null): number | null {
  return cell === null ? null : Number(cell) / 100;
}
