import { UserError } from '../../../base/index.ts';
import type { AccuracyMatrix } from '../../types.ts';
import type { ImportOptions } from '../importer.ts';

/** Gathers the values that a tool wrote after each task, and makes a matrix of them. */
export interface MatrixBuilder {
  /**
   * @param trained the task trained last; null for the untrained model
   * @param value NaN for a task that was not evaluated
   * @param where such as `row 3`, for errors
   * @throws {UserError} for a task that is trained a second time, an untrained model after a trained one, and a value that differs from one given before
   */
  add(trained: string | null, task: string, value: number, where: string): void;
  /**
   * Rows and columns in the order of training, then the columns of tasks that were never trained.
   * @param notes gets a sentence for what was there twice
   * @throws {UserError} without a value
   */
  build(notes: string[]): AccuracyMatrix;
}

/** @param path for errors */
export function createMatrixBuilder(path: string): MatrixBuilder {
  const untrained = new Map<string, number>();
  const rows = new Map<string, Map<string, number>>();
  const evaluated = new Set<string>();
  let latest: string | null = null;
  let repeated = 0;

  const rowOf = (trained: string | null, where: string): Map<string, number> => {
    if (trained === null) {
      if (latest === null) return untrained;
      throw new UserError(`${path}, ${where}: the untrained model comes after ${latest}; put the lines in their order`);
    }
    const known = rows.get(trained);
    if (known && trained !== latest)
      throw new UserError(
        `${path}, ${where}: ${trained} is trained again after ${latest}; a matrix needs each task once, so keep one run`,
      );
    latest = trained;
    if (known) return known;
    const row = new Map<string, number>();
    rows.set(trained, row);
    return row;
  };

  return {
    add(trained, task, value, where) {
      const row = rowOf(trained, where);
      const before = row.get(task);
      if (before !== undefined && !Object.is(before, value))
        throw new UserError(
          `${path}, ${where}: ${task} has two values ${afterOf(trained)}: ${before} and ${value}; keep one of them`,
        );
      if (before !== undefined) repeated++;
      row.set(task, value);
      evaluated.add(task);
    },
    build(notes) {
      const tasks = [...new Set([...rows.keys(), ...evaluated])];
      const cells = (row: ReadonlyMap<string, number>): (number | null)[] =>
        tasks.map((task) => {
          const value = row.get(task);
          return value === undefined || Number.isNaN(value) ? null : value;
        });
      const matrix = {
        tasks,
        initial: untrained.size > 0 ? cells(untrained) : null,
        rows: [...rows.values()].map(cells),
      };
      if (!valuesOf(matrix).some((value) => value !== null))
        throw new UserError(`${path} holds no value of any task; check the file`);
      if (repeated > 0)
        notes.push(`${repeated} ${repeated === 1 ? 'value is' : 'values are'} there twice, and counted once`);
      return matrix;
    },
  };
}

/** Words for errors: `after task 3`, or `before training`. */
export function afterOf(trained: string | null): string {
  return trained === null ? 'before training' : `after ${trained}`;
}

/** In which unit a tool always writes accuracies. */
export type Unit = NonNullable<ImportOptions['unit']>;

/**
 * An accuracy as it stands in the file.
 * @throws {UserError} where it is out of the range of its unit, which is the tool's unless the user knows better
 */
export function checkAccuracy(value: number, written: Unit, { unit }: ImportOptions, where: string): number {
  const most = (unit ?? written) === 'percent' ? 100 : 1;
  // Means of floats may exceed it by their rounding.
  if (Number.isNaN(value) || (value >= 0 && value <= most * (1 + 1e-9))) return value;
  const advice = unit
    ? ''
    : `; if the file was changed to ${written === 'percent' ? 'fractions' : 'percentages'}, say --unit ${written === 'percent' ? 'fraction' : 'percent'}`;
  throw new UserError(`${where}: the accuracy is ${value}, not between 0 and ${most}${advice}`);
}

/**
 * The matrix in shares, of a tool that always writes percentages. A task that falls or rises a hundredfold between two evaluations is read as it stands,
 * since forgetting may be as deep, but told: it may be a fraction among percentages.
 *
 * @throws {UserError} where no value is above 1, so that all seem to be fractions
 */
export function sharesOf(
  matrix: AccuracyMatrix,
  { unit }: ImportOptions,
  path: string,
): { readonly matrix: AccuracyMatrix; readonly notes: readonly string[] } {
  if (unit === 'fraction') return { matrix, notes: [] };
  const values = valuesOf(matrix).filter((value) => value !== null);
  if (unit === undefined && values.some((value) => value > 0) && values.every((value) => value <= 1))
    throw new UserError(
      `${path}: no accuracy is above 1, though this tool writes percentages; say which it is with --unit percent or --unit fraction`,
    );
  const share = (row: readonly (number | null)[]): (number | null)[] =>
    row.map((value) => (value === null ? null : value / 100));
  const { tasks, initial, rows } = matrix;
  return {
    matrix: { tasks, initial: initial && share(initial), rows: rows.map(share) },
    notes: ['accuracies are percentages and were divided by 100', ...hundredfolds(matrix)],
  };
}

function hundredfolds({ tasks, initial, rows }: AccuracyMatrix): string[] {
  const all = [
    ...(initial ? [{ trained: null, row: initial }] : []),
    ...rows.map((row, i) => ({ trained: tasks[i], row })),
  ];
  return tasks.flatMap((task, column) => {
    const seen = all.flatMap(({ trained, row }) => {
      const value = row[column];
      return value !== null && value > 0 ? [{ trained, value }] : [];
    });
    return seen.slice(1).flatMap((now, i) => {
      const before = seen[i];
      const [low, high] = before.value < now.value ? [before.value, now.value] : [now.value, before.value];
      if (!(low <= 1 && high > 1.5 && high / low > 80 && high / low < 125)) return [];
      const jump = `${task} is ${before.value} ${afterOf(before.trained)} and ${now.value} ${afterOf(now.trained)}`;
      return [`${jump}; both were read as percentages`];
    });
  });
}

function valuesOf({ initial, rows }: AccuracyMatrix): (number | null)[] {
  return [...(initial ?? []), ...rows.flat()];
}
