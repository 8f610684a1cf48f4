import { requireFinite } from './require.ts';

/** How many columns a table has. @throws {RangeError} on rows of different lengths, NaN or an infinite value */
export function requireRectangle(rows: readonly (readonly number[])[], name: string): number {
  const columns = rows[0]?.length ?? 0;
  rows.forEach((row, i) => {
    if (row.length !== columns)
      throw new RangeError(`${name}[${i}] has ${row.length} values, ${name}[0] has ${columns}`);
    requireFinite(row, `${name}[${i}]`);
  });
  return columns;
}

/**
 * Turns scores `[run][task]` into one list of runs a task, the strata of {@link stratifiedBootstrap}.
 *
 * @throws {RangeError} on runs with different numbers of tasks, NaN or an infinite value
 * @example scoresByTask([[1, 2], [3, 4], [5, 6]]) // [[1, 3, 5], [2, 4, 6]]
 */
export function scoresByTask(scores: readonly (readonly number[])[]): number[][] {
  const tasks = requireRectangle(scores, 'scores');
  return Array.from({ length: tasks }, (_, task) => scores.map((run) => run[task]));
}
