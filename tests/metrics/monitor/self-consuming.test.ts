import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../base/index.ts';
import { changesSinceBase, momentsOf, selfConsumingCollapse, shiftOf, type LoopRound } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';

const estimate = (value: number, standardError: number | null = null) => ({ value, standardError });

const roundOf = (round: number, [reward, variance, entropy]: readonly number[], error: number | null): LoopRound => ({
  round,
  reward: estimate(reward, error),
  rewardVariance: estimate(variance, error),
  entropy: estimate(entropy, error),
  realShare: round === 0 ? null : 0,
});

describe('momentsOf', () => {
  it('is mean and sample variance with their errors', () => {
    // Of 1 2 3 4: s² = 5/3, m₄ = 2.5625.
    expect(momentsOf([1, 2, 3, 4])).toEqual({
      mean: { value: 2.5, standardError: near(Math.sqrt(5 / 12)) },
      variance: { value: near(5 / 3), standardError: near(Math.sqrt((2.5625 - (25 / 9) * (1 / 3)) / 4)) },
    });
    expect(momentsOf([1, 1, 1, 1])).toEqual({ mean: estimate(1, 0), variance: estimate(0, 0) });
    expect(momentsOf([1, 2, 3])!.variance.standardError).toBeNull();
    expect(momentsOf([1])).toBeNull();
    expect(() => momentsOf([1, NaN])).toThrow(RangeError);
  });

  it('the error of the variance of normal numbers is σ² √(2 / (n − 1))', () => {
    const rng = createRng('moments');
    const errors = Array.from({ length: 400 }, () => momentsOf(Array.from({ length: 200 }, () => rng.normal()))!);
    const mean = errors.reduce((sum, { variance }) => sum + variance.standardError!, 0) / errors.length;
    expect(mean / Math.sqrt(2 / 199)).toBeCloseTo(1, 1);
  });
});

describe('shiftOf', () => {
  const values = (...own: number[]) => new Map(own.map((value, i) => [i, value]));

  it('is the sign test for differences of one size: 5 of 5 is 2⁻⁵', () => {
    expect(shiftOf(values(0, 0, 0, 0, 0, 1), values(1, 1, 1, 1, 1, 1))).toEqual({
      n: 6,
      mean: near(5 / 6),
      standardError: near(1 / 6),
      rose: near(2 ** -5),
      fell: 1,
    });
  });

  it('only problems of both count; without any there is nothing', () => {
    expect(shiftOf(values(0.5, 0.5), new Map([[1, 0.75]]))).toMatchObject({ n: 1, mean: 0.25, standardError: null });
    expect(shiftOf(values(0.5), new Map())).toEqual({ n: 0, mean: null, standardError: null, rose: null, fell: null });
  });

  it('rounds against the first are adjusted by Holm', () => {
    const up = values(1, 1, 1, 1, 1, 1);
    const base = values(0, 0, 0, 0, 0, 1);
    const rounds = [base, up, base, new Map<number, number>()].map((own, round) => ({ round, values: own }));
    expect(changesSinceBase(rounds, 'rose')).toEqual([
      { round: 1, change: near(5 / 6), p: near(2 ** -4) },
      { round: 2, change: 0, p: 1 },
      { round: 3, change: null, p: null },
    ]);
    expect(changesSinceBase([], 'rose')).toEqual([]);
  });
});

describe('selfConsumingCollapse', () => {
  it('z: the largest of three tails counts, Holm adjusts over the rounds', () => {
    const rounds = [
      roundOf(0, [0.2, 0.16, 1.1], 0.03),
      roundOf(1, [0.25, 0.15, 1.05], 0.03),
      roundOf(2, [0.6, 0.05, 0.4], 0.03),
    ];
    const [first, second] = selfConsumingCollapse(rounds);
    expect(first).toMatchObject({ test: 'z', collapsing: false, realShare: 0 });
    // The weakest is the variance: .11 / (.03 √2) = 2.5927 errors, P(Z > 2.5927) = .004761 (normal tables), times 2.
    expect(second.p).toBeCloseTo(2 * 0.004761, 5);
    expect(second).toMatchObject({ reward: near(0.4), rewardVariance: near(-0.11), entropy: near(-0.7), collapsing: true }); // prettier-ignore
  });

  it('of published numbers without errors any such change counts, and p is null', () => {
    const rounds = [
      roundOf(0, [0.2, 0.16, 1.1], null),
      roundOf(1, [0.3, 0.1, 1], null),
      roundOf(2, [0.3, 0.2, 1], null),
    ];
    expect(selfConsumingCollapse(rounds)).toMatchObject([
      { p: null, test: null, collapsing: true },
      { p: null, test: null, collapsing: false },
    ]);
    expect(selfConsumingCollapse([])).toEqual([]);
    expect(() => selfConsumingCollapse(rounds, 0)).toThrow(RangeError);
  });

  /** Samples of a distribution over kinds with rewards, as a round. */
  const sampled = (round: number, p: readonly number[], reward: readonly number[], rng: Rng): LoopRound => {
    const n = 300;
    const kinds = Array.from({ length: n }, () => {
      let rest = rng.uniform();
      const kind = p.findIndex((share) => (rest -= share) < 0);
      return kind < 0 ? p.length - 1 : kind;
    });
    const counts = p.map((_, kind) => kinds.filter((own) => own === kind).length);
    const moments = momentsOf(kinds.map((kind) => reward[kind]))!;
    const shares = counts.map((count) => count / n).filter((share) => share > 0);
    const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
    const squares = shares.reduce((sum, share) => sum + share * Math.log(share) ** 2, 0);
    return {
      round,
      reward: moments.mean,
      rewardVariance: moments.variance,
      entropy: estimate(entropy, Math.sqrt(Math.max(0, squares - entropy ** 2) / n)),
      realShare: 0,
    };
  };
  const rewards = [0, 0.5, 1, 1.5, 2];
  const even = rewards.map(() => 0.2);

  it('sees the limit of best-of-K curation, p ← p e^r / E[e^r] (Ferbach et al. 2024, Lemma 2.1), as its variance falls', () => {
    const rng = createRng('curated');
    let p: readonly number[] = even;
    const rounds = Array.from({ length: 6 }, (_, round) => {
      const made = sampled(round, p, rewards, rng);
      const grown = p.map((share, kind) => share * Math.exp(rewards[kind]));
      const sum = grown.reduce((total, share) => total + share, 0);
      p = grown.map((share) => share / sum);
      return made;
    });
    const changes = selfConsumingCollapse(rounds);
    expect(changes.at(-1)!.collapsing).toBe(true);
    expect(changes.at(-1)!.p!).toBeLessThan(1e-6);
    expect(changes.map(({ reward }) => reward)).toEqual(changes.map(({ reward }) => reward).toSorted());
  });

  it('rarely sees one where nothing changes', () => {
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      const rng = createRng(`same/${seed}`);
      const rounds = Array.from({ length: 4 }, (_, round) => sampled(round, even, rewards, rng));
      if (selfConsumingCollapse(rounds).some(({ collapsing }) => collapsing)) alarms++;
    }
    // .05 would be 10 of 200; three conditions at once make it far fewer.
    expect(alarms).toBeLessThanOrEqual(10);
  });
});
