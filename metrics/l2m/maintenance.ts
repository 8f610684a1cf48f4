import { mean } from './curves.ts';
import { assessedRegimes } from './regimes.ts';
import type { ScoredRegime } from './scored-regime.ts';

/** Performance maintenance of a task, and what it is the mean of. */
export interface Maintenance {
  /** Null where no evaluation came after the first one that followed learning. */
  readonly value: number | null;
  /** The differences in order, those of one stretch of evaluations together: a learning regime or a reference starts a new stretch. */
  readonly stretches: readonly (readonly number[])[];
}

/**
 * Performance maintenance (PM) of a task: how well it is kept while others are learnt.
 *
 *     PM = mean of T(q) − T(reference) over the evaluations q of the task after the first one that followed learning it
 *
 * References are the first evaluation of the task after each of its learning regimes, and are no q themselves.
 *
 * - `mrlep`, most recent learning evaluation performance: minus T of the last reference before q. The tool's default.
 * - `mrtlp`, most recent terminal learning performance: minus T of the last learning regime of the task before q, the same q. Questionable: it
 *   sets an evaluation beside learning, two protocols and two amounts of data.
 *
 * Questionable in both: every later evaluation counts alike, whether one task or ten were learnt in between, so that the number falls with the
 * length of the lifetime; the last task learnt has a value only if evaluated twice after.
 *
 * Unit: that of the performance, normalised in [−100, 100]; 0 or more is good, below 0 is forgetting.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `performance_maintenance.py`.
 *
 * @example
 * const regime = (index, training, terminal) => ({ index, training, asleep: false, task: 'a', terminal });
 * const regimes = [regime(0, true, 0.8), regime(1, false, 0.7), regime(2, false, 0.6), regime(3, false, 0.5)];
 * performanceMaintenance(regimes, 'a', 'mrlep').value // ((0.6 - 0.7) + (0.5 - 0.7)) / 2 = -0.15
 * performanceMaintenance(regimes, 'a', 'mrtlp').value // ((0.6 - 0.8) + (0.5 - 0.8)) / 2 = -0.25
 */
export function performanceMaintenance(
  regimes: readonly ScoredRegime[],
  task: string,
  against: 'mrlep' | 'mrtlp',
): Maintenance {
  const assessed = assessedRegimes(regimes).filter((regime) => regime.task === task);
  const training = assessed.filter((regime) => regime.training);
  const evaluations = assessed.filter((regime) => !regime.training);
  const references = training
    .map((learnt) => evaluations.find((evaluation) => evaluation.index > learnt.index))
    .filter((regime) => regime !== undefined);

  const differences = new Map<number, number>();
  for (const evaluation of evaluations) {
    const before = ({ index }: ScoredRegime): boolean => index < evaluation.index;
    const reference = references.findLast(before);
    if (reference === undefined || references.includes(evaluation)) continue;
    // Where there is a reference, there is learning before it.
    const base = against === 'mrlep' ? reference : training.findLast(before)!;
    differences.set(evaluation.index, evaluation.terminal - base.terminal);
  }

  const stretches: number[][] = [];
  let open = false;
  for (const { index } of regimes.filter((regime) => regime.task === task)) {
    const difference = differences.get(index);
    if (difference !== undefined && open) stretches.at(-1)!.push(difference);
    else if (difference !== undefined) stretches.push([difference]);
    open = difference !== undefined;
  }
  return { value: differences.size === 0 ? null : mean([...differences.values()]), stretches };
}
