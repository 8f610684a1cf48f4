import type { AccuracyMatrix } from '../logs/index.ts';
import { scoreOfTerms, undefinedScore, type MatrixScore } from './matrix-score.ts';
import { difference } from './mean.ts';

/**
 * Intransigence of each finished task: what joint training reaches on it beyond the learner.
 *
 *     I_k = a*_k − R[k][k]
 *
 * where a*_k is the accuracy on task k of a model trained on the data of tasks 1 … k together. Below 0 the learner beats joint training. Joint
 * models must have the learner's network and budget, or the difference is theirs. Null where the joint accuracy or the diagonal cell is
 * missing; there is no default for joint accuracies.
 *
 * Unit: accuracy, in [−1, 1]; lower is better.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112).
 *
 * @param joint a*_k of each task; null without
 * @returns one score a task
 * @example
 * const rows = [[0.7, 0.1], [0.8, 0.9]];
 * const scores = intransigenceByTask({ tasks: ['a', 'b'], initial: null, rows }, [0.8, 0.85]);
 * scores.map(({ value }) => value) // [0.8 - 0.7, 0.85 - 0.9] = [0.1, -0.05]
 */
export function intransigenceByTask({ rows }: AccuracyMatrix, joint: readonly (number | null)[] | null): MatrixScore[] {
  return rows.map((row, k) => scoreOfTerms([difference(joint?.[k], row[k])], 1, 1));
}

/**
 * Intransigence over the finished tasks: mean joint accuracy minus learning accuracy.
 *
 *     I = 1/k Σ_{j≤k} (a*_j − R[j][j])
 *
 * The source gives that of the last task instead, the last entry of `intransigenceByTask`. Null before the first task is finished, without
 * joint accuracies, and if one of them or of the diagonal is missing.
 *
 * Unit: accuracy, in [−1, 1]; lower is better.
 *
 * Source: Chaudhry et al. 2018 (RWalk, arXiv:1801.10112), but for the mean.
 *
 * @param joint a*_j of each task; null without
 * @example
 * const rows = [[0.7, 0.1], [0.8, 0.9]];
 * intransigence({ tasks: ['a', 'b'], initial: null, rows }, [0.8, 0.85]).value // (0.1 - 0.05) / 2 = 0.025
 */
export function intransigence(matrix: AccuracyMatrix, joint: readonly (number | null)[] | null): MatrixScore {
  const terms = intransigenceByTask(matrix, joint).map(({ value }) => value);
  return terms.length === 0 ? undefinedScore : scoreOfTerms(terms, terms.length, terms.length);
}
