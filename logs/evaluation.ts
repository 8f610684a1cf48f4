import { UserError } from '../base/index.ts';
import { shown } from './importers/tables/problems.ts';
import { formatRow, parseAccuracy, parseCell, parseStep, readTable, rowError } from './table.ts';
import type { EvaluationLog } from './types.ts';

const leading = ['step', 'training_task'];

/**
 * Reads `accuracy.csv` or `loss.csv`. An incomplete last line is dropped; an empty `training_task` is unknown (-1); a header
 * without rows gives a log without rows.
 *
 * Throws a UserError naming file, row and column for a missing or empty file, a header without tasks or with a column named
 * twice, a ragged row, a cell that is no number, an accuracy outside [0, 1], a step that is no whole number or below the one
 * before it, and a training task that heads no column.
 */
export function readEvaluationLog(path: string, measure: 'accuracy' | 'loss'): EvaluationLog {
  const table = readTable(path, leading);
  const tasks = table.columns.slice(leading.length);
  if (tasks.length === 0)
    throw new UserError(`${path}, row 1: no task after step,training_task; add a column for each task`);
  const indexOfTask = new Map(tasks.map((task, i) => [task, i]));
  indexOfTask.set('', -1);

  const steps = new Float64Array(table.length);
  const trainingTask = new Int32Array(table.length);
  const values = tasks.map(() => new Float64Array(table.length));
  const parse = measure === 'accuracy' ? parseAccuracy : parseCell;
  let row = 0;
  for (const cells of table.rows()) {
    steps[row] = parseStep(table, row, cells[0], row === 0 ? 0 : steps[row - 1]);
    const task = indexOfTask.get(cells[1]);
    if (task === undefined) {
      throw rowError(path, row, 'training_task', `unknown task: ${shown(cells[1])} (known: ${tasks.join(', ')})`);
    }
    trainingTask[row] = task;
    for (let t = 0; t < tasks.length; t++) {
      values[t][row] = parse(table, row, t + leading.length, cells[t + leading.length]);
    }
    row++;
  }
  return { measure, higherIsBetter: measure !== 'loss', tasks, steps, trainingTask, values };
}

/**
 * The header line of `accuracy.csv` and `loss.csv`, line end included.
 * Throws a UserError for a task name that is empty, stands there twice or holds a comma, a quote or a line end.
 */
export function formatEvaluationHeader(tasks: readonly string[]): string {
  const columns = [...leading, ...tasks];
  for (const [i, name] of columns.entries()) {
    const task = `the task name ${JSON.stringify(name)}`;
    if (name === '' || /[,"\r\n]/.test(name)) {
      throw new UserError(`${task} cannot head a column; use a name without comma, quote or line end`);
    }
    if (columns.indexOf(name) < i) throw new UserError(`${task} is taken; give every task a name of its own`);
  }
  return formatRow(columns);
}

/** One evaluation as a line, line end included. `values` stand in the order of the header's tasks; NaN is an empty cell. */
export function formatEvaluationRow(step: number, trainingTask: string, values: Iterable<number>): string {
  return formatRow([step, trainingTask, ...values]);
}
