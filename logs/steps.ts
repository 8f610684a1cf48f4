import { parseCell, parseStep, readTable } from './table.ts';

/** What was logged at every update of a run. Columnar: row r is one update. */
export interface StepLog {
  /** `[rows]`, never decreasing. */
  readonly steps: Float64Array;
  /** The tasks trained, by first appearance. */
  readonly tasks: readonly string[];
  /** `[rows]`, an index into `tasks`. */
  readonly trainingTask: Int32Array;
  /** The further columns by name, `[rows]` each; NaN where a cell is empty. `loss` is one of them. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

const leading = ['step', 'training_task'];

/**
 * Reads `steps.csv`. An incomplete last line is dropped. Throws a UserError naming file, row and column for a missing or empty
 * file, a column named twice, a ragged row, a cell that is no number and a decreasing step.
 */
export function readSteps(path: string): StepLog {
  const table = readTable(path, leading);
  const names = table.columns.slice(leading.length);
  const steps = new Float64Array(table.length);
  const trainingTask = new Int32Array(table.length);
  const columns = names.map(() => new Float64Array(table.length));
  const indexOfTask = new Map<string, number>();
  let row = 0;
  for (const cells of table.rows()) {
    steps[row] = parseStep(table, row, cells[0], row === 0 ? 0 : steps[row - 1]);
    if (!indexOfTask.has(cells[1])) indexOfTask.set(cells[1], indexOfTask.size);
    trainingTask[row] = indexOfTask.get(cells[1])!;
    for (const [c, column] of columns.entries()) {
      column[row] = parseCell(table, row, c + leading.length, cells[c + leading.length]);
    }
    row++;
  }
  return {
    steps,
    tasks: [...indexOfTask.keys()],
    trainingTask,
    values: new Map(names.map((name, c) => [name, columns[c]])),
  };
}
