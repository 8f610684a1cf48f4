import type { EvaluationLog } from '../logs/index.ts';
import { meanOfAll } from './mean.ts';
import { lastValue, segmentsOf, signOf } from './segments.ts';

/**
 * Average minimum accuracy (min-ACC) at the end of the log, with task k in training: how low each earlier task ever fell,
 * 1/(k-1) Σ_{i<k} min_n A(E_i, f_n) over t|T_i| < n ≤ t, where t|T_i| is the last update on task i.
 *
 * The bound is strict: the evaluation at the end of task i and the one before the first update of task i+1 share the step t|T_i|
 * and both stay out. The minimum runs on through all later tasks, except while task i itself is trained again.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452). Unit: that of the log, for accuracy in [0, 1]; higher is better. Where lower
 * values are better (loss), the worst value is the largest.
 * Null while only one task has been trained, where the log does not say what was trained, and if an earlier task has not been
 * evaluated since its end.
 *
 * @example Task a ends at step 2 with .9, is then .9 (no update yet), .3, .7 while b is trained: min-ACC = .3
 */
export function minimumAccuracy(log: EvaluationLog): number | null {
  return meanOfAll(oldTasksOf(log).map((task) => worstSinceEnd(log, task)));
}

/**
 * Worst-case accuracy (WC-ACC) at the end of the log, with task k in training: A(E_k, f_t)/k + (1 - 1/k) min-ACC. A lower bound of
 * the average accuracy at the same moment.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452). Unit: that of the log, for accuracy in [0, 1]; higher is better.
 * With one task it is that task's accuracy. Null where the log does not say what was trained, and if an earlier task has not been
 * evaluated since its end, or the current one never.
 *
 * @example min-ACC = .3 over one earlier task, the current task at .9: .9/2 + .3/2 = .6
 */
export function worstCaseAccuracy(log: EvaluationLog): number | null {
  const current = currentTaskOf(log);
  if (current === null) return null;
  const minima = oldTasksOf(log).map((task) => worstSinceEnd(log, task));
  return meanOfAll([lastValueOf(log, current), ...minima]);
}

/**
 * Relative accuracy gap (RAG) at the end of the log: the share of the average accuracy that the worst case lacks,
 * (Acc - WC-ACC) / Acc, where Acc is the mean of the last evaluations of all trained tasks.
 *
 * Source: Soutif-Cormerais et al. 2023 (arXiv:2306.16817). Unit: a share, in [0, 1]; lower is better.
 * Null where `worstCaseAccuracy` is, and if Acc is 0.
 *
 * @example The last evaluation has a = .7, b = .9, and WC-ACC = .6: (.8 - .6) / .8 = .25
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
