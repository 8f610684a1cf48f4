import { join } from 'node:path';
import { expect } from 'vitest';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { writeFiles } from '../files.ts';

/** Writes files, by path, into a new folder and returns it, or what of it is named. */
export function written(files: Readonly<Record<string, string>>, open = ''): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return join(folder, open);
}

/** The one run of a path. */
export function importOne(path: string, options?: ImportOptions & { readonly format?: string }): Imported {
  const [found, ...others] = importLogs(path, options);
  expect(others).toEqual([]);
  return found;
}

/** Values of a log by `<task>@<step>`. */
export function valuesOf({ log }: Imported): Record<string, number> {
  const found: Record<string, number> = {};
  log!.values.forEach((values, task) =>
    values.forEach((value, row) => {
      if (!Number.isNaN(value)) found[`${log!.tasks[task]}@${log!.steps[row]}`] = value;
    }),
  );
  return found;
}
