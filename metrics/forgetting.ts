import type { AccuracyMatrix } from '../logs/index.ts';
import { difference, meanOfAll } from './mean.ts';

/**
 * Forgetting since learning (FORG): what was known right after learning and is lost after the last finished task k,
 * 1/(k-1) Σ_{j<k} (R[j][j] - R[k][j]). The negative of `backwardTransfer`.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452). Unit: accuracy, in [-1, 1]; lower is better; negative where old tasks gained.
 * Null before the second task is finished, and if a cell it needs is missing.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives ((.7 - .6) + (.9 - .5)) / 2 = .25
 */
export function forgettingAfterLearning({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(oldTasks(rows).map((j) => difference(rows[j][j], rows.at(-1)![j])));
}

/**
 * Forgetting from the maximum: what was known at the best earlier boundary and is lost after the last finished task k,
 * 1/(k-1) Σ_{j<k} (max_{i<k} R[i][j] - R[k][j]). The maximum runs over all earlier rows, those before task j was learnt
 * included where they were evaluated.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112). Unit: accuracy, in [-1, 1], never below `forgettingAfterLearning`;
 * lower is better; negative where the last boundary is the best.
 * Null before the second task is finished, and if a cell from the diagonal down is missing.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives ((.8 - .6) + (.9 - .5)) / 2 = .3
 */
export function forgettingFromMaximum({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(oldTasks(rows).map((j) => difference(bestBefore(rows, j), rows.at(-1)![j])));
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
