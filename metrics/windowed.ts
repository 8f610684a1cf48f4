import type { EvaluationLog } from '../logs/index.ts';
import { meanOfDefined } from './mean.ts';
import { signOf } from './segments.ts';

/**
 * Windowed forgetting (WF): the largest fall of a task within any w consecutive updates, averaged over the tasks. It needs no knowledge of
 * what was trained.
 *
 *     WF^w = mean over tasks of max { max(0, A(m) − A(n)) : m before n, less than w updates apart }
 *
 * - A window holds the models after w consecutive **updates**: two of them lie w − 1 updates apart at most. With an evaluation after every
 *   update it holds w evaluations, as in the paper's code. That code counts evaluations, so that rarer ones stretch its windows; here they do
 *   not, for a slow drift over a long interval is no sudden fall. What is found with rarer evaluations is a lower bound of what ρ = 1 would show.
 * - A window starts at the first evaluation of a task, so falls **during the task's own training** count, and the mean is over all evaluated
 *   tasks, the current one included.
 * - Evaluating one model twice changes nothing. Both evaluations at a switch are compared, so that a change of the model at the start of a task
 *   counts.
 * - A task of which no window holds two evaluated models is left out; null if none is left, as for w = 10 with an evaluation every 10 updates.
 *   A curve that never falls has 0.
 *
 * Where lower values are better (loss), a rise is the fall. The cost does not depend on w: O(rows).
 *
 * Unit: that of the log, for accuracy in [0, 1]; lower is better.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452).
 *
 * @param window w
 * @throws {RangeError} unless w is a whole number, 2 or more
 * @example
 * step  trained  a
 *    0  a        .5
 *    1  a        .9
 *    2  a        .6
 *    3  a        .3
 * windowedForgetting(log, 2) // .9 - .6 = .3
 * windowedForgetting(log, 3) // .9 - .3 = .6
 */
export function windowedForgetting(log: EvaluationLog, window: number): number | null {
  return meanLargestFall(log, window, signOf(log));
}

/**
 * Windowed plasticity (WP): the largest rise of a task within any w consecutive updates, averaged over the tasks.
 *
 *     WP^w = mean over tasks of max { max(0, A(n) − A(m)) : m before n, less than w updates apart }
 *
 * Windows, tasks left out and null are as for `windowedForgetting`. The first evaluation of a task may be the one before its first update, as in
 * logs of this project's harness; the jump from unlearnt to learnt is then in it for every task. Code that skips values below the running
 * maximum, as the paper's does, misses the rise after a dip.
 *
 * Unit: that of the log, for accuracy in [0, 1]; higher is better.
 *
 * Source: De Lange et al. 2023 (arXiv:2205.13452).
 *
 * @param window w
 * @throws {RangeError} unless w is a whole number, 2 or more
 * @example
 * step  trained  a
 *    0  a        .5
 *    1  a        .1
 *    2  a        .9
 * windowedPlasticity(log, 3) // .9 - .1 = .8, where code that skips finds .4
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
