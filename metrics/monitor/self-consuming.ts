import { normalTail } from '../stats/distributions/normal.ts';
import { holm } from '../stats/holm.ts';
import { requireFinite } from '../stats/require.ts';
import { shiftOf, type ByProblem } from './shift.ts';

/** A number and how precisely it is known; null where nothing tells. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number | null;
}

const quantities = ['reward', 'rewardVariance', 'entropy'] as const;
type Quantity = (typeof quantities)[number];

/** What a round of a loop gave that trains on its own samples. */
export interface LoopRound {
  readonly round: number;
  /** Mean reward, its variance, and the entropy of answers or classes in nats. */
  readonly reward: Estimate;
  readonly rewardVariance: Estimate;
  readonly entropy: Estimate;
  /** All of them by problem, so that rounds can be paired. */
  readonly byProblem?: Readonly<Record<Quantity, ByProblem>>;
  /** Share of real data in what the round was trained on; null where unknown. */
  readonly realShare: number | null;
}

export interface LoopChange {
  readonly round: number;
  /** Changes since the first round; by problem over the problems that both have. */
  readonly reward: number;
  readonly rewardVariance: number;
  readonly entropy: number;
  readonly realShare: number | null;
  /** That the reward rose and variance and entropy fell, adjusted by Holm over the rounds; null where no errors are known. */
  readonly p: number | null;
  /** How it was tested. */
  readonly test: 'paired' | 'z' | null;
  readonly collapsing: boolean;
}

/**
 * Whether a loop that trains on what a reward selects of its own samples narrows onto the reward: the mean reward rises while its variance and the
 * entropy of the samples fall, which in the limit leaves the samples of the highest reward alone. A share of real data in training bounds this.
 *
 * Each round is compared with the first, in three one-sided tests: reward rose, variance fell, entropy fell. All must hold, so that the largest p
 * counts (an intersection–union test needs no correction), and Holm adjusts over the rounds: `collapsing` is p ≤ α with all three moved that way.
 * `paired`: {@link shiftOf} over two problems or more that both rounds have. `z`: the difference over its standard error √(e₀² + eₜ²), for estimates
 * from independent samples. Without either any such change counts, and p is null.
 *
 * Source: Ferbach et al. 2024 (arXiv:2407.09499) for curated self-consuming models; the alarm is an own construction. Empty for one round.
 *
 * @throws {RangeError} unless 0 < α < 1
 * @example reward .2 → .6, variance .16 → .05, entropy 1.1 → .4 nats: collapsing
 */
export function selfConsumingCollapse(rounds: readonly LoopRound[], alpha = 0.05): LoopChange[] {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, and is ${alpha}`);
  if (rounds.length === 0) return [];
  const [base, ...later] = rounds;
  const changes = later.map((own) => changeOf(base, own));
  const adjusted = holm(changes.flatMap(({ p }) => p ?? []));
  let next = 0;
  return changes.map((change) => {
    const p = change.p === null ? null : adjusted[next++];
    const moved = change.reward > 0 && change.rewardVariance < 0 && change.entropy < 0;
    return { ...change, p, collapsing: moved && (p === null || p <= alpha) };
  });
}

function changeOf(base: LoopRound, own: LoopRound): Omit<LoopChange, 'collapsing'> {
  const head = { round: own.round, realShare: own.realShare };
  const [before, after] = [base.byProblem, own.byProblem];
  if (before && after) {
    const shifts = quantities.map((name) => shiftOf(before[name], after[name]));
    if (shifts.every(({ n }) => n > 1)) {
      const [reward, rewardVariance, entropy] = shifts;
      const p = Math.max(reward.rose!, rewardVariance.fell!, entropy.fell!);
      return {
        ...head,
        reward: reward.mean!,
        rewardVariance: rewardVariance.mean!,
        entropy: entropy.mean!,
        p,
        test: 'paired',
      };
    }
  }
  const change = (name: Quantity): number => own[name].value - base[name].value;
  const p = quantities.map((name) => zTail((name === 'reward' ? 1 : -1) * change(name), base[name], own[name]));
  const known = p.every((value) => value !== null);
  return {
    ...head,
    reward: change('reward'),
    rewardVariance: change('rewardVariance'),
    entropy: change('entropy'),
    p: known ? Math.max(...p) : null,
    test: known ? 'z' : null,
  };
}

function zTail(difference: number, a: Estimate, b: Estimate): number | null {
  if (a.standardError === null || b.standardError === null) return null;
  const error = Math.hypot(a.standardError, b.standardError);
  return error > 0 ? normalTail(difference / error) : null;
}

/**
 * Mean and sample variance of rewards, each with its standard error for independent samples: s / √n, and √((m₄ − s⁴ (n−3)/(n−1)) / n) with the fourth
 * central moment m₄.
 *
 * Units: those of the reward, and their square. Errors are null for fewer than 4 values, and 0 where all are equal. Null for fewer than 2 values.
 *
 * Source: Kendall & Stuart, The Advanced Theory of Statistics 1, on the sampling variance of s².
 *
 * @throws {RangeError} on NaN or an infinite value
 * @example momentsOf([1, 2, 3, 4]) // { mean: { value: 2.5, standardError: 0.645497 }, variance: { value: 1.666667, standardError: 0.639643 } }
 */
export function momentsOf(rewards: readonly number[]): { readonly mean: Estimate; readonly variance: Estimate } | null {
  requireFinite(rewards, 'rewards');
  const n = rewards.length;
  if (n < 2) return null;
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / n;
  const power = (k: number): number => rewards.reduce((sum, reward) => sum + (reward - mean) ** k, 0);
  const variance = power(2) / (n - 1);
  const spread = (power(4) / n - (variance ** 2 * (n - 3)) / (n - 1)) / n;
  const known = n >= 4;
  return {
    mean: { value: mean, standardError: known ? Math.sqrt(variance / n) : null },
    variance: { value: variance, standardError: known ? Math.sqrt(Math.max(0, spread)) : null },
  };
}
