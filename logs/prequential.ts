import { UserError } from '../base/index.ts';
import { parseAccuracy, parseCell, parseStep, readTable, rowError } from './table.ts';

/** How well a model predicted each batch of the stream just before it learnt it. Columnar: row r is one batch. */
export interface PrequentialLog {
  /** `[rows]`, updates made before the batch was learnt, from 0. Never decreasing. */
  readonly steps: Float64Array;
  /** The tasks trained, by first appearance. */
  readonly tasks: readonly string[];
  /** `[rows]`, an index into `tasks`. */
  readonly trainingTask: Int32Array;
  /** `[rows]`, samples in the batch, 1 or more. */
  readonly counts: Float64Array;
  /** `[rows]`, share of them predicted right, in [0, 1]. */
  readonly accuracy: Float64Array;
  /** `[rows]`, their mean cross-entropy in nats; NaN where it was no number, as in a run that diverged. */
  readonly loss: Float64Array;
}

/** The header of `prequential.csv`. */
export const prequentialColumns = ['step', 'training_task', 'rows', 'accuracy', 'loss'] as const;

/**
 * Reads `prequential.csv`. An incomplete last line is dropped. Throws a UserError naming file, row and column for a missing or
 * empty file, another header, a ragged row, a step that is no whole number or below the one before it, a number of rows that
 * is not whole or below 1, an accuracy that is missing or outside [0, 1], and a loss that is no number.
 */
export function readPrequential(path: string): PrequentialLog {
  const table = readTable(path, prequentialColumns);
  if (table.columns.length > prequentialColumns.length) {
    const further = table.columns.slice(prequentialColumns.length).join(', ');
    throw new UserError(`${path}, row 1: unknown column: ${further} (known: ${prequentialColumns.join(', ')})`);
  }
  const steps = new Float64Array(table.length);
  const trainingTask = new Int32Array(table.length);
  const counts = new Float64Array(table.length);
  const accuracy = new Float64Array(table.length);
  const loss = new Float64Array(table.length);
  const indexOfTask = new Map<string, number>();
  let row = 0;
  for (const cells of table.rows()) {
    steps[row] = parseStep(table, row, cells[0], row === 0 ? 0 : steps[row - 1]);
    if (!indexOfTask.has(cells[1])) indexOfTask.set(cells[1], indexOfTask.size);
    trainingTask[row] = indexOfTask.get(cells[1])!;
    counts[row] = parseCell(table, row, 2, cells[2]);
    if (!Number.isSafeInteger(counts[row]) || counts[row] < 1)
      throw rowError(path, row, 'rows', `"${cells[2]}" is not a number of samples, which is whole and 1 or more`);
    accuracy[row] = parseAccuracy(table, row, 3, cells[3]);
    if (Number.isNaN(accuracy[row]))
      throw rowError(path, row, 'accuracy', 'the cell is empty; remove the row if nothing was predicted there');
    loss[row] = parseCell(table, row, 4, cells[4]);
    row++;
  }
  return { steps, tasks: [...indexOfTask.keys()], trainingTask, counts, accuracy, loss };
}
