import type { EvaluationLog } from '../logs/index.ts';
import { undefinedScore, type MatrixScore } from './matrix-score.ts';

/**
 * Average anytime accuracy (AAA): the accuracy over the tasks seen so far, averaged over all of training,
 * Σ_r w_r A_r / Σ_r w_r, where A_r is the mean over the seen tasks at evaluation r and w_r = step_r - step_{r-1} counts the
 * updates since the evaluation before (since step 0 for the first).
 *
 * With an evaluation after every update this is the plain mean over the updates, as in the source; with rarer or uneven
 * evaluations each speaks for the updates that led to it. Evaluations that no update precedes (at step 0, and the second of the
 * two at a switch) weigh nothing: they are of a model already counted. A task is seen once it has been trained; where the log
 * does not say what was trained, every evaluated task counts. A seen task that was not evaluated at r is left out of A_r.
 *
 * Source: Caccia et al. 2022 (arXiv:2104.05025), formula as in Soutif-Cormerais et al. 2023 (arXiv:2306.16817).
 * Unit: that of the log, for accuracy in [0, 1]; higher is better. Null if nothing was evaluated after an update.
 *
 * @example Updates 1 and 2 train task a, 3 and 4 task b; a = .5 .9 .3 .7, b = – – .5 .9: (.5 + .9 + .4 + .8) / 4 = .65
 */
export function averageAnytimeAccuracy(log: EvaluationLog): number | null {
  const { weightedSum, totalWeight } = weightedAccuracy(log);
  return totalWeight === 0 ? null : weightedSum / totalWeight;
}

/**
 * Area under the curve of accuracy over the samples seen (A_AUC): Σ_r A_r Δn_r, where A_r is the accuracy over the tasks seen at
 * evaluation r, and Δn_r the samples since the evaluation before: the updates between, `samplesPerUpdate` each. What is seen, and which
 * evaluations weigh nothing, is as for `averageAnytimeAccuracy`, which is this over the samples of the run.
 *
 * Source: Koh et al. 2022 (i-Blurry, arXiv:2110.10031), there with Δn between evaluations the same and accuracy over the test samples of
 * all classes seen, not the mean over tasks. The number that its code prints as `A_auc` (naver-ai/i-Blurry, commit 4446d95, `main.py`) is
 * the mean over evaluations, so compare that with `averageAnytimeAccuracy` at even spacing.
 *
 * Unit: that of the log x samples; grows with the stream, so only runs on one stream compare. Null if nothing was evaluated after an
 * update; `cells` are the evaluations of models that weigh something.
 *
 * @throws {RangeError} if `samplesPerUpdate` is not above 0
 * @example Updates 1 and 2 on 10 samples each leave .5 and .9: 10 x .5 + 10 x .9 = 14
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
