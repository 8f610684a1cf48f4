import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, undefinedScore, type MatrixScore } from './matrix-score.ts';
import { difference, meanOfAll } from './mean.ts';

/**
 * Forgetting since learning (FORG): what was known right after learning and is lost after the last finished task, k.
 *
 *     FORG = 1/(k−1) Σ_{j<k} (R[j][j] − R[k][j]) = −BWT
 *
 * Negative where old tasks gained. Null before the second task is finished, and if a cell it needs is missing.
 *
 * Unit: accuracy, in [−1, 1]; lower is better.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452).
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * forgettingAfterLearning({ tasks: ['a', 'b', 'c'], initial: null, rows }) // ((0.7 - 0.6) + (0.9 - 0.5)) / 2 = 0.25
 */
export function forgettingAfterLearning({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(oldTasks(rows).map((j) => difference(rows[j][j], rows.at(-1)![j])));
}

/**
 * Forgetting from the maximum (FORG max): what was known at the best earlier task end and is lost after the last finished task, k.
 *
 *     FORG max = 1/(k−1) Σ_{j<k} (max_{i<k} R[i][j] − R[k][j])
 *
 * The maximum runs over all earlier rows, those before task j was learnt included where they were evaluated; the last row is not in it. So
 * FORG ≤ FORG max, with equality iff every task was best right after it was learnt, and it is negative where the last task end is the best.
 * Null before the second task is finished, and if a cell from the diagonal down is missing.
 *
 * Unit: accuracy, in [−1, 1]; lower is better.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112).
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * forgettingFromMaximum({ tasks: ['a', 'b', 'c'], initial: null, rows }) // ((0.8 - 0.6) + (0.9 - 0.5)) / 2 = 0.3
 */
export function forgettingFromMaximum({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(oldTasks(rows).map((j) => difference(bestBefore(rows, j), rows.at(-1)![j])));
}

/**
 * FORG max after every finished task: row by row what `forgettingFromMaximum` is at the last.
 *
 *     F_k = 1/(k−1) Σ_{j<k} (max_{l<k} R[l][j] − R[k][j])     for k = 1, 2, …
 *
 * Null for the first task, and where a cell from the diagonal down to the row is missing. It assumes that a task is trained once; for tasks
 * that come again see `performanceMaintenance`.
 *
 * Unit: accuracy, in [−1, 1]; lower is better; negative is positive backward transfer.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112).
 *
 * @returns one score a row
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * const scores = forgettingByRow({ tasks: ['a', 'b', 'c'], initial: null, rows });
 * scores.map(({ value }) => value) // [null, 0.7 - 0.8, ((0.8 - 0.6) + (0.9 - 0.5)) / 2] = [null, -0.1, 0.3]
 */
export function forgettingByRow({ rows }: AccuracyMatrix): MatrixScore[] {
  // Of each task so far: the best value (null where one is missing from the diagonal down) and the cells it was found among.
  const best: { value: number | null; cells: number }[] = [];
  return rows.map((row, k) => {
    const terms = best.slice(0, k).map(({ value }, j) => difference(value, row[j]));
    const cells = best.slice(0, k).reduce((sum, { cells: own }) => sum + own + 1, 0);
    const score = scoreOfTerms(terms, k, cells);
    for (const [j, value] of row.entries()) {
      const before = best[j] ?? { value: -Infinity, cells: 0 };
      if (value === null) best[j] = j <= k ? { ...before, value: null } : before;
      else best[j] = { value: before.value === null ? null : Math.max(before.value, value), cells: before.cells + 1 };
    }
    return score;
  });
}

/**
 * What Mammoth and PyCIL call forgetting: the maximum runs over **all** rows, the last included, and a missing cell of an earlier row counts
 * as 0.
 *
 *     1/(k−1) Σ_{j<k} (max_i R[i][j] − R[k][j])
 *
 * Every term is 0 or more, so that tasks that gained hide in it instead of making up for others: read it beside `forgettingFromMaximum`, which
 * it never falls below. The zeros change nothing for accuracies, whose maximum is never below 0. Null before the second task is finished
 * (Mammoth has NaN), and where a cell of the last row is missing.
 *
 * Unit: accuracy, in [0, 1]; lower is better.
 *
 * Source: aimagelab/mammoth, commit e75a491, `utils/metrics.py`, there on percentages; PyCIL has the same maximum.
 *
 * @example forgettingMammoth({ tasks: ['a', 'b'], initial: null, rows: [[0.7, 0.1], [0.8, 0.9]] }).value // 0.8 - 0.8 = 0
 */
export function forgettingMammoth({ rows }: AccuracyMatrix): MatrixScore {
  const last = rows.at(-1);
  if (last === undefined) return undefinedScore;
  const columns = oldTasks(rows).map((j) => rows.map((row) => row[j]));
  const terms = columns.map((column, j) => difference(Math.max(...column.map((value) => value ?? 0)), last[j]));
  return scoreOfTerms(terms, terms.length, columns.flat().filter((value) => value !== null).length);
}

/** The tasks learnt before the last one. */
function oldTasks(rows: AccuracyMatrix['rows']): number[] {
  return rows.slice(0, -1).map((_, j) => j);
}

function bestBefore(rows: AccuracyMatrix['rows'], j: number): number | null {
  const earlier = rows.slice(0, -1).map((row) => row[j]);
  if (earlier.slice(j).includes(null)) return null;
  return Math.max(...earlier.filter((value) => value !== null));
}
