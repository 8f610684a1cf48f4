import { UserError } from '../base/index.ts';
import { shown } from './importers/tables/problems.ts';
import { parseAccuracy, readTable, rowError } from './table.ts';
import type { AccuracyMatrix } from './types.ts';

const untrained = 'initial';

/**
 * Reads `matrix.csv`: a row `initial` for the untrained model (it may be missing), then a row for each finished task, in the
 * order of the columns. An incomplete last line is dropped.
 *
 * Throws a UserError naming file, row and column for what `readEvaluationLog` refuses, and for rows in another order.
 */
export function readMatrix(path: string): AccuracyMatrix {
  const table = readTable(path, ['trained']);
  const tasks = table.columns.slice(1);
  if (tasks.length === 0) throw new UserError(`${path}, row 1: no task after trained; add a column for each task`);
  let initial: (number | null)[] | null = null;
  const rows: (number | null)[][] = [];
  let index = 0;
  for (const [trained, ...cells] of table.rows()) {
    const row = cells.map((cell, t) => {
      const value = parseAccuracy(table, index, t + 1, cell);
      return Number.isNaN(value) ? null : value;
    });
    if (index === 0 && trained === untrained) initial = row;
    else if (trained === tasks[rows.length]) rows.push(row);
    else throw rowError(path, index, 'trained', misplaced(trained, tasks[rows.length]));
    index++;
  }
  return { tasks, initial, rows };
}

function misplaced(found: string, expected: string | undefined): string {
  if (expected === undefined) return `"${shown(found)}" follows the last task; remove the row`;
  return `"${shown(found)}" stands where "${expected}" belongs; rows must stand in the order of the columns`;
}
