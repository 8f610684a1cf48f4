import { array, assert, boolean, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  balanceScore,
  bestOfK,
  distinctEquations,
  passAtKS,
  rewardAtKS,
  uniqueCorrect,
  type Rewarded,
} from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';

/** `a!` is a right solution a, `a` a wrong one. */
const solutions = (text: string) => text.split(' ').map((word) => ({ solution: word[0], correct: word.endsWith('!') }));

describe('exploration', () => {
  // Of 4: two different right ones; the same right one twice; none right.
  const queries = [solutions('a! b! c d'), solutions('a! a! c c'), solutions('a b c d')];

  it('Pass@K-S is the share of queries with S different right solutions among the first K', () => {
    expect(queries.map(uniqueCorrect)).toEqual([2, 1, 0]);
    expect(passAtKS(queries, 4, 1)!.mean).toEqual(near(2 / 3));
    expect(passAtKS(queries, 4, 2)).toEqual({ mean: near(1 / 3), standardError: near(1 / 3), n: 3 });
    expect(passAtKS(queries, 4, 3)!.mean).toBe(0);
    expect(passAtKS(queries, 1, 1)!.mean).toEqual(near(2 / 3));
    expect(passAtKS(queries, 1, 2)!.mean).toBe(0);
  });

  it('is null with fewer than K samples of a query, and without queries', () => {
    expect(passAtKS([...queries, solutions('a!')], 4, 1)).toBeNull();
    expect(passAtKS([], 4, 1)).toBeNull();
    expect(() => passAtKS(queries, 0, 1)).toThrow(RangeError);
  });

  it('distinct equations are different right ones over all right ones, by query', () => {
    // 2 of 2, then 1 of 2: the same text of two queries is two solutions.
    expect(distinctEquations(queries)).toBe(0.75);
    expect(distinctEquations([solutions('a b')])).toBeNull();
  });
});

describe('exploitation', () => {
  /** `.9!` is right with reward .9. */
  const rewarded = (text: string): Rewarded[] =>
    text.split(' ').map((word) => ({ reward: Number.parseFloat(word), correct: word.endsWith('!') }));

  it('Best-of-K asks whether the sample of the highest reward is right, Reward@K-S whether the S highest are', () => {
    const query = rewarded('.1 .9! .5! .3');
    expect(bestOfK([query], 4)!.mean).toBe(1);
    expect([1, 2, 3, 4].map((s) => rewardAtKS([query], 4, s)!.mean)).toEqual([1, 1, 0, 0]);
    // Of the first sample alone.
    expect(bestOfK([query], 1)!.mean).toBe(0);
    expect(bestOfK([query, rewarded('.9 .1! .1! .1!')], 4)).toEqual({ mean: 0.5, standardError: 0.5, n: 2 });
  });

  it('ties are the chance of a random choice among them', () => {
    expect(bestOfK([rewarded('.9! .9 .9 .1!')], 4)!.mean).toEqual(near(1 / 3));
    // One place is .9's, the other one of three, two of them right.
    expect(rewardAtKS([rewarded('.9! .5! .5! .5')], 4, 2)!.mean).toEqual(near(2 / 3));
    // Two places of three: C(2,2)/C(3,2).
    expect(rewardAtKS([rewarded('.9! .5! .5! .5')], 4, 3)!.mean).toEqual(near(1 / 3));
  });

  it('is the share of choices that are all right, by enumeration, where all rewards tie', () => {
    for (let right = 0; right <= 5; right++)
      for (let s = 1; s <= 5; s++) {
        const query = Array.from({ length: 5 }, (_, i) => ({ correct: i < right, reward: 1 }));
        let [hits, all] = [0, 0];
        for (let subset = 0; subset < 32; subset++) {
          const chosen = [...Array(5).keys()].filter((i) => (subset >> i) % 2 === 1);
          if (chosen.length !== s) continue;
          all++;
          if (chosen.every((i) => i < right)) hits++;
        }
        expect(rewardAtKS([query], 5, s)!.mean).toEqual(near(hits / all));
      }
  });

  it('is null where it is undefined, and refuses unknown rewards', () => {
    expect(rewardAtKS([rewarded('.9! .1')], 3, 1)).toBeNull();
    expect(rewardAtKS([rewarded('.9! .1')], 2, 3)).toBeNull();
    expect(rewardAtKS([], 2, 1)).toBeNull();
    expect(() => bestOfK([[{ correct: true, reward: NaN }]], 1)).toThrow(RangeError);
  });

  it('does not depend on the order of samples or queries, and falls with S', () => {
    const query = array(record({ correct: boolean(), reward: integer({ min: 0, max: 3 }) }), {
      minLength: 4,
      maxLength: 4,
    });
    assert(
      property(array(query, { minLength: 1, maxLength: 4 }), (queries) => {
        const values = [1, 2, 3, 4].map((s) => rewardAtKS(queries, 4, s)!.mean!);
        const turned = queries.map((own) => own.toReversed()).toReversed();
        expect([1, 2, 3, 4].map((s) => rewardAtKS(turned, 4, s)!.mean!)).toEqual(near(values));
        for (const [i, value] of values.entries()) {
          expect(value >= 0 && value <= 1).toBe(true);
          expect(value).toBeLessThanOrEqual((values[i - 1] ?? 1) + 1e-12);
        }
      }),
    );
  });
});

describe('the balance score', () => {
  // Worked by hand from bs = min(n′/n*, 1) · n′/n of B-STaR, section 3, with n* = 8.
  it.each([
    [8, 8, 1],
    [16, 8, 0.5],
    [16, 16, 1],
    [4, 4, 0.5],
    [8, 4, 0.25],
    [10, 1, 0.0125],
    [5, 0, 0],
    [0, 0, 0],
  ])('of %i selected, %i of them right and different, is %d', (selected, correct, score) => {
    expect(balanceScore([{ selected, uniqueCorrect: correct }], 8)!.mean).toEqual(near(score));
  });

  it('is the mean over queries', () => {
    const queries = [
      { selected: 8, uniqueCorrect: 8 },
      { selected: 8, uniqueCorrect: 4 },
    ];
    expect(balanceScore(queries, 8)).toEqual({ mean: 0.625, standardError: near(0.375), n: 2 });
    // Fewer wanted: (1 + ½) / 2.
    expect(balanceScore(queries, 2)!.mean).toBe(0.75);
    expect(balanceScore([], 8)).toBeNull();
  });

  it('refuses impossible counts', () => {
    expect(() => balanceScore([{ selected: 1, uniqueCorrect: 2 }], 8)).toThrow(
      '2 different right samples cannot be among 1 selected',
    );
    expect(() => balanceScore([{ selected: 1, uniqueCorrect: 1 }], 0)).toThrow(RangeError);
  });
});
