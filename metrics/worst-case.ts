import type { EvaluationLog } from '../logs/index.ts';
import { meanOfAll } from './mean.ts';
import { lastValue, segmentsOf, signOf } from './segments.ts';

/**
 * Average minimum accuracy (min-ACC) at the end of the log, with task k in training: how low each earlier task ever fell.
 *
 *     min-ACC = 1/(k−1) Σ_{i<k} min { A(i, n) : t|i < n ≤ t }
 *
 * where A(i, n) is the accuracy on task i after update n, t|i the last update of task i's training, and t that of the log.
 *
 * The bound is strict: of the two evaluations at step t|i, at the end of task i and before the first update of the next, neither counts, so
 * that the minimum starts after the first update of the next task. It then runs on through all later tasks, both evaluations of later
 * switches included, and is not reset. If a task is trained again, its minimum starts after its first training and pauses while it is
 * trained again. A minimum over noisy evaluations is biased downwards, and the more so the smaller the evaluated subset. Where lower values
 * are better (loss), the worst value is the largest.
 *
 * Null while only one task has been trained, in a log that does not say what was trained, and if an earlier task was not evaluated since its
 * end.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452).
 *
 * @example
 * step  trained  a    b
 *    1  a        .2   –
 *    2  a        .9   –
 *    2  b        .9   0
 *    3  b        .3   .6
 *    4  b        .7   .9
 * minimumAccuracy(log) // .3
 */
export function minimumAccuracy(log: EvaluationLog): number | null {
  return meanOfAll(oldTasksOf(log).map((task) => worstSinceEnd(log, task)));
}

/**
 * Worst-case accuracy (WC-ACC) at the end of the log, with task k in training: the current task as it is, and every earlier one at its worst.
 *
 *     WC-ACC = A(k, t)/k + (1 − 1/k) min-ACC
 *
 * Never above the average accuracy on the same samples at the same step. With one task it is that task's accuracy. Null in a log that does not
 * say what was trained, and if an earlier task was not evaluated since its end, or the current one never.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452).
 *
 * @example
 * step  trained  a    b
 *    2  a        .9   –
 *    3  b        .3   .6
 *    4  b        .7   .9
 * worstCaseAccuracy(log) // .9 / 2 + .3 / 2 = .6
 */
export function worstCaseAccuracy(log: EvaluationLog): number | null {
  const current = currentTaskOf(log);
  if (current === null) return null;
  const minima = oldTasksOf(log).map((task) => worstSinceEnd(log, task));
  return meanOfAll([lastValueOf(log, current), ...minima]);
}

/**
 * Relative accuracy gap (RAG) at the end of the log: the share of the average accuracy that the worst case lacks.
 *
 *     RAG = (Acc − WC-ACC) / Acc
 *
 * where Acc is the mean of the last evaluations of all trained tasks. Null where `worstCaseAccuracy` is, and if Acc is 0.
 *
 * Unit: a share, in [0, 1] where every trained task was evaluated at the end; lower is better.
 *
 * Source: Soutif-Cormerais et al. 2023 (arXiv:2306.16817).
 *
 * @example
 * step  trained  a    b
 *    2  a        .9   –
 *    3  b        .3   .6
 *    4  b        .7   .9
 * relativeAccuracyGap(log) // (.8 - .6) / .8 = .25
 */
export function relativeAccuracyGap(log: EvaluationLog): number | null {
  const trained = [...oldTasksOf(log), currentTaskOf(log)].filter((task) => task !== null);
  const accuracy = meanOfAll(trained.map((task) => lastValueOf(log, task)));
  const worst = worstCaseAccuracy(log);
  return accuracy === null || accuracy === 0 || worst === null ? null : (accuracy - worst) / accuracy;
}

function currentTaskOf(log: EvaluationLog): number | null {
  return segmentsOf(log).findLast(({ task }) => task !== -1)?.task ?? null;
}

/** The tasks that were trained before the current one. */
function oldTasksOf(log: EvaluationLog): number[] {
  const current = currentTaskOf(log);
  const trained = new Set(segmentsOf(log).map(({ task }) => task));
  return [...trained].filter((task) => task !== -1 && task !== current);
}

/** The worst value of a task after its first training ended and while it is not the task being trained. */
function worstSinceEnd(log: EvaluationLog, task: number): number | null {
  const { steps, trainingTask, values } = log;
  const sign = signOf(log);
  const end = segmentsOf(log).find((segment) => segment.task === task)!.end;
  let worst: number | null = null;
  for (let row = end; row < steps.length; row++) {
    const value = values[task][row];
    if (Number.isNaN(value) || trainingTask[row] === task || steps[row] === steps[end - 1]) continue;
    if (worst === null || sign * value < sign * worst) worst = value;
  }
  return worst;
}

function lastValueOf({ values }: EvaluationLog, task: number): number | null {
  return lastValue(values[task], values[task].length - 1);
}
