import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, type MatrixScore } from './matrix-score.ts';
import { difference } from './mean.ts';

/**
 * @file The accuracy metrics of Díaz-Rodríguez et al. 2018, Don't forget, there is more than forgetting (arXiv:1810.13166), over the whole
 * matrix instead of its last row. Accuracies must be in [0, 1]. N tasks are finished, and only their columns count.
 */

/**
 * A of Díaz-Rodríguez et al.: the mean over the lower triangle, N tasks being finished.
 *
 *     A = Σ_{i≥j} R[i][j] / (N(N+1)/2)
 *
 * Neither `averageAccuracy` nor `averageIncrementalAccuracy`: here every cell weighs alike, so that later rows weigh more. Null before the
 * first task is finished, and if a cell is missing.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166); agrees with Continuum, commit 43ba009, `accuracy_A`.
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * diazAccuracy({ tasks: ['a', 'b', 'c'], initial: null, rows }).value // (0.7 + 0.8 + 0.9 + 0.6 + 0.5 + 0.9) / 6 = 4.4 / 6
 */
export function diazAccuracy({ rows }: AccuracyMatrix): MatrixScore {
  const cells = rows.flatMap((row, i) => row.slice(0, i + 1));
  return scoreOfTerms(cells, cells.length, cells.length);
}

/**
 * BWT of Díaz-Rodríguez et al.: the mean over all cells below the diagonal of what has changed since learning.
 *
 *     BWT = Σ_{i>j} (R[i][j] − R[j][j]) / (N(N−1)/2)
 *
 * **Not GEM's BWT**, `backwardTransfer`, which looks at the last row only; with two tasks they are equal. Null before the second task is
 * finished, where Continuum has 0, and if a cell from the diagonal down is missing.
 *
 * Unit: accuracy, in [−1, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166); agrees with Continuum, commit 43ba009, `backward_transfer`.
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * diazBackwardTransfer({ tasks: ['a', 'b', 'c'], initial: null, rows }).value // ((0.8 - 0.7) + (0.6 - 0.7) + (0.5 - 0.9)) / 3 = -0.4 / 3
 */
export function diazBackwardTransfer({ rows }: AccuracyMatrix): MatrixScore {
  const terms = rows.flatMap((row, i) => row.slice(0, i).map((value, j) => difference(value, rows[j][j])));
  // Every cell below the diagonal, and the diagonal but for its last.
  return scoreOfTerms(terms, terms.length, terms.length + rows.length - 1);
}

/**
 * Remembering (REM): the share that is not forgotten, of `diazBackwardTransfer`.
 *
 *     REM = 1 − |min(BWT, 0)|
 *
 * Null where that is.
 *
 * Unit: a share, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166); agrees with Continuum, commit 43ba009, `remembering`.
 *
 * @example diazRemembering({ tasks: ['a', 'b'], initial: null, rows: [[0.7, 0.1], [0.4, 0.9]] }).value // 1 - (0.7 - 0.4) = 0.7
 */
export function diazRemembering(matrix: AccuracyMatrix): MatrixScore {
  const { value, cells } = diazBackwardTransfer(matrix);
  return { value: value === null ? null : 1 + Math.min(value, 0), cells };
}

/**
 * Positive backward transfer (BWT+), of `diazBackwardTransfer`.
 *
 *     BWT+ = max(BWT, 0)
 *
 * Null where that is.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166); agrees with Continuum, commit 43ba009, `positive_backward_transfer`.
 *
 * @example diazPositiveBackwardTransfer({ tasks: ['a', 'b'], initial: null, rows: [[0.7, 0.1], [0.8, 0.9]] }).value // 0.8 - 0.7 = 0.1
 */
export function diazPositiveBackwardTransfer(matrix: AccuracyMatrix): MatrixScore {
  const { value, cells } = diazBackwardTransfer(matrix);
  return { value: value === null ? null : Math.max(value, 0), cells };
}

/**
 * FWT of Díaz-Rodríguez et al.: the mean above the diagonal.
 *
 *     FWT = Σ_{i<j} R[i][j] / (N(N−1)/2)
 *
 * **Not GEM's FWT**, `forwardTransfer`: it has no baseline, so that a model that guesses among C classes has 1/C, and in the
 * class-incremental scenario it is 0 whatever was learnt. Null before the second task is finished, and if a cell above the diagonal is
 * missing, as where tasks are not evaluated before they are learnt.
 *
 * Unit: accuracy, in [0, 1]; higher is better.
 *
 * Source: Díaz-Rodríguez et al. 2018 (arXiv:1810.13166), as the literature quotes it.
 *
 * @example
 * const rows = [[0.7, 0.1, 0.2], [0.8, 0.9, 0.3], [0.6, 0.5, 0.9]];
 * diazForwardTransfer({ tasks: ['a', 'b', 'c'], initial: null, rows }).value // (0.1 + 0.2 + 0.3) / 3 = 0.2
 */
export function diazForwardTransfer({ rows }: AccuracyMatrix): MatrixScore {
  const cells = rows.flatMap((row, i) => row.slice(i + 1, rows.length));
  return scoreOfTerms(cells, cells.length, cells.length);
}
