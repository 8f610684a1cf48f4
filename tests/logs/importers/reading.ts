import { expect } from 'vitest';
import type { Imported, ImportOptions } from '../../../logs/importers/importer.ts';
import { importLogs } from '../../../logs/importers/registry.ts';
import type { EvaluationLog } from '../../../logs/index.ts';
import { fileOf } from '../files.ts';

/** The one run in a file of this content, or at a path. */
export function importOne(path: string, options?: ImportOptions & { readonly format?: string }): Imported {
  const [found, ...others] = importLogs(path, options);
  expect(others).toEqual([]);
  return found;
}

/** The same for a file of this content. */
export function importText(
  text: string,
  options?: ImportOptions & { readonly format?: string },
  name = 'log.csv',
): Imported & { readonly log: EvaluationLog } {
  const found = importOne(fileOf(text, name), options);
  return { ...found, log: found.log! };
}

/** Values of a log by task, and its steps. */
export function plainly({ log }: { readonly log: EvaluationLog }): Record<string, number[]> {
  return { step: [...log.steps], ...Object.fromEntries(log.tasks.map((task, i) => [task, [...log.values[i]]])) };
}
