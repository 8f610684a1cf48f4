import type { EvaluationLog } from '../../logs/index.ts';
import { segmentsOf, signOf } from '../segments.ts';
import type { Course } from './course.ts';
import { noiseOf, type Noise } from './noise.ts';

/** The error of the difference between two rows of a task where items can be paired; null where they cannot. */
export type PairedError = (task: number, row: number, other: number) => number | null;

/** A course, and whose it is. */
export interface Passage extends Course {
  readonly task: number;
  /** The task whose training starts; null where the log does not say. */
  readonly next: number | null;
  readonly noise: Noise['source'] | 'paired';
  /** λ of Dunnett's test for each value; null where values are paired, or where the noise is not known. */
  readonly lambdas: readonly number[] | null;
  /** Evaluations among which the reference was chosen as the best; 1 where it was not chosen. */
  readonly choices: number;
}

/** Every earlier task at every switch that the log names. */
export function passagesAtSwitches(log: EvaluationLog, paired?: PairedError): Passage[] {
  const trained = new Set<number>();
  return segmentsOf(log).flatMap(({ task: next, start, end }) => {
    if (next === -1) return [];
    const earlier = [...trained].filter((task) => task !== next);
    trained.add(next);
    const first = log.steps[start] === log.steps[start - 1] ? start : start - 1;
    return earlier.flatMap(
      (task) => passage(log, { task, next, from: lastRow(log, task, first), start, end }, paired) ?? [],
    );
  });
}

/**
 * The falls of tasks in a log that does not say what was trained: each from the best value so far to where it is reached again, or to the end. Those that
 * last a single evaluation count, too.
 */
export function passagesFromPeaks(log: EvaluationLog, paired?: PairedError): Passage[] {
  const sign = signOf(log);
  return log.tasks.flatMap((_, task) => {
    const values = log.values[task];
    const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
    const found: Passage[] = [];
    for (let i = 0; i < rows.length - 1;) {
      let end = i + 1;
      while (end < rows.length && sign * values[rows[end]] < sign * values[rows[i]]) end++;
      if (end > i + 1) {
        // The value that reaches the peak again belongs to the fall: it is where it ends.
        const last = Math.min(end, rows.length - 1);
        const made = passage(
          log,
          { task, next: null, from: rows[i], start: rows[i + 1], end: rows[last] + 1, choices: rows.length },
          paired,
        );
        if (made) found.push(made);
      }
      i = end;
    }
    return found;
  });
}

interface Stretch {
  readonly task: number;
  readonly next: number | null;
  /** The row of the reference; −1 where there is none. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
  readonly choices?: number;
}

function passage(
  log: EvaluationLog,
  { task, next, from, start, end, choices = 1 }: Stretch,
  paired?: PairedError,
): Passage | null {
  if (from < 0) return null;
  const values = log.values[task];
  const rows: number[] = [];
  for (let row = start; row < end; row++)
    if (!Number.isNaN(values[row]) && log.steps[row] !== log.steps[from]) rows.push(row);
  if (rows.length === 0) return null;
  const sign = signOf(log);
  const noise = noiseOf(log, task);
  const own = noise.errorAt(from);
  const errors = rows.map((row) => {
    const error = noise.errorAt(row);
    return paired?.(task, from, row) ?? (own === null || error === null ? null : Math.hypot(own, error));
  });
  const isPaired = paired !== undefined && rows.every((row) => paired(task, from, row) !== null);
  const known = !isPaired && own !== null && errors.every((error) => error !== null);
  return {
    task,
    next,
    reference: sign * values[from],
    referenceStep: log.steps[from],
    steps: rows.map((row) => log.steps[row]),
    values: rows.map((row) => sign * values[row]),
    errors,
    noise: isPaired ? 'paired' : noise.source,
    lambdas: known ? errors.map((error) => own / error!) : null,
    choices,
  };
}

/** The latest row at or before one in which a task was evaluated; −1 if there is none. */
function lastRow(log: EvaluationLog, task: number, row: number): number {
  for (let r = row; r >= 0; r--) if (!Number.isNaN(log.values[task][r])) return r;
  return -1;
}
