import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { writeFileAtomic } from '../../base/index.ts';
import type { EvaluationLog } from '../../logs/index.ts';

/** NaN, which JSON does not have, is null. */
const column = z.array(z.number().nullable());

const logSchema = z.strictObject({
  measure: z.string(),
  higherIsBetter: z.boolean(),
  tasks: z.array(z.string()),
  steps: z.array(z.number()),
  trainingTask: z.array(z.int()),
  values: z.array(column),
  standardErrors: z.array(column).optional(),
  counts: z.array(column).optional(),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  runs: z.record(z.string(), z.strictObject({ told: z.array(z.string()), gone: logSchema.nullable() })),
});

/** What a watch must remember over a restart: what it told, and rows that a rotation has taken from the file. */
export interface RunMemory {
  readonly told: Set<string>;
  gone: EvaluationLog | null;
}

/** Where a watch of a path remembers: `$XDG_STATE_HOME/stabgap/watch`, or `~/.local/state/stabgap/watch` where that is not set to an absolute path. */
export function statePath(path: string): string {
  const base = process.env['XDG_STATE_HOME'] ?? '';
  const root = isAbsolute(base) ? base : join(homedir(), '.local', 'state');
  const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16);
  return join(root, 'stabgap', 'watch', `${name}.json`);
}

/** What is remembered, by run; nothing where there is no such file, or one that does not fit. */
export function readMemory(file: string): Map<string, RunMemory> {
  if (!existsSync(file)) return new Map();
  const found = stateSchema.safeParse(parsed(readFileSync(file, 'utf8')));
  if (!found.success) return new Map();
  return new Map(
    Object.entries(found.data.runs).map(([run, { told, gone }]) => [
      run,
      { told: new Set(told), gone: gone && logOf(gone) },
    ]),
  );
}

export function writeMemory(file: string, memory: ReadonlyMap<string, RunMemory>): void {
  const runs = [...memory].map(
    ([run, { told, gone }]) => [run, { told: [...told], gone: gone && plain(gone) }] as const,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic(file, `${JSON.stringify({ version: 1, runs: Object.fromEntries(runs) })}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function plain(log: EvaluationLog): z.input<typeof logSchema> {
  const columns = (arrays: readonly Float64Array[]) =>
    arrays.map((array) => Array.from(array, (value) => (Number.isNaN(value) ? null : value)));
  return {
    measure: log.measure,
    higherIsBetter: log.higherIsBetter,
    tasks: [...log.tasks],
    steps: [...log.steps],
    trainingTask: [...log.trainingTask],
    values: columns(log.values),
    ...(log.standardErrors && { standardErrors: columns(log.standardErrors) }),
    ...(log.counts && { counts: columns(log.counts) }),
  };
}

function logOf(stored: z.output<typeof logSchema>): EvaluationLog {
  const columns = (arrays: readonly (readonly (number | null)[])[]) =>
    arrays.map((array) => Float64Array.from(array, (value) => value ?? NaN));
  return {
    ...stored,
    steps: Float64Array.from(stored.steps),
    trainingTask: Int32Array.from(stored.trainingTask),
    values: columns(stored.values),
    standardErrors: stored.standardErrors && columns(stored.standardErrors),
    counts: stored.counts && columns(stored.counts),
  };
}
