import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/index.ts';

/** The compiled command: these tests are those of a user. */
export const main = join(packageRoot, 'dist', 'cli', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `stabgap` in a folder, away from a terminal. */
export function start(args: readonly string[], cwd: string): Started {
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build first`);
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { child, ended };
}

/** Runs `stabgap` to its end. */
export function stabgap(args: readonly string[], cwd: string): Promise<Ended> {
  return start(args, cwd).ended;
}

/** Flags of an experiment that is over in a second. */
export const tiny = ['--tasks', '2', '--hidden', '16', '--batch', '64', '--evaluate-subset', '20'] as const;

/** The csv files of a run, by name. */
export function readTables(folder: string): Record<string, string> {
  const names = ['accuracy.csv', 'loss.csv', 'matrix.csv', 'steps.csv'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
