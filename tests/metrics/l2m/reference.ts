import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { readLifetime, type Lifetime } from '../../../logs/index.ts';

/**
 * Example lifetime, single-task experts and results of l2metrics (lifelong-learning-systems/l2metrics, commit 5df07316, MIT), with what
 * that tool made of them under five settings. Not part of this project.
 */
export const referenceFolder = join(packageRoot, '..', 'shared', 'logs', 'l2m');

export const skippedWithout = (folder: string): string =>
  existsSync(folder) ? '' : ` (skipped: there is no ${folder.slice(packageRoot.length)} beside this project)`;

export function referenceExperts(): Lifetime[] {
  const folder = join(referenceFolder, 'ste_logs');
  return readdirSync(folder).map((name) => readLifetime(join(folder, name), 'performance'));
}

/** The matcher of a JSON value in which every number may be off by 1e-9 of its size, or of 1 where it is smaller. */
export function close(expected: unknown): unknown {
  if (typeof expected === 'number')
    return expect.toSatisfy((found: unknown) => isClose(found, expected), `near ${expected}`);
  if (Array.isArray(expected)) return expected.map(close);
  if (typeof expected === 'object' && expected !== null)
    return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, close(value)]));
  return expected;
}

function isClose(found: unknown, expected: number): boolean {
  return typeof found === 'number' && Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
}
