import { basename } from 'node:path';
import { UserError } from '../../../base/index.ts';
import type { AccuracyMatrix } from '../../types.ts';
import type { ImportOptions } from '../importer.ts';
import { checkAccuracy } from '../shared/matrixBuilder.ts';
import type { Source } from '../shared/source.ts';
import { cellProblem, numberIn, openTextTable } from '../tables/textTable.ts';

const number = /^-?\d+\.\d{6}$|^nan$/;

/**
 * Whether a file is one of FACIL's matrices: numbers of six decimals parted by tabs, as many rows as columns.
 * @param name of the file, which settles it
 */
export function looksLikeFacilMatrix(head: string, name: string): boolean {
  const rows = head.split('\n', 100).map((line) => line.trim());
  const first = rows[0].split('\t');
  if (!first.every((cell) => number.test(cell))) return false;
  if (/^acc_(taw|tag)-.*\.txt$/.test(name)) return true;
  // FACIL evaluates no task that was not trained, so the first row is 0 from its second column on.
  return (
    first.length > 1 &&
    first.slice(1).every((cell) => Number(cell) === 0) &&
    rows[1]?.split('\t').length === first.length
  );
}

/**
 * Reads `acc_taw-<date>.txt` or `acc_tag-<date>.txt`: row i, column j is the accuracy on task j after task i, in [0, 1]. FACIL makes the matrix of zeros
 * and after task i fills row i up to its diagonal, so zeros above the diagonal, and rows at the end that are 0 throughout, were never evaluated.
 *
 * @throws {UserError} for a matrix that is not square, a value above the diagonal, and a diagonal of zeros, which is that of a matrix of forgetting
 */
export function readFacilMatrix(
  source: Source,
  options: ImportOptions,
): { readonly matrix: AccuracyMatrix; readonly notes: readonly string[] } {
  const { path } = source;
  const first = source.head.trimStart().split('\n', 1)[0].trimEnd();
  const tasks = first.split('\t').map((_, i) => `task ${i}`);
  const table = openTextTable(source, { delimiter: '\t', header: tasks });
  const rows: (number | null)[][] = [];
  table.forEach((cells, row) => {
    const trained = rows.length;
    rows.push(
      cells.map((cell, task) => {
        const value = checkAccuracy(numberIn(cell, path, row, tasks[task]), 'fraction', options, `${path}, row ${row}`);
        if (task <= trained) return Number.isNaN(value) ? null : value;
        if (value === 0) return null;
        const problem = `${cell} stands above the diagonal, where FACIL never writes; are the rows in their order?`;
        throw cellProblem(path, row, tasks[task], problem);
      }),
    );
  });
  if (rows.length !== tasks.length)
    throw new UserError(
      `${path} has ${rows.length} rows and ${tasks.length} columns; FACIL writes one of each for a task, so get the file again`,
    );
  const reached = rows.findLastIndex((row) => row.some((value) => value !== null && value !== 0)) + 1;
  checkDiagonal(path, rows);
  const notes = [...table.notes];
  if (reached < rows.length)
    notes.push(`row ${reached + 1}, and any after it, is 0 throughout: the run stopped before, and it was left out`);
  const zero = rows.slice(0, reached).findIndex((row, i) => row[i] === 0);
  if (zero >= 0)
    notes.push(`task ${zero} is at 0 right after its training; unless it is, rows are missing or out of order`);
  const scale = options.unit === 'percent' ? 100 : 1;
  const kept = rows.slice(0, reached).map((row) => row.map((value) => (value === null ? null : value / scale)));
  return { matrix: { tasks, initial: null, rows: kept }, notes };
}

function checkDiagonal(path: string, rows: readonly (readonly (number | null)[])[]): void {
  if (/^(forg|avg|wavg)_/.test(basename(path)))
    throw new UserError(`${path} does not hold accuracies of each task; read acc_tag-*.txt or acc_taw-*.txt`);
  if (rows.some((row, i) => row[i] !== 0)) return;
  throw new UserError(
    `${path}: every task is at 0 right after its training, as in FACIL's matrices of forgetting; read acc_tag-*.txt or acc_taw-*.txt`,
  );
}
