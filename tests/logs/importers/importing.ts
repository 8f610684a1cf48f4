import { join } from 'node:path';
import { expect } from 'vitest';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { writeFiles } from '../files.ts';

/** Writes files and returns their folder. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

/** Writes one file and returns its path. */
export function fileOf(text: string, name = 'log.txt'): string {
  return join(folderOf({ [name]: text }), name);
}

/** The one run of a path. */
export function importOne(path: string, options?: ImportOptions & { readonly format?: string }): Imported {
  const [found, ...others] = importLogs(path, options);
  expect(others).toEqual([]);
  return found;
}
