import { stratifiedBootstrap, type BootstrapOptions, type Strata } from './bootstrap.ts';
import type { Interval } from './interval.ts';
import { pairsGreater } from './pairs-greater.ts';
import { scoresByTask } from './rectangle.ts';

type Scores = readonly (readonly number[])[];

/**
 * Probability of improvement: how likely a run of the first method has a higher score than one of the second on the same task, a task at
 * random: the mean over tasks of U₁ / (n₁ n₂), where equal scores count ½ ({@link mannWhitney}).
 *
 * Source: Agarwal et al. 2021 (arXiv:2108.13264). A probability, in [0, 1]; ½ for equal methods. Says nothing of how large the improvement is.
 * Null without runs of both methods, or without tasks.
 *
 * @param first `[run][task]`
 * @param second `[run][task]`, of the same tasks; the number of runs may differ
 * @throws {RangeError} on different numbers of tasks, NaN or an infinite value
 * @example probabilityOfImprovement([[0.6, 0.3], [0.7, 0.5]], [[0.6, 0.4], [0.5, 0.4]]) // 0.6875
 */
export function probabilityOfImprovement(first: Scores, second: Scores): number | null {
  const strata = strataOf(first, second);
  return strata === null ? null : meanShareGreater(strata);
}

/**
 * {@link probabilityOfImprovement} with its bootstrap confidence interval; the runs of each method on each task are resampled by themselves.
 *
 * Null as there, and for fewer than 2 runs of a method. Options and errors as {@link stratifiedBootstrap}.
 *
 * @example improvementInterval([[2], [2]], [[1], [1]], { rng: createRng(1) }) // { estimate: 1, low: 1, high: 1, level: 0.95, kind: 'percentile' }
 */
export function improvementInterval(first: Scores, second: Scores, options: BootstrapOptions): Interval | null {
  const strata = strataOf(first, second);
  return strata === null ? null : stratifiedBootstrap(strata, meanShareGreater, options);
}

/** The tasks of the first method, then those of the second. */
function strataOf(first: Scores, second: Scores): Strata | null {
  const [ofFirst, ofSecond] = [scoresByTask(first), scoresByTask(second)];
  if (first.length === 0 || second.length === 0 || ofFirst.length + ofSecond.length === 0) return null;
  if (ofFirst.length !== ofSecond.length)
    throw new RangeError(`the methods have scores on ${ofFirst.length} and on ${ofSecond.length} tasks`);
  return [...ofFirst, ...ofSecond];
}

function meanShareGreater(strata: Strata): number {
  const tasks = strata.length / 2;
  const shares = strata.slice(0, tasks).map((first, task) => {
    const second = strata[tasks + task];
    return pairsGreater(first, second).u1 / (first.length * second.length);
  });
  return shares.reduce((sum, share) => sum + share, 0) / tasks;
}
