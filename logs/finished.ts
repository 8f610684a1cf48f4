import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { readJson } from './json.ts';
import { readRunRecord } from './run.ts';

const plan = z.looseObject({ methods: z.array(z.unknown()), seeds: z.array(z.unknown()) });

/**
 * Whether a run folder, or every run that an experiment folder plans, has come to its end: complete, diverged or failed. False for anything else, such as the log of another
 * tool, and while a file is half-written.
 */
export function isFinished(folder: string): boolean {
  try {
    if (existsSync(join(folder, 'run.json'))) return hasEnded(folder);
    const { methods, seeds } = readJson(join(folder, 'experiment.json'), plan);
    const runs = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'run.json')));
    return runs.length >= methods.length * seeds.length && runs.every((name) => hasEnded(join(folder, name)));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function hasEnded(folder: string): boolean {
  return ['complete', 'diverged', 'failed'].includes(readRunRecord(folder).status);
}
