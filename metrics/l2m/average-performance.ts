import { mean } from './curves.ts';
import { assessedRegimes, type Regime } from './regimes.ts';

/**
 * The mean of every learning regime of a task, or of every evaluation regime, in order. Their mean is **mean training performance** (MTP),
 * or **mean evaluation performance** (MEP), of the task.
 *
 * Questionable: a mean of means, in which a short regime weighs as much as a long one; and MEP has the evaluations before a task was ever learnt
 * in it, so that it rises the earlier a task is learnt, whatever the learner.
 *
 * Unit: that of the performance; higher is better.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `average_performance.py`.
 *
 * @param training of learning regimes, or of evaluation regimes
 * @example
 * const regime = (index, ...values) => ({ index, block: index, training: false, asleep: false, task: 'a', values });
 * regimeMeans([regime(0, 0, 2), regime(1, 8)], 'a', false) // [(0 + 2) / 2, 8] = [1, 8], so that MEP is 4.5
 */
export function regimeMeans(regimes: readonly Regime[], task: string, training: boolean): number[] {
  return assessedRegimes(regimes)
    .filter((regime) => regime.task === task && regime.training === training)
    .map(({ values }) => mean(values));
}
