import { theilSenSlope } from '../stats/theil-sen.ts';
import { wakeTraining, type Regime } from './regimes.ts';
import type { ScoredRegime } from './scored-regime.ts';

/**
 * Recovery times of a task: for each of its learning regimes but the first, the experiences until a value is at least the terminal
 * performance of the task's learning regime before. The count starts at 0, so that a task that was never lost takes 0.
 *
 * Questionable: a regime of n experiences that never recovers is given n + 1, so that longer regimes are punished more for the same
 * failure; the first touch counts, on a curve whose noise was smoothed but not taken away; and the smoothing looks ahead, over the
 * whole regime.
 *
 * Source: Baker et al. 2023, arXiv:2301.07799; l2metrics, commit 5df07316, `recovery_time.py`. Unit: experiences, 0 … n + 1; lower is
 * better. Learning regimes asleep are left out.
 *
 * @example T of the regime before is .7; then .2, .5, .8, .6: 2
 */
export function recoveryTimes(regimes: readonly (Regime & ScoredRegime)[], task: string): number[] {
  const training = wakeTraining(regimes, task);
  return training.slice(1).map(({ values }, i) => {
    const level = training[i].terminal;
    const first = values.findIndex((value) => value >= level);
    return first === -1 ? values.length + 1 : first;
  });
}

/**
 * Performance recovery (PR) of a task: minus the Theil–Sen slope of its recovery times over 0, 1, 2, …: whether it recovers faster
 * and faster.
 *
 * Questionable: it measures a trend, not a level, so a learner that never forgets (all times 0) has PR 0 and one that is bad first
 * and less bad later has more.
 *
 * Source: Baker et al. 2023, arXiv:2301.07799; l2metrics, commit 5df07316, `performance_recovery.py`. Unit: experiences a regime; above
 * 0 is good. Null for fewer than two times.
 *
 * @example Times 0, 18, 12: slopes 18, 6, −6, so −6
 */
export function performanceRecovery(times: readonly number[]): number | null {
  const slope = theilSenSlope(times);
  // Not −slope, which is −0 for 0.
  return slope === null ? null : 0 - slope;
}
