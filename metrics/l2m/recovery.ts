import { theilSenSlope } from '../stats/theil-sen.ts';
import { wakeTraining, type Regime } from './regimes.ts';
import type { ScoredRegime } from './scored-regime.ts';

/**
 * Recovery times of a task: for each of its learning regimes but the first, the experiences until a value is at least T of the task's learning
 * regime before; n + 1 if none of n is. The count starts at 0, so that a task that was never lost takes 0. Learning regimes asleep are left
 * out.
 *
 * Questionable: a regime that never recovers is given n + 1, so that longer regimes are punished more for the same failure; the first touch
 * counts, on a curve whose noise was smoothed but not taken away; and the smoothing looks ahead, over the whole regime.
 *
 * Unit: experiences, 0 … n + 1; lower is better.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `recovery_time.py`.
 *
 * @example
 * const regime = (index, terminal, ...values) => ({ index, training: true, asleep: false, task: 'a', terminal, values });
 * recoveryTimes([regime(0, 0.7, 0.7), regime(1, 0.6, 0.2, 0.5, 0.8, 0.6)], 'a') // [2]
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
 * Performance recovery (PR) of a task: minus the Theil–Sen slope (`theilSenSlope`, the median of all pairwise slopes) of its recovery times over
 * 0, 1, 2, …: whether it recovers faster and faster. Null for fewer than two times.
 *
 * Questionable: it measures a trend, not a level, so a learner that never forgets (all times 0) has PR 0, and one that is bad first and less bad
 * later has more.
 *
 * Unit: experiences a regime; above 0 is good.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `performance_recovery.py`.
 *
 * @param times `recoveryTimes` of the task
 * @example performanceRecovery([0, 18, 12]) // -6, minus the median of the slopes 18, 6 and −6
 */
export function performanceRecovery(times: readonly number[]): number | null {
  const slope = theilSenSlope(times);
  // Not −slope, which is −0 for 0.
  return slope === null ? null : 0 - slope;
}
