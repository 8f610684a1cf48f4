import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/index.ts';

/** The source folders, in the order in which they may import: each only from those before it and from itself. */
export const layers = [
  'base',
  'engine',
  'benchmarks',
  'methods',
  'logs',
  'harness',
  'metrics',
  'analysis',
  'reports',
  'cli',
] as const;

export interface SourceFile {
  /** Relative to the package root. */
  readonly path: string;
  readonly text: string;
}

/** All source files of a folder: TypeScript, and the scripts of pages. */
export function sourcesIn(folder: string): SourceFile[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[tj]s$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(packageRoot, folder, name), 'utf8') }))
    .toSorted((a, b) => a.path.localeCompare(b.path));
}
