import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { UserError, codeOf, writeFileAtomic } from '../base/index.ts';
import type { State } from '../methods/index.ts';
import type { AdaptiveState } from './adaptive.ts';
import { guarded } from './guarded.ts';

/** Everything a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** The task at hand and the updates already made in it; at 0 the task has not begun. */
  readonly task: number;
  readonly update: number;
  readonly step: number;
  readonly learner: State;
  readonly evaluator: State;
  /** What the schedule of evaluations keeps; null where it needs nothing, absent in checkpoints of before there was one to keep. */
  readonly schedule?: AdaptiveState | null;
  /** The operations that are booked so far; absent in checkpoints of before they were. */
  readonly flops?: State;
  /** Bytes of each file of the record that belong to this point. */
  readonly files: Readonly<Record<string, number>>;
  /** What the user was warned of so far; absent in checkpoints of before there were warnings. */
  readonly warnings?: readonly string[];
  readonly seconds: { readonly training: number; readonly evaluation: number; readonly other: number };
}

const magic = 'stabgap checkpoint 1\n';
const digestLength = 32;
const pattern = /^(\d+)\.ckpt$/;

/** Checkpoint numbers in a folder, newest first. */
function numbersIn(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => b - a);
}

function pathOf(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(6, '0')}.ckpt`);
}

/** Writes the next checkpoint and drops all but it and the one before. The file carries a SHA-256 of its content. */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint): void {
  guarded(folder, () => mkdirSync(folder, { recursive: true }));
  const payload = serialize(checkpoint);
  const digest = createHash('sha256').update(payload).digest();
  const [newest = 0, ...older] = numbersIn(folder);
  const path = pathOf(folder, newest + 1);
  guarded(path, () => writeFileAtomic(path, Buffer.concat([Buffer.from(magic), digest, payload])));
  for (const number of older) rmSync(pathOf(folder, number), { force: true });
}

/**
 * The newest checkpoint that is whole; a corrupt one is passed over for the one before it.
 * @param onCorrupt told the path of each checkpoint passed over
 * @returns null where there is none yet
 * @throws {UserError} if there are checkpoints but none is whole
 */
export function loadCheckpoint(folder: string, onCorrupt: (path: string) => void = () => {}): Checkpoint | null {
  const numbers = numbersIn(folder);
  for (const number of numbers) {
    const path = pathOf(folder, number);
    const checkpoint = readCheckpoint(path);
    if (checkpoint) return checkpoint;
    onCorrupt(path);
    // Out of the way, so that the next one saved does not count a corrupt file as the one before.
    rmSync(path, { force: true });
  }
  if (numbers.length > 0)
    throw new UserError(`${folder}: no checkpoint is readable; start the run anew with stabgap run --overwrite`);
  return null;
}

function readCheckpoint(path: string): Checkpoint | null {
  const bytes = readFileSync(path);
  const start = magic.length + digestLength;
  if (bytes.length < start || bytes.toString('latin1', 0, magic.length) !== magic) return null;
  const payload = bytes.subarray(start);
  if (!createHash('sha256').update(payload).digest().equals(bytes.subarray(magic.length, start))) return null;
  return deserialize(payload) as Checkpoint;
}

/** Deletes a run's checkpoints, once it is complete. */
export function dropCheckpoints(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
