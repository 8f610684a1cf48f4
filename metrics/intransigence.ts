import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, undefinedScore, type MatrixScore } from './matrix-score.ts';
import { difference } from './mean.ts';

/**
 * Intransigence of each finished task: what joint training reaches on it beyond the learner, I_k = a*_k - R[k][k], where a*_k is the
 * accuracy on task k of a model trained on the data of tasks 1 … k together.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112). Unit: accuracy, in [-1, 1]; lower is better; below 0 the learner beats joint
 * training. Null where the joint accuracy or the diagonal cell is missing. Joint models must have the same network and budget, or the
 * difference is theirs.
 *
 * @param joint a*_k of each task; null without
 * @example R = [[.7, …], [.8, .9, …], [.6, .5, .9]], joint = [.8, .95, .85]: .1, .05 and -.05
 */
export function intransigenceByTask({ rows }: AccuracyMatrix, joint: readonly (number | null)[] | null): MatrixScore[] {
  return rows.map((row, k) => scoreOfTerms([difference(joint?.[k], row[k])], 1, 1));
}

/**
 * Intransigence over the finished tasks, 1/k Σ_{j≤k} (a*_j - R[j][j]): mean joint accuracy minus learning accuracy. The source gives
 * that of the last task instead, the last entry of `intransigenceByTask`.
 *
 * Unit, source and direction as there. Null before the first task is finished, without joint accuracies, and if one of them or of the
 * diagonal is missing.
 *
 * @example With the values there: (.1 + .05 - .05) / 3 = .0333
 */
export function intransigence(matrix: AccuracyMatrix, joint: readonly (number | null)[] | null): MatrixScore {
  const terms = intransigenceByTask(matrix, joint).map(({ value }) => value);
  return terms.length === 0 ? undefinedScore : scoreOfTerms(terms, terms.length, terms.length);
}
