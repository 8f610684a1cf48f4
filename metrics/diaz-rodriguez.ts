import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, type MatrixScore } from './matrix-score.ts';
import { difference } from './mean.ts';

/**
 * @file The accuracy metrics of Díaz-Rodríguez et al. 2018, Don't forget, there is more than forgetting (arXiv:1810.13166), over the whole
 * matrix instead of its last row. Accuracies must be in [0, 1]. N tasks are finished, and only their columns count.
 */

/**
 * A: the mean over the lower triangle, Σ_{i≥j} R[i][j] / (N(N+1)/2).
 *
 * Unit: accuracy, in [0, 1]; higher is better. Not `averageAccuracy`, nor `averageIncrementalAccuracy`: here every cell weighs alike, so
 * that later rows weigh more. Null before the first task is finished, and if a cell is missing.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives (.7 + .8 + .9 + .6 + .5 + .9) / 6 = .7333
 */
export function diazAccuracy({ rows }: AccuracyMatrix): MatrixScore {
  const cells = rows.flatMap((row, i) => row.slice(0, i + 1));
  return scoreOfTerms(cells, cells.length, cells.length);
}

/**
 * BWT: the mean over all cells below the diagonal of what has changed since learning, Σ_{i>j} (R[i][j] - R[j][j]) / (N(N-1)/2). Not GEM's
 * `backwardTransfer`, which looks at the last row only; with two tasks they are equal.
 *
 * Unit: accuracy, in [-1, 1]; higher is better. Null before the second task is finished, and if a cell from the diagonal down is missing.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives ((.8 - .7) + (.6 - .7) + (.5 - .9)) / 3 = -.1333
 */
export function diazBackwardTransfer({ rows }: AccuracyMatrix): MatrixScore {
  const terms = rows.flatMap((row, i) => row.slice(0, i).map((value, j) => difference(value, rows[j][j])));
  // Every cell below the diagonal, and the diagonal but for its last.
  return scoreOfTerms(terms, terms.length, terms.length + rows.length - 1);
}

/**
 * REM, remembering: 1 - |min(BWT, 0)|, of `diazBackwardTransfer`. Unit: in [0, 1]; higher is better. Null where that is.
 *
 * @example BWT = -.1333 gives .8667
 */
export function diazRemembering(matrix: AccuracyMatrix): MatrixScore {
  const { value, cells } = diazBackwardTransfer(matrix);
  return { value: value === null ? null : 1 + Math.min(value, 0), cells };
}

/**
 * BWT+, positive backward transfer: max(BWT, 0), of `diazBackwardTransfer`. Unit: in [0, 1]; higher is better. Null where that is.
 *
 * @example BWT = -.1333 gives 0
 */
export function diazPositiveBackwardTransfer(matrix: AccuracyMatrix): MatrixScore {
  const { value, cells } = diazBackwardTransfer(matrix);
  return { value: value === null ? null : Math.max(value, 0), cells };
}

/**
 * FWT: the mean above the diagonal, Σ_{i<j} R[i][j] / (N(N-1)/2). Unlike GEM's `forwardTransfer` it has no baseline: a model that guesses
 * among C classes has 1/C, and in the class-incremental scenario it is 0 whatever was learnt.
 *
 * Unit: accuracy, in [0, 1]; higher is better. Null before the second task is finished, and if a cell above the diagonal is missing, as
 * where tasks are not evaluated before they are learnt.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives (.1 + .1 + .1) / 3 = .1
 */
export function diazForwardTransfer({ rows }: AccuracyMatrix): MatrixScore {
  const cells = rows.flatMap((row, i) => row.slice(i + 1, rows.length));
  return scoreOfTerms(cells, cells.length, cells.length);
}
