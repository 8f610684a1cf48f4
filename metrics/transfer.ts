import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, type MatrixScore } from './matrix-score.ts';
import { difference, meanOfAll } from './mean.ts';

/**
 * Backward transfer (BWT): what learning later tasks did to earlier ones, 1/(k-1) Σ_{j<k} (R[k][j] - R[j][j]), k the last
 * finished task. The negative of `forgettingAfterLearning`.
 *
 * Source: Lopez-Paz & Ranzato 2017 (GEM, arXiv:1706.08840). Unit: accuracy, in [-1, 1]; higher is better; negative is forgetting.
 * Null before the second task is finished, and if a cell it needs is missing.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives ((.6 - .7) + (.5 - .9)) / 2 = -.25
 */
export function backwardTransfer({ rows }: AccuracyMatrix): number | null {
  return meanOfAll(rows.slice(0, -1).map((row, j) => difference(rows.at(-1)![j], row[j])));
}

/**
 * Forward transfer (FWT): what learning earlier tasks did to a task not yet learnt, 1/(k-1) Σ_{1<j≤k} (R[j-1][j] - b[j]), where b
 * is the untrained model (`initial`).
 *
 * Source: Lopez-Paz & Ranzato 2017 (GEM, arXiv:1706.08840). Unit: accuracy, in [-1, 1]; higher is better.
 * Without meaning in the class-incremental scenario: a class that was never trained is never predicted, so R[j-1][j] is 0 whatever
 * the model learnt, and FWT is -mean(b).
 * Null before the second task is finished, without `initial`, and if a cell it needs is missing.
 *
 * @example b = [.5, .5, .4], R = [[.9, .6, .5], [.8, .9, .7], …] gives ((.6 - .5) + (.7 - .4)) / 2 = .2
 */
export function forwardTransfer({ rows, initial }: AccuracyMatrix): number | null {
  return meanOfAll(rows.slice(0, -1).map((row, j) => difference(row[j + 1], initial?.[j + 1])));
}

/**
 * Backward transfer and interference (BTI): retained minus learning accuracy, 1/k Σ_{j≤k} (R[k][j] - R[j][j]), k the last finished task.
 * It is ACC - LA, and BWT (k - 1)/k: the last task, which nothing came after, counts as unchanged.
 *
 * Source: Riemer et al. 2019 (MER, arXiv:1810.11910). Unit: accuracy, in [-1, 1]; higher is better. Null before the first task is
 * finished, and if a cell of the diagonal or of the last row is missing; 0 after the first task.
 *
 * @example R = [[.7, .1, .1], [.8, .9, .1], [.6, .5, .9]] gives ((.6 - .7) + (.5 - .9) + 0) / 3 = -1/6
 */
export function backwardTransferAndInterference({ rows }: AccuracyMatrix): MatrixScore {
  const terms = rows.map((row, j) => difference(rows.at(-1)![j], row[j]));
  return scoreOfTerms(terms, terms.length, 2 * terms.length - 1);
}
