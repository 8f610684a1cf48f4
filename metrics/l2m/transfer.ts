import { assessedRegimes, tasksOf } from './regimes.ts';
import type { ScoredRegime } from './scored-regime.ts';

/** What learning one task did to another, between two evaluations of the other. */
export interface Transfer {
  /** The task that was learnt. */
  readonly from: string;
  /** The task that was evaluated before and after. */
  readonly to: string;
  /** Index of the evaluation regime after. */
  readonly regime: number;
  /** The ratio or the contrast. */
  readonly value: number;
}

/** All transfers of a lifetime, in the order of their later evaluations. */
export interface Transfers {
  /** Onto tasks that were not learnt yet. */
  readonly forward: readonly Transfer[];
  /** Onto tasks that had been learnt. */
  readonly backward: readonly Transfer[];
  /** How many values were dropped for those of another learnt task between the same two evaluations. */
  readonly overwritten: number;
}

/**
 * Forward transfer (FT) and backward transfer (BT): what learning one task did to another. For a learning regime x of task A, and the
 * evaluations a < x < c of task B next to each other,
 *
 *     ratio = T(c) / T(a),     contrast = (T(c) − T(a)) / (T(c) + T(a))
 *
 * It is forward where x comes before B is first learnt, or B never is, and backward after. **Neither is GEM's transfer.**
 *
 * Questionable:
 *
 * - A value is stored under the evaluation c alone. **Where several tasks are learnt between a and c, only one of them keeps it**, the last by the
 *   first appearance of tasks in the lifetime, though what it is given is the effect of all (`overwritten` counts the others,
 *   and `lifetimeMetrics` warns of them).
 * - The ratio is left out where T(a) = 0, and the contrast where T(a) + T(c) = 0; close to 0 both explode, which is why performance is normalised
 *   onto 1 … 101 before. A ratio then depends on where that scale starts: halving the range from below changes it.
 * - A ratio of performances has no meaning where they may be below 0, and its mean over pairs leans to the large ones.
 *
 * Unit: none; good are ratios above 1, and contrasts above 0, which lie in [−1, 1] where performance is not negative.
 *
 * Source: Baker et al. 2023 (arXiv:2301.07799); l2metrics, commit 5df07316, `transfer.py`.
 *
 * @example
 * const regime = (index, training, task, terminal) => ({ index, training, asleep: false, task, terminal });
 * const regimes = [regime(0, false, 'b', 20), regime(1, true, 'a', 50), regime(2, false, 'b', 30)];
 * transfers(regimes, 'ratio').forward // [{ from: 'a', to: 'b', regime: 2, value: 30 / 20 }]
 * transfers(regimes, 'contrast').forward[0].value // (30 - 20) / (30 + 20) = 0.2
 */
export function transfers(regimes: readonly ScoredRegime[], kind: 'ratio' | 'contrast'): Transfers {
  const assessed = assessedRegimes(regimes);
  const tasks = tasksOf(assessed);
  const forward = new Map<number, Transfer>();
  const backward = new Map<number, Transfer>();
  const counter = { overwritten: 0 };
  for (const from of tasks) {
    for (const to of tasks) {
      if (from === to) continue;
      const ofOther = assessed.filter(({ task }) => task === to);
      const firstLearnt = ofOther.find(({ training }) => training)?.index ?? Infinity;
      const evaluations = ofOther.filter(({ training }) => !training);
      for (const learnt of assessed.filter(({ task, training }) => training && task === from)) {
        const next = evaluations.findIndex(({ index }) => index > learnt.index);
        if (next < 1) continue;
        const [before, after] = [evaluations[next - 1], evaluations[next]];
        const value = kind === 'ratio' ? ratio(before, after) : contrast(before, after);
        if (value === null) continue;
        const stored = learnt.index < firstLearnt ? forward : backward;
        if (stored.has(after.index) && stored.get(after.index)!.from !== from) counter.overwritten++;
        stored.set(after.index, { from, to, regime: after.index, value });
      }
    }
  }
  const inOrder = (stored: ReadonlyMap<number, Transfer>): Transfer[] =>
    [...stored.values()].toSorted((a, b) => a.regime - b.regime);
  return { forward: inOrder(forward), backward: inOrder(backward), ...counter };
}

/**
 * Values by the task learnt, then by the task evaluated, in order.
 *
 * Source: l2metrics, commit 5df07316.
 *
 * @example
 * const values = [1.5, 1.2].map((value, regime) => ({ from: 'a', to: 'b', regime, value }));
 * transfersByPair(values).get('a').get('b') // [1.5, 1.2]
 */
export function transfersByPair(values: readonly Transfer[]): Map<string, Map<string, number[]>> {
  const pairs = new Map<string, Map<string, number[]>>();
  for (const { from, to, value } of values) {
    const others = pairs.get(from) ?? new Map<string, number[]>();
    pairs.set(from, others.set(to, [...(others.get(to) ?? []), value]));
  }
  return pairs;
}

/**
 * What the value of a lifetime is taken over: the _first_ value of each ordered pair of tasks.
 *
 * Questionable: all later ones, most of a long lifetime, are left out.
 *
 * Source: l2metrics, commit 5df07316.
 *
 * @example firstOfPairs([1.5, 1.2].map((value, regime) => ({ from: 'a', to: 'b', regime, value }))) // [1.5]
 */
export function firstOfPairs(values: readonly Transfer[]): number[] {
  return [...transfersByPair(values).values()].flatMap((others) => [...others.values()].map(([first]) => first));
}

function ratio(before: ScoredRegime, after: ScoredRegime): number | null {
  return before.terminal === 0 ? null : after.terminal / before.terminal;
}

function contrast(before: ScoredRegime, after: ScoredRegime): number | null {
  const sum = before.terminal + after.terminal;
  return sum === 0 ? null : (after.terminal - before.terminal) / sum;
}
