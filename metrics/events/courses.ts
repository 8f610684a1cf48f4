import type { EvaluationLog } from '../../logs/index.ts';
import { segmentsOf, signOf } from '../segments.ts';
import type { Course } from './course.ts';
import type { Fluctuation } from './fluctuation.ts';
import { noisesOf, type Noise } from './noise.ts';

/** The error of the difference between two rows of a task where items can be paired; null where they cannot. */
export type PairedError = (task: number, row: number, other: number) => number | null;

/** What the items leave in doubt about the differences reference − value. */
export interface ItemErrors {
  readonly source: 'given' | 'binomial' | 'paired';
  /** Standard errors. */
  readonly errors: readonly number[];
  /** λ of Dunnett's test for each value; null where values are paired. */
  readonly lambdas: readonly number[] | null;
}

/** A course, whose it is, and how far off its differences may be. */
export interface Passage extends Course {
  readonly task: number;
  /** The task whose training starts; null where the log does not say. */
  readonly next: number | null;
  /** Null where they are not known for all values. */
  readonly items: ItemErrors | null;
  /** Of a difference reference − value. */
  readonly fluctuation: Fluctuation | null;
  /** Evaluations among which the reference was chosen as the best; 1 where it was not chosen. */
  readonly choices: number;
}

/** Every earlier task at every switch that the log names. */
export function passagesAtSwitches(log: EvaluationLog, paired?: PairedError): Passage[] {
  const noises = noisesOf(log, []);
  const trained = new Set<number>();
  return segmentsOf(log).flatMap(({ task: next, start, end }) => {
    if (next === -1) return [];
    const earlier = [...trained].filter((task) => task !== next);
    trained.add(next);
    const first = log.steps[start] === log.steps[start - 1] ? start : start - 1;
    return earlier.flatMap(
      (task) => passage(log, noises(task), { task, next, from: lastRow(log, task, first), start, end }, paired) ?? [],
    );
  });
}

/** Every task at each of the steps after which something changed, from its last evaluation up to that step to the last before the next. */
export function passagesAtSteps(log: EvaluationLog, switches: readonly number[], paired?: PairedError): Passage[] {
  const cuts = [...new Set(switches.map((step) => firstAfter(log.steps, step)))].toSorted((a, b) => a - b);
  const noises = noisesOf(log, cuts);
  return cuts.flatMap((start, i) =>
    log.tasks.flatMap((_, task) => {
      const stretch = {
        task,
        next: null,
        from: lastRow(log, task, start - 1),
        start,
        end: cuts[i + 1] ?? log.steps.length,
      };
      return passage(log, noises(task), stretch, paired) ?? [];
    }),
  );
}

/**
 * The falls of tasks in a log that does not say what was trained: each from the best value so far to where it is reached again, or to the end. Those that
 * last a single evaluation count, too.
 */
export function passagesFromPeaks(log: EvaluationLog, paired?: PairedError): Passage[] {
  const sign = signOf(log);
  const noises = noisesOf(log, []);
  return log.tasks.flatMap((_, task) => {
    const values = log.values[task];
    const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
    const found: Passage[] = [];
    for (let i = 0; i < rows.length - 1;) {
      let end = i + 1;
      while (end < rows.length && sign * values[rows[end]] < sign * values[rows[i]]) end++;
      if (end > i + 1) {
        // The value that reaches the peak again belongs to the fall: it is where it ends.
        const last = rows[Math.min(end, rows.length - 1)];
        const stretch = { task, next: null, from: rows[i], start: rows[i + 1], end: last + 1, choices: rows.length };
        const made = passage(log, noises(task), stretch, paired);
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

function passage(log: EvaluationLog, noise: Noise, stretch: Stretch, paired?: PairedError): Passage | null {
  const { task, next, from, start, end, choices = 1 } = stretch;
  if (from < 0) return null;
  const values = log.values[task];
  const rows: number[] = [];
  for (let row = start; row < end; row++)
    if (!Number.isNaN(values[row]) && log.steps[row] !== log.steps[from]) rows.push(row);
  if (rows.length === 0) return null;
  const sign = signOf(log);
  const { fluctuation } = noise;
  return {
    task,
    next,
    reference: sign * values[from],
    referenceStep: log.steps[from],
    steps: rows.map((row) => log.steps[row]),
    values: rows.map((row) => sign * values[row]),
    items: itemErrors(noise, from, rows, paired && ((row) => paired(task, from, row))),
    fluctuation: fluctuation && { ...fluctuation, error: Math.SQRT2 * fluctuation.error },
    choices,
  };
}

/** The errors that items leave; null unless they are known for every row. */
function itemErrors(
  noise: Noise,
  from: number,
  rows: readonly number[],
  paired?: (row: number) => number | null,
): ItemErrors | null {
  const [errors, lambdas]: [number[], number[]] = [[], []];
  const difference = noise.differenceFrom(from);
  let pairs = 0;
  for (const row of rows) {
    const known = paired?.(row) ?? null;
    const independent = known === null ? difference(row) : null;
    if (known !== null) pairs++;
    else if (independent === null) return null;
    else lambdas.push(independent.lambda);
    errors.push(known ?? independent!.error);
  }
  const source = pairs === rows.length ? 'paired' : noise.items!;
  return { source, errors, lambdas: pairs === 0 ? lambdas : null };
}

/** The latest row at or before one in which a task was evaluated; −1 if there is none. */
function lastRow(log: EvaluationLog, task: number, row: number): number {
  for (let r = row; r >= 0; r--) if (!Number.isNaN(log.values[task][r])) return r;
  return -1;
}

/** The first row of a later step. */
function firstAfter(steps: Float64Array, step: number): number {
  const row = steps.findIndex((each) => each > step);
  return row < 0 ? steps.length : row;
}
