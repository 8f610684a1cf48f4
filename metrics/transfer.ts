import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, type MatrixScore } from './matrix-score.ts';
import { difference, meanOfAll } from './mean.ts';

/**
 * Backward transfer (BWT): what learning later tasks did to earlier ones; k is the last finished task.
 *
 *     BWT = 1/(k−1) Σ_{j<k} (R[k][j] − R[j][j]) = −FORG
 *
 * Negative is forgetting. Null before the second task is finished, and if a cell it needs is missing.
 *
 * Unit: accuracy, in [−1, 1]; higher is better.
 *
 * Source: Lopez-Paz & Ranzato 2017 (GEM, arXiv:1706.08840).
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * backwardTransfer({ tasks: ['a', 'b', 'c'], initial: null, rows }) // ((0.6 - 0.7) + (0.5 - 0.9)) / 2 = -0.25
 */
export function backwardTransfer({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.slice(0, -1).map((row, j) => difference(rows.at(-1)![j], row[j])));
}

/**
 * Forward transfer (FWT): what learning earlier tasks did to a task not yet learnt; b is the untrained model (`initial`).
 *
 *     FWT = 1/(k−1) Σ_{1<j≤k} (R[j−1][j] − b[j])
 *
 * **Without meaning in the class-incremental scenario:** a class that was never trained is never predicted, so R[j−1][j] is 0 whatever the
 * model learnt, and FWT is −mean(b). Null before the second task is finished, without `initial`, and if a cell it needs is missing.
 *
 * Unit: accuracy, in [−1, 1]; higher is better.
 *
 * Source: Lopez-Paz & Ranzato 2017 (GEM, arXiv:1706.08840).
 *
 * @example
 * const rows = [[0.9, 0.6, 0.5], [0.8, 0.9, 0.7], [0.8, 0.8, 0.9]];
 * forwardTransfer({ tasks: ['a', 'b', 'c'], initial: [0.5, 0.5, 0.4], rows }) // ((0.6 - 0.5) + (0.7 - 0.4)) / 2 = 0.2
 */
export function forwardTransfer({ rows, initial }: AccuracyMatrix): number | null {
  return meanOfAll(rows.slice(0, -1).map((row, j) => difference(row[j + 1], initial?.[j + 1])));
}

/**
 * Backward transfer and interference (BTI): retained minus learning accuracy.
 *
 *     BTI = 1/k Σ_{j≤k} (R[k][j] − R[j][j]) = ACC − LA = BWT (k−1)/k
 *
 * The last task, which nothing came after, counts as unchanged, so after the first task it is 0, not null. Null before that, and if a cell of
 * the diagonal or of the last row is missing.
 *
 * Unit: accuracy, in [−1, 1]; higher is better.
 *
 * Source: Riemer et al. 2019 (MER, arXiv:1810.11910).
 *
 * @example
 * const rows = [[0.7, 0.1, 0.1], [0.8, 0.9, 0.1], [0.6, 0.5, 0.9]];
 * backwardTransferAndInterference({ tasks: ['a', 'b', 'c'], initial: null, rows }).value // ((0.6 - 0.7) + (0.5 - 0.9) + 0) / 3 = -0.5 / 3
 */
export function backwardTransferAndInterference({ rows }: AccuracyMatrix): MatrixScore {
  const terms = rows.map((row, j) => difference(rows.at(-1)![j], row[j]));
  return scoreOfTerms(terms, terms.length, 2 * terms.length - 1);
}
