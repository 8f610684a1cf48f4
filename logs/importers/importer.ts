import { basename, resolve } from 'node:path';
import type { Lifetime } from '../lifetime.ts';
import type { SampleLog } from '../samples.ts';
import type { AccuracyMatrix, EvaluationLog } from '../types.ts';
import type { Source } from './shared/source.ts';

/** What the user knows better than the file. */
export interface ImportOptions {
  /** Which metric, where a file has several, such as `acc` or `exact_match`. */
  readonly metric?: string;
  /** Which filter of lm-evaluation-harness, such as `strict-match`. */
  readonly filter?: string;
  /** Names of columns, for tables that name theirs otherwise. */
  readonly columns?: Readonly<Partial<Record<ColumnRole, string>>>;
  /** Which values are better; guessed from the metric's name unless given. */
  readonly better?: 'higher' | 'lower';
  /** Whether values are in percent; guessed from their range unless given. Values in percent become shares. */
  readonly unit?: 'percent' | 'fraction';
}

export const columnRoles = [
  'step',
  'task',
  'value',
  'stderr',
  'count',
  'training',
  // Of sampled answers, beside step (the round) and task (the benchmark).
  'problem',
  'correct',
  'reward',
  'answer',
  'turn',
  'chain',
  'selected',
  'solution',
  'class',
  'real',
] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** Right (1) or wrong (0) by item, or any score of it, in evaluations that name their items, so that two can be compared item by item. */
export interface ItemResults {
  /** The scores of one evaluation by item, such as by `doc_hash`; null where they are not known. @param row of the log */
  scores(task: number, row: number): ReadonlyMap<string, number> | null;
}

/** One run as it was read, in one form or more: null where the format has none. */
export interface Imported {
  /** The file or folder. */
  readonly path: string;
  /** What it goes by in tables: the run's name in the file, or the name of the file or folder. */
  readonly name: string;
  /** Name of the importer. */
  readonly format: string;
  /** Values over training. */
  readonly log: EvaluationLog | null;
  /** Values after each task. */
  readonly matrix: AccuracyMatrix | null;
  readonly lifetime: Lifetime | null;
  readonly items: ItemResults | null;
  /** Sampled answers, several to a problem. */
  readonly samples: SampleLog | null;
  /** What was taken for granted or repaired, a sentence each: a unit, a direction, a half-written last line. All that changed a number is in it. */
  readonly notes: readonly string[];
}

/** A format of another tool. One file with one export, and a line in `registry.ts`. */
export interface Importer {
  /** What the user types after `--format`. */
  readonly name: string;
  /** One line for lists. */
  readonly title: string;
  /** What of it a user has, such as `results_*.json, or a folder of them`. */
  readonly files: string;
  /** Whether files that the user names together are read as if they were a folder: one for every checkpoint. */
  readonly joins?: true;
  /** Whether a file or folder is of this format, by its content. Formats are asked in the order of the registry. Never throws for odd content. @param options may say what the header alone does not */
  detects(source: Source, options?: ImportOptions): boolean;
  /**
   * The runs that the file or folder holds, one or more.
   * @throws {UserError} naming file, row and column of what cannot be read
   */
  read(source: Source, options: ImportOptions): readonly Imported[];
}

/** An import with what is given, and null for all else. */
export function imported(
  source: Source,
  format: string,
  parts: Partial<Omit<Imported, 'path' | 'format'>> & { readonly notes: readonly string[] },
): Imported {
  const name = basename(resolve(source.path)).replace(/\.(csv|tsv|jsonl?|txt|log)$/i, '');
  return {
    path: source.path,
    name,
    format,
    log: null,
    matrix: null,
    lifetime: null,
    items: null,
    samples: null,
    ...parts,
  };
}
