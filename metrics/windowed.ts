import type { EvaluationLog } from '../logs/index.ts';
import { meanOfDefined } from './mean.ts';
import { signOf } from './segments.ts';

/**
 * Windowed forgetting (WF^w): the largest fall within any w consecutive evaluations of a task, max over m < n < m + w of
 * max(0, A_m - A_n), averaged over the tasks. Needs no knowledge of what was trained.
 *
 * Conventions. A window holds w evaluations, the current one among them, so with an evaluation after every update it spans w - 1
 * updates, and rarer evaluations stretch it. Falls during the task's own training count. Evaluations at one step (the two at a
 * switch) share one place in the window, so that evaluating one model twice changes nothing; both values are compared.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452). Unit: that of the log, for accuracy in [0, 1]; lower is better. Where lower
 * values are better (loss), a rise is the fall. A task evaluated less than twice is left out; null if none is left.
 * Throws a RangeError unless w is an integer of at least 2. O(rows) for any w.
 *
 * @example .5 .9 .6 .3: WF² = .3 (.9 to .6, or .6 to .3), WF³ = .6 (.9 to .3)
 */
export function windowedForgetting(log: EvaluationLog, window: number): number | null {
  return meanLargestFall(log, window, signOf(log));
}

/**
 * Windowed plasticity (WP^w): the largest rise within any w consecutive evaluations of a task, max over m < n < m + w of
 * max(0, A_n - A_m), averaged over the tasks. Conventions, source, unit, range, null and errors as in `windowedForgetting`; higher
 * is better. The first evaluation of a task may be the one before its first update, so the jump from unlearnt to learnt counts.
 *
 * @example .5 .1 .9: WP³ = .8 (from .1), where code that skips values below the running maximum finds .4
 */
export function windowedPlasticity(log: EvaluationLog, window: number): number | null {
  return meanLargestFall(log, window, -signOf(log));
}

function meanLargestFall({ steps, values }: EvaluationLog, window: number, sign: number): number | null {
  if (!Number.isInteger(window) || window < 2) {
    throw new RangeError(`a window must be an integer of at least 2 evaluations, not ${window}`);
  }
  return meanOfDefined(values.map((curve) => largestFall(steps, curve, window, sign)));
}

/** The largest fall of `sign * curve` within a window, or null with less than two evaluations. */
function largestFall(steps: Float64Array, curve: Float64Array, window: number, sign: number): number | null {
  // The evaluations of the window that no later one exceeds, as queue[head … tail-1]: the first is the window's maximum.
  const queue = new Int32Array(curve.length);
  const places = new Int32Array(curve.length);
  let [head, tail, place, evaluations] = [0, 0, -1, 0];
  let [previousStep, largest] = [NaN, 0];
  for (let row = 0; row < curve.length; row++) {
    if (Number.isNaN(curve[row])) continue;
    if (steps[row] !== previousStep) place++;
    previousStep = steps[row];
    places[row] = place;
    evaluations++;

    const value = sign * curve[row];
    while (head < tail && places[queue[head]] <= place - window) head++;
    if (head < tail) largest = Math.max(largest, sign * curve[queue[head]] - value);
    while (head < tail && sign * curve[queue[tail - 1]] <= value) tail--;
    queue[tail++] = row;
  }
  return evaluations < 2 ? null : largest;
}
