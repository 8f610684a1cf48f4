import type { EvaluationLog } from '../../types.ts';
import { atLeast } from '../tables/cells.ts';
import { createLogBuilder } from '../shared/logBuilder.ts';
import type { WideTask } from './columns.ts';
import type { Sheet, SheetColumn } from './sheet.ts';

/** What a wide table holds beside its tasks. */
export interface WideRows {
  readonly sheet: Sheet;
  /** Steps as they were read; empty where rows are numbered. */
  readonly raw: readonly number[];
  /** Tasks in training; empty where no column names them. */
  readonly training: readonly (string | undefined)[];
  readonly stepOf: (raw: number) => number;
}

type Head = Pick<EvaluationLog, 'measure' | 'higherIsBetter'>;

/**
 * The log of a wide table; rows without a value are no evaluations.
 * @param notes gets a sentence for what was left out
 * @throws {UserError} for two different values of one task at one step and training task, and for standard errors below 0 and counts below 1
 */
export function wideLog(
  path: string,
  tasks: readonly WideTask[],
  rows: WideRows,
  head: Head,
  notes: string[],
): EvaluationLog {
  return logInOrder(path, tasks, rows, head) ?? logOfEntries(path, tasks, rows, head, notes);
}

/** The log of a table whose steps go up from row to row, as almost all do: whole columns are copied, in half the time and memory. Null for others. */
function logInOrder(
  path: string,
  tasks: readonly WideTask[],
  { sheet, raw, training, stepOf }: WideRows,
  head: Head,
): EvaluationLog | null {
  const steps = new Float64Array(sheet.length);
  for (let row = 0; row < sheet.length; row++) {
    steps[row] = stepOf(raw[row] ?? row) + 0;
    if (row > 0 && steps[row] <= steps[row - 1]) return null;
  }
  const kept = Int32Array.from({ length: sheet.length }, (_, row) => row).filter((row) =>
    tasks.some(({ values }) => !Number.isNaN(values[row])),
  );
  const trained = new Map<string, number>(tasks.map(({ name }, task) => [name, task]));
  const trainingTask = new Int32Array(kept.length).fill(-1);
  if (training.length > 0)
    kept.forEach((row, at) => {
      const name = training[row];
      if (name === undefined) return;
      if (!trained.has(name)) trained.set(name, trained.size);
      trainingTask[at] = trained.get(name)!;
    });
  const columns = (of: (task: WideTask) => ((row: number) => number) | null): Float64Array[] =>
    Array.from(trained.values(), (task) => {
      const column = new Float64Array(kept.length).fill(NaN);
      const valueAt = task < tasks.length ? of(tasks[task]) : null;
      if (valueAt) for (let at = 0; at < kept.length; at++) column[at] = valueAt(kept[at]);
      return column;
    });
  const standardErrors = tasks.some(({ errors }) => errors)
    ? columns(({ errors, values }) => errors && stderrs(errors, values, path, sheet))
    : [];
  const counts = tasks.some((task) => task.counts)
    ? columns((task) => task.counts && numbers(task.counts, task.values, path, sheet))
    : [];
  return {
    ...head,
    tasks: [...trained.keys()],
    steps: kept.length === steps.length ? steps : Float64Array.from(kept, (row) => steps[row]),
    trainingTask,
    values: columns(
      ({ values }) =>
        (row) =>
          values[row],
    ),
    ...(isKnown(standardErrors) && { standardErrors }),
    ...(isKnown(counts) && { counts }),
  };
}

/** The log of a table in any order, value by value. */
function logOfEntries(
  path: string,
  tasks: readonly WideTask[],
  { sheet, raw, training, stepOf }: WideRows,
  head: Head,
  notes: string[],
): EvaluationLog {
  const builder = createLogBuilder(path, { tasks: tasks.map(({ name }) => name), rawSteps: true });
  const facts = tasks.map(({ errors, counts, values }) => ({
    stderrAt: errors && stderrs(errors, values, path, sheet),
    countAt: counts && numbers(counts, values, path, sheet),
  }));
  for (let row = 0; row < sheet.length; row++)
    for (const [task, { name, values }] of tasks.entries()) {
      if (Number.isNaN(values[row])) continue;
      const { stderrAt, countAt } = facts[task];
      builder.add(raw[row] ?? row, name, values[row], {
        stderr: stderrAt?.(row),
        count: countAt?.(row),
        training: training[row],
        where: sheet.rows[row],
      });
    }
  return builder.build(head.measure, head.higherIsBetter, notes, stepOf);
}

/** Standard errors by row, where there is a value; 0 tells nothing. */
function stderrs(errors: SheetColumn, values: Float64Array, path: string, sheet: Sheet): (row: number) => number {
  return (row) =>
    Number.isNaN(values[row]) ? NaN : atLeast(0, errors.values[row], path, sheet.rows[row], errors.name) || NaN;
}

/** Numbers of items by row, where there is a value. */
function numbers(counts: SheetColumn, values: Float64Array, path: string, sheet: Sheet): (row: number) => number {
  return (row) =>
    Number.isNaN(values[row]) ? NaN : atLeast(1, counts.values[row], path, sheet.rows[row], counts.name);
}

function isKnown(columns: readonly Float64Array[]): boolean {
  return columns.some((column) => column.some((value) => !Number.isNaN(value)));
}
