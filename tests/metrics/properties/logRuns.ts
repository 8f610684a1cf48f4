import { array, constant, integer, oneof, record, type Arbitrary } from 'fast-check';
import type { EvaluationLog } from '../../../logs/index.ts';
import { logOf } from '../logs.ts';

const percent = integer({ min: 0, max: 100 }).map((value) => value / 100);
const holed = oneof({ weight: 7, arbitrary: percent }, { weight: 1, arbitrary: constant(null) });

/**
 * Logs as no harness writes them but other tools may: 1 to 4 tasks trained in any order, some again, now and then not known which; no
 * update or up to 5 between evaluations; every task evaluated in each row, or with `cell` some missing.
 */
function logs(cell: Arbitrary<number | null>, leastTask: -1 | 0): Arbitrary<EvaluationLog> {
  return integer({ min: 1, max: 4 }).chain((tasks) => {
    const row = record({
      gap: oneof({ weight: 1, arbitrary: constant(0) }, { weight: 3, arbitrary: integer({ min: 1, max: 5 }) }),
      cells: array(cell, { minLength: tasks, maxLength: tasks }),
    });
    const stretch = record({
      task: integer({ min: leastTask, max: tasks - 1 }),
      rows: array(row, { minLength: 1, maxLength: 6 }),
    });
    return array(stretch, { maxLength: 6 }).map((stretches) => {
      let step = 0;
      return logOf(
        Array.from({ length: tasks }, (_, t) => `task ${t}`),
        stretches.flatMap(({ task, rows }) =>
          rows.map(({ gap, cells }) => {
            step += gap;
            return [step, task, ...cells] as const;
          }),
        ),
      );
    });
  });
}

/** With missing cells, and rows that do not say what was trained. */
export const anyLogs = logs(holed, -1);

/** All known, every task evaluated in every row. */
export const completeLogs = logs(percent, 0);

/** The log with each row written twice. */
export function twice(log: EvaluationLog): EvaluationLog {
  const doubled = <T extends Float64Array | Int32Array>(column: T): T =>
    column.constructor === Int32Array
      ? (Int32Array.from({ length: 2 * column.length }, (_, r) => column[r >> 1]) as T)
      : (Float64Array.from({ length: 2 * column.length }, (_, r) => column[r >> 1]) as T);
  return {
    ...log,
    steps: doubled(log.steps),
    trainingTask: doubled(log.trainingTask),
    values: log.values.map(doubled),
  };
}

/** As a loss: every value with its sign changed, and low ones good. */
export function asLoss(log: EvaluationLog): EvaluationLog {
  const values = log.values.map((curve) => curve.map((value) => -value));
  return { ...log, measure: 'loss', higherIsBetter: !log.higherIsBetter, values };
}

/** The log with a task more that is never trained and always has accuracy c. */
export function withFlatColumn(log: EvaluationLog, c: number): EvaluationLog {
  return { ...log, tasks: [...log.tasks, 'flat'], values: [...log.values, log.steps.map(() => c)] };
}

/** The log with a task before all others that is trained for some updates, is evaluated after each, and always has accuracy c. */
export function withFlatTaskFirst(log: EvaluationLog, c: number, updates: number): EvaluationLog {
  const lead = <T extends Float64Array | Int32Array>(
    column: T,
    first: (row: number) => number,
    next: (value: number) => number,
  ): number[] => [...Array.from({ length: updates + 1 }, (_, row) => first(row)), ...Array.from(column, next)];
  return {
    ...log,
    tasks: ['flat', ...log.tasks],
    steps: Float64Array.from(
      lead(
        log.steps,
        (row) => row,
        (step) => step + updates,
      ),
    ),
    trainingTask: Int32Array.from(
      lead(
        log.trainingTask,
        () => 0,
        (task) => (task === -1 ? -1 : task + 1),
      ),
    ),
    values: [log.steps.map(() => c), ...log.values].map((curve, t) =>
      Float64Array.from(
        lead(
          curve,
          () => (t === 0 ? c : NaN),
          (value) => value,
        ),
      ),
    ),
  };
}

/** The log without the evaluations that a test picks. */
export function without(log: EvaluationLog, drops: (task: number, row: number) => boolean): EvaluationLog {
  return { ...log, values: log.values.map((curve, t) => curve.map((value, r) => (drops(t, r) ? NaN : value))) };
}
