import type { EvaluationLog } from '../../logs/index.ts';

/** Rows `from` … of a log, as a log. */
function rowsOf(log: EvaluationLog, from: number, to: number): EvaluationLog {
  const cut = (arrays: readonly Float64Array[]): Float64Array[] => arrays.map((array) => array.slice(from, to));
  return {
    ...log,
    steps: log.steps.slice(from, to),
    trainingTask: log.trainingTask.slice(from, to),
    values: cut(log.values),
    ...(log.standardErrors && { standardErrors: cut(log.standardErrors) }),
    ...(log.counts && { counts: cut(log.counts) }),
  };
}

/** One log after another; tasks by name. */
function joined(first: EvaluationLog, second: EvaluationLog): EvaluationLog {
  const tasks = [...new Set([...first.tasks, ...second.tasks])];
  const column = (of: (log: EvaluationLog) => readonly Float64Array[] | undefined): Float64Array[] =>
    tasks.map((task) => {
      const parts = [first, second].map((log) => {
        const t = log.tasks.indexOf(task);
        return of(log)?.[t] ?? new Float64Array(log.steps.length).fill(NaN);
      });
      return Float64Array.from([...parts[0], ...parts[1]]);
    });
  const trainingOf = (log: EvaluationLog): number[] =>
    [...log.trainingTask].map((t) => (t < 0 ? -1 : tasks.indexOf(log.tasks[t])));
  const has = (of: (log: EvaluationLog) => unknown): boolean => [first, second].some((log) => of(log) !== undefined);
  return {
    measure: second.measure,
    higherIsBetter: second.higherIsBetter,
    tasks,
    steps: Float64Array.from([...first.steps, ...second.steps]),
    trainingTask: Int32Array.from([...trainingOf(first), ...trainingOf(second)]),
    values: column((log) => log.values),
    ...(has((log) => log.standardErrors) && { standardErrors: column((log) => log.standardErrors) }),
    ...(has((log) => log.counts) && { counts: column((log) => log.counts) }),
  };
}

/** What a log that is read again is to what was read before. */
export interface Continued {
  /** All that is known: rows of before that are gone from the file, then those of the file. */
  readonly log: EvaluationLog;
  /** The rows that are gone from the file; null if none is. */
  readonly gone: EvaluationLog | null;
  /** Whether the file begins anew, so that what was known of it is void. */
  readonly anew: boolean;
}

/**
 * Follows a log through rotation: rows of before that lie before the first step of the file have been moved away and are kept. A file that begins no later and ends before what
 * was known is another log.
 */
export function continued(known: EvaluationLog | null, file: EvaluationLog): Continued {
  if (known === null || known.steps.length === 0) return { log: file, gone: null, anew: false };
  const [first, last] = [file.steps[0], file.steps[file.steps.length - 1]];
  const before = known.steps.findIndex((step) => step >= first);
  const count = before < 0 ? known.steps.length : before;
  if (count === 0) return { log: file, gone: null, anew: last < known.steps[known.steps.length - 1] };
  const gone = rowsOf(known, 0, count);
  return { log: joined(gone, file), gone, anew: false };
}
