import type { EvaluationLog } from '../logs/index.ts';
import { undefinedScore, type MatrixScore } from './matrix-score.ts';

/**
 * Average anytime accuracy (AAA): the accuracy over the tasks seen so far, averaged over all of training.
 *
 *     AAA = Σ_r w_r A_r / Σ_r w_r
 *
 * where A_r is the mean over the tasks seen at evaluation r, and w_r the number of updates since the evaluation before (since step 0 for the
 * first).
 *
 * Evaluated after every update, or at even spacing, this is the plain mean over evaluations of the source; with uneven spacing each evaluation
 * speaks for the updates that led to it. Evaluations that no update precedes, at step 0 and the second of two at a switch, weigh nothing: they
 * are of a model already counted. A task is seen once it has been trained; in a log that does not say what was trained, every evaluated task
 * counts. A seen task that was not evaluated at r is left out of A_r. Null if nothing was evaluated after an update.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: Caccia et al. 2022 (arXiv:2104.05025), the formula as in Soutif-Cormerais et al. 2023 (arXiv:2306.16817).
 *
 * @example
 * step  trained  a    b
 *    1  a        .5   –
 *    2  a        .9   –
 *    3  b        .3   .5
 *    4  b        .7   .9
 * averageAnytimeAccuracy(log) // (.5 + .9 + (.3 + .5) / 2 + (.7 + .9) / 2) / 4 = .65
 */
export function averageAnytimeAccuracy(log: EvaluationLog): number | null {
  const { weightedSum, totalWeight } = weightedAccuracy(log);
  return totalWeight === 0 ? null : weightedSum / totalWeight;
}

/**
 * Area under the curve of accuracy over the samples seen (A_AUC): AAA times the samples of the run.
 *
 *     A_AUC = Σ_r A_r Δn_r
 *
 * where A_r is as for `averageAnytimeAccuracy`, and Δn_r the samples since the evaluation before: the updates between, `samplesPerUpdate`
 * each. What is seen, and which evaluations weigh nothing, is as there. Null if nothing was evaluated after an update; `cells` are the
 * evaluations of models that weigh something.
 *
 * Unit: that of the log × samples; higher is better. It grows with the stream, so only runs on one stream compare.
 *
 * Source: Koh et al. 2022 (i-Blurry, arXiv:2110.10031), there with the same Δn between all evaluations, and accuracy over the test samples of
 * all classes seen, not the mean over tasks. The number that its code prints as `A_auc` (naver-ai/i-Blurry, commit 4446d95, `main.py`) is the
 * mean over evaluations, that is AAA at even spacing.
 *
 * @throws {RangeError} if `samplesPerUpdate` is not above 0
 * @example
 * step  trained  a
 *    1  a        .5
 *    2  a        .9
 * areaUnderAccuracyCurve(log, 10).value // 10 * .5 + 10 * .9 = 14
 */
export function areaUnderAccuracyCurve(log: EvaluationLog, samplesPerUpdate: number): MatrixScore {
  if (!(samplesPerUpdate > 0)) throw new RangeError(`samplesPerUpdate ${samplesPerUpdate} is not above 0`);
  const { weightedSum, totalWeight, rows } = weightedAccuracy(log);
  return totalWeight === 0 ? undefinedScore : { value: weightedSum * samplesPerUpdate, cells: rows };
}

/** Σ w_r A_r, Σ w_r, and how many rows weigh something; w_r counts updates. */
function weightedAccuracy({ tasks, steps, trainingTask, values }: EvaluationLog): {
  weightedSum: number;
  totalWeight: number;
  rows: number;
} {
  const seen: number[] = [];
  const everyTask = [...tasks.keys()];
  let previousStep = 0;
  let weightedSum = 0;
  let totalWeight = 0;
  let rows = 0;
  for (let row = 0; row < steps.length; row++) {
    const current = trainingTask[row];
    if (current !== -1 && !seen.includes(current)) seen.push(current);
    const mean = meanAt(values, row, current === -1 ? everyTask : seen);
    if (Number.isNaN(mean)) continue;
    const weight = steps[row] - previousStep;
    weightedSum += weight * mean;
    totalWeight += weight;
    if (weight > 0) rows++;
    previousStep = steps[row];
  }
  return { weightedSum, totalWeight, rows };
}

/** The mean over the tasks evaluated at a row, NaN if none is. */
function meanAt(values: readonly Float64Array[], row: number, tasks: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const task of tasks) {
    const value = values[task][row];
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
