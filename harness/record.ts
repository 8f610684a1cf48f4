import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, writeFileAtomic } from '../base/index.ts';
import {
  formatEvaluationHeader,
  formatEvaluationRow,
  formatRow,
  prequentialColumns,
  type RunRecord,
} from '../logs/index.ts';
import { guarded } from './guarded.ts';

const always = ['accuracy', 'loss', 'matrix', 'steps'] as const;
type Table = (typeof always)[number] | 'prequential';

/** Characters collected before they are written out. */
const flushSize = 1 << 16;

/** Milliseconds after which collected rows are written out anyway, for those who follow a run. */
const flushInterval = 1000;

/** Writes a run's folder: csv tables that only grow, and `run.json`. */
export interface RecordWriter {
  evaluation(step: number, task: string, accuracy: readonly number[], loss: readonly number[]): void;
  /** @param name `initial`, or the task just finished */
  matrixRow(name: string, accuracy: readonly number[]): void;
  /** @param step updates made before these rows are learnt. Refused by a record that was not opened for it. */
  prequential(step: number, task: string, rows: number, score: { accuracy: number; loss: number }): void;
  step(step: number, task: string, stats: Readonly<Record<string, number>>): void;
  /** Writes everything out to disk and returns the length of each file. */
  sync(): Record<string, number>;
  close(): void;
}

/**
 * @param taskNames columns of the tables
 * @param resumeAt lengths that the files are cut to, from a checkpoint; null starts them anew
 * @param options `prequential`: whether there is such a table
 */
export function openRecord(
  folder: string,
  taskNames: readonly string[],
  resumeAt: Readonly<Record<string, number>> | null,
  { prequential = false }: { readonly prequential?: boolean } = {},
): RecordWriter {
  guarded(folder, () => mkdirSync(folder, { recursive: true }));
  const tables: readonly Table[] = prequential ? [...always, 'prequential'] : always;
  const files = Object.fromEntries(
    tables.map((table) => [table, openTable(join(folder, `${table}.csv`), resumeAt?.[table] ?? null)]),
  ) as Record<Table, TableFile>;
  if (!resumeAt) {
    files.accuracy.append(formatEvaluationHeader(taskNames));
    files.loss.append(formatEvaluationHeader(taskNames));
    files.matrix.append(formatRow(['trained', ...taskNames]));
    if (prequential) files.prequential.append(formatRow(prequentialColumns));
  }
  let statNames: string[] | null = null;
  /** Tasks not yet seen have empty cells. */
  const padded = (values: readonly number[]): number[] => taskNames.map((_, i) => values[i] ?? NaN);
  return {
    evaluation(step, task, accuracy, loss) {
      files.accuracy.append(formatEvaluationRow(step, task, padded(accuracy)));
      files.loss.append(formatEvaluationRow(step, task, padded(loss)));
    },
    matrixRow: (name, accuracy) => files.matrix.append(formatRow([name, ...accuracy])),
    prequential: (step, task, rows, { accuracy, loss }) =>
      files.prequential.append(formatRow([step, task, rows, accuracy, loss])),
    step(step, task, stats) {
      if (!statNames) {
        statNames = Object.keys(stats);
        if (!resumeAt?.steps) files.steps.append(formatRow(['step', 'training_task', ...statNames]));
      }
      files.steps.append(formatRow([step, task, ...statNames.map((stat) => stats[stat] ?? null)]));
    },
    sync: () => Object.fromEntries(tables.map((table) => [table, files[table].sync()])),
    close: () => tables.forEach((table) => files[table].close()),
  };
}

interface TableFile {
  append(text: string): void;
  sync(): number;
  close(): void;
}

function openTable(path: string, resumeAt: number | null): TableFile {
  const file = guarded(path, () => openSync(path, resumeAt === null ? 'w' : 'r+'));
  if (resumeAt !== null) {
    if (fstatSync(file).size < resumeAt)
      throw new UserError(
        `${path} is shorter than it was at the last checkpoint; start the run anew with stabgap run --overwrite`,
      );
    guarded(path, () => ftruncateSync(file, resumeAt));
  }
  let length = resumeAt ?? 0;
  let pending = '';
  let flushed = performance.now();
  const flush = (): void => {
    const bytes = Buffer.from(pending);
    for (let written = 0; written < bytes.length;)
      written += guarded(path, () => writeSync(file, bytes, written, bytes.length - written, length + written));
    length += bytes.length;
    pending = '';
    flushed = performance.now();
  };
  return {
    append(text) {
      pending += text;
      if (pending.length >= flushSize || performance.now() - flushed > flushInterval) flush();
    },
    sync() {
      flush();
      guarded(path, () => fsyncSync(file));
      return length;
    },
    close() {
      closeSync(file);
    },
  };
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  guarded(folder, () => mkdirSync(folder, { recursive: true }));
  guarded(join(folder, 'run.json'), () =>
    writeFileAtomic(join(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`),
  );
}

export function hasRunRecord(folder: string): boolean {
  return existsSync(join(folder, 'run.json'));
}
