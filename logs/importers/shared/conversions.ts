import type { AccuracyMatrix, EvaluationLog } from '../../types.ts';

/** The task that `trainingTask` names before any was trained. */
const none = -1;

/**
 * The log that a matrix is: one evaluation after each task, its step the number of tasks trained before it; the untrained model at step 0.
 * @param measure what the values are
 */
export function logOfMatrix({ tasks, initial, rows }: AccuracyMatrix, measure = 'accuracy'): EvaluationLog {
  const all = initial ? [initial, ...rows] : rows;
  const first = initial ? 0 : 1;
  return {
    measure,
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from(all, (_, row) => row + first),
    trainingTask: Int32Array.from(all, (_, row) => Math.max(none, row + first - 1)),
    values: tasks.map((_, task) => Float64Array.from(all, (row) => row[task] ?? NaN)),
  };
}

/**
 * The matrix of a log that says what was trained: the last evaluation of each task's training is its row, the evaluation at step 0 the untrained model. Null where the log
 * does not say what was trained, where a task was trained twice, or where a value is better when it is lower.
 *
 * Columns are the tasks in order of training, then those that were never trained.
 */
export function matrixOfLog({
  tasks,
  higherIsBetter,
  steps,
  trainingTask,
  values,
}: EvaluationLog): AccuracyMatrix | null {
  if (!higherIsBetter || trainingTask.length === 0) return null;
  const ends: { readonly task: number; readonly row: number }[] = [];
  trainingTask.forEach((task, row) => {
    if (task !== trainingTask[row + 1] && task !== none) ends.push({ task, row });
  });
  const order = ends.map(({ task }) => task);
  if (order.length === 0 || new Set(order).size < order.length) return null;
  const columns = [...order, ...[...tasks.keys()].filter((task) => !order.includes(task))];
  const rowOf = (row: number): (number | null)[] =>
    columns.map((task) => (Number.isNaN(values[task][row]) ? null : values[task][row]));
  return {
    tasks: columns.map((task) => tasks[task]),
    initial: steps[0] === 0 ? rowOf(0) : null,
    rows: ends.map(({ row }) => rowOf(row)),
  };
}
