import { array, infiniteStream, integer, record, type Arbitrary } from 'fast-check';
import type { EvaluationLog } from '../../logs/index.ts';

type Row = readonly [step: number, trainingTask: number, ...values: (number | null)[]];

/** An accuracy log from its rows; null is an empty cell. */
export function logOf(tasks: readonly string[], rows: readonly Row[], measure = 'accuracy'): EvaluationLog {
  return {
    measure,
    higherIsBetter: measure !== 'loss',
    tasks,
    steps: Float64Array.from(rows, ([step]) => step),
    trainingTask: Int32Array.from(rows, ([, task]) => task),
    values: tasks.map((_, t) => Float64Array.from(rows, (row) => (row[t + 2] as number | null) ?? NaN)),
  };
}

/** The log of one task, evaluated after every update. */
export function curveOf(values: readonly number[]): EvaluationLog {
  return logOf(
    ['a'],
    values.map((value, step) => [step, 0, value]),
  );
}

/** The rows of one task's column that hold a value. */
export function evaluationsOf(log: EvaluationLog, task: number): { step: number; value: number }[] {
  const rows = Array.from(log.steps, (step, r) => ({ step, value: log.values[task][r] }));
  return rows.filter(({ value }) => !Number.isNaN(value));
}

const accuracy = integer({ min: 0, max: 1000 }).map((correct) => correct / 1000);

/**
 * Logs as the harness writes them: 1 to 4 tasks, each trained for 1 to 30 updates with an evaluation of the seen tasks before the
 * first update and after every `every`-th one.
 */
export const harnessLogs: Arbitrary<EvaluationLog> = record({
  lengths: array(integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
  every: integer({ min: 1, max: 4 }),
  values: infiniteStream(accuracy),
}).map(({ lengths, every, values }) => {
  const draw = (): number => values.next().value!;
  const rows: Row[] = [];
  let step = 0;
  for (const [k, length] of lengths.entries()) {
    const evaluate = (): void => {
      rows.push([step, k, ...lengths.map((_, t) => (t <= k ? draw() : null))]);
    };
    evaluate();
    for (let update = 1; update <= length; update++) {
      step++;
      if (update % every === 0 || update === length) evaluate();
    }
  }
  return logOf(
    lengths.map((_, t) => `task ${t}`),
    rows,
  );
});

/** The same log with its columns in another order. */
export function withColumns(log: EvaluationLog, order: readonly number[]): EvaluationLog {
  return {
    ...log,
    tasks: order.map((t) => log.tasks[t]),
    trainingTask: log.trainingTask.map((t) => order.indexOf(t)),
    values: order.map((t) => log.values[t]),
  };
}
