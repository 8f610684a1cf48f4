import type { EvaluationLog } from '../../logs/index.ts';

/** An accuracy log that grows row by row. */
export interface Curve {
  readonly tasks: readonly string[];
  readonly steps: number[];
  /** An index into `tasks`, -1 where unknown. */
  readonly training: number[];
  /** `[tasks][rows]`, NaN where not evaluated. */
  readonly values: number[][];
}

/** A curve without rows. @throws {Error} where the line does not head an accuracy log */
export function curveOf(header: string): Curve {
  const [step, training, ...tasks] = header.replace(/^\uFEFF/, '').split(',');
  if (step !== 'step' || training !== 'training_task' || tasks.length === 0)
    throw new Error('accuracy.csv, row 1: the header must be step,training_task and a column for each task');
  return { tasks, steps: [], training: [], values: tasks.map(() => []) };
}

/**
 * Adds a row. It is the only reader of rows beside `readEvaluationLog`, which reads whole files.
 * @throws {Error} naming the row where it does not fit; nothing is added then
 */
export function addRow(curve: Curve, line: string): void {
  const { tasks, steps, training, values } = curve;
  const where = `accuracy.csv, row ${steps.length + 2}`;
  const [step, task, ...cells] = line.split(',');
  if (cells.length !== tasks.length)
    throw new Error(`${where}: ${cells.length} values instead of ${tasks.length}; the file is damaged`);
  const at = Number(step);
  if (step.trim() === '' || !Number.isSafeInteger(at) || at < (steps.at(-1) ?? 0))
    throw new Error(`${where}: the step is no whole number, or below the one before; the file is damaged`);
  const numbers = cells.map((cell) => (cell === '' ? NaN : Number(cell)));
  if (numbers.some((value, t) => cells[t] !== '' && !(cells[t].trim() !== '' && value >= 0 && value <= 1)))
    throw new Error(`${where}: a value is no accuracy between 0 and 1; the file is damaged`);
  const index = task === '' ? -1 : tasks.indexOf(task);
  if (task !== '' && index < 0) throw new Error(`${where}: unknown task; the file is damaged`);
  steps.push(at);
  training.push(index);
  for (const [t, value] of numbers.entries()) values[t].push(value);
}

/** Mean of the last row's values; null where there is none. */
export function latestMean({ steps, values }: Curve): number | null {
  const row = steps.length - 1;
  const seen = values.map((column) => column[row]).filter((value) => value === value && value !== undefined);
  return seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

/** @param evaluated items behind a value, by task; empty where unknown */
export function logOfCurve({ tasks, steps, training, values }: Curve, evaluated: readonly number[]): EvaluationLog {
  const columns = values.map((column) => Float64Array.from(column));
  return {
    measure: 'accuracy',
    higherIsBetter: true,
    tasks,
    steps: Float64Array.from(steps),
    trainingTask: Int32Array.from(training),
    values: columns,
    ...(evaluated.length === tasks.length && {
      counts: columns.map((column, t) => column.map((value) => (Number.isNaN(value) ? NaN : evaluated[t]))),
    }),
  };
}
