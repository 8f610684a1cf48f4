import type { EvaluationLog } from '../logs/index.ts';
import { meanOfDefined } from './mean.ts';
import { signOf } from './segments.ts';

/**
 * Windowed forgetting (WF^w): the largest fall of a task within any w consecutive updates, max over m < n < m + w of
 * max(0, A_m - A_n), where A_n is the accuracy after update n, averaged over the tasks. Needs no knowledge of what was trained.
 *
 * Conventions. A window holds the models after w consecutive updates, so its evaluations lie at most w - 1 updates apart; with an
 * evaluation after every update it holds w of them, as in the source. Rarer evaluations do not stretch it: they show fewer of its
 * models, and what is found is a lower bound. Falls during the task's own training count. Where there are two evaluations at one
 * step (at a switch) both are compared.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452). Unit: that of the log, for accuracy in [0, 1]; lower is better. Where lower
 * values are better (loss), a rise is the fall. A task of which no window holds two models evaluated is left out; null if none is left.
 * Throws a RangeError unless w is an integer of at least 2. O(rows) for any w.
 *
 * @example .5 .9 .6 .3: WF² = .3 (.9 to .6, or .6 to .3), WF³ = .6 (.9 to .3)
 */
export function windowedForgetting(log: EvaluationLog, window: number): number | null {
  return meanLargestFall(log, window, signOf(log));
}

/**
 * Windowed plasticity (WP^w): the largest rise of a task within any w consecutive updates, max over m < n < m + w of
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
    throw new RangeError(`a window must be an integer of at least 2 updates, not ${window}`);
  }
  return meanOfDefined(values.map((curve) => largestFall(steps, curve, window, sign)));
}

/** The largest fall of `sign * curve` within a window of updates, or null where no two models were evaluated that close together. */
function largestFall(steps: Float64Array, curve: Float64Array, window: number, sign: number): number | null {
  // The evaluations of the window that no later one exceeds, as queue[head … tail-1]: the first is the window's maximum, the last
  // the evaluation before the one at hand.
  const queue = new Int32Array(curve.length);
  let [head, tail, largest, compared] = [0, 0, 0, false];
  for (let row = 0; row < curve.length; row++) {
    if (Number.isNaN(curve[row])) continue;
    const value = sign * curve[row];
    while (head < tail && steps[queue[head]] <= steps[row] - window) head++;
    if (head < tail) {
      largest = Math.max(largest, sign * curve[queue[head]] - value);
      compared ||= steps[queue[tail - 1]] < steps[row];
    }
    while (head < tail && sign * curve[queue[tail - 1]] <= value) tail--;
    queue[tail++] = row;
  }
  return compared ? largest : null;
}
