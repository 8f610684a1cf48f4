import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bonferroniDunnDifference,
  friedman,
  imanDavenport,
  nemenyiDifference,
  nemenyiP,
  rankGroups,
} from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references } from './references.ts';

it.each(references.friedman)('friedman and nemenyiP are those of scipy and scikit-posthocs: $scores', (reference) => {
  const { scores, nemenyi } = reference;
  const test = friedman(scores)!;
  expect(test.averageRanks).toEqual(near(reference.averageRanks, 13));
  expect([test.tieCorrected!.chiSquare, test.tieCorrected!.p]).toEqual(near([reference.chiSquare, reference.p]));
  nemenyi.forEach((row, i) =>
    row.forEach((p, j) => {
      const difference = test.averageRanks[i] - test.averageRanks[j];
      expect(nemenyiP(difference, row.length, scores.length)).toEqual(near(p, 8));
    }),
  );
});

describe('friedman', () => {
  const table = array(array(integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 }), {
    minLength: 2,
    maxLength: 8,
  });

  it('has ranks that average to (k + 1) / 2, and a χ² from 0 to N (k − 1) that the sign and the order of rows leave alone', () => {
    assert(
      property(table, (scores) => {
        const test = friedman(scores)!;
        expect(test.averageRanks.reduce((sum, rank) => sum + rank, 0) / 4).toEqual(near(2.5));
        expect(test.chiSquare).toBeGreaterThanOrEqual(0);
        expect(test.chiSquare).toBeLessThanOrEqual(scores.length * 3 + 1e-9);
        expect(friedman(scores.toReversed())!.chiSquare).toEqual(near(test.chiSquare));
        const lower = friedman(scores, 'lower')!;
        expect(lower.chiSquare).toEqual(near(test.chiSquare));
        expect(lower.averageRanks).toEqual(near(test.averageRanks.map((rank) => 5 - rank)));
        expect(test.tieCorrected?.chiSquare ?? Infinity).toBeGreaterThanOrEqual(test.chiSquare - 1e-12);
      }),
    );
  });

  it('where all data sets agree has the largest χ², and F = ∞', () => {
    for (const [n, k] of [
      [2, 2],
      [3, 3],
      [7, 5],
      [10, 7],
    ]) {
      const scores = Array.from({ length: n }, () => Array.from({ length: k }, (_, j) => j));
      const { chiSquare, averageRanks, imanDavenport: f } = friedman(scores)!;
      expect(chiSquare).toEqual(near(n * (k - 1)));
      expect(averageRanks).toEqual(Array.from({ length: k }, (_, j) => k - j));
      expect([f.f, f.p]).toEqual([Infinity, 0]);
    }
  });

  it('where all methods are equal has χ² = 0, p = 1, and no correction for ties', () => {
    const test = friedman([
      [1, 1, 1],
      [2, 2, 2],
    ])!;
    expect(test).toMatchObject({ chiSquare: 0, p: 1, tieCorrected: null, averageRanks: [2, 2, 2] });
    expect(test.imanDavenport).toEqual({ f: 0, degreesOfFreedom: [2, 2], p: 1 });
  });

  it('is null for one data set or one method, and refuses ragged tables and NaN', () => {
    expect([friedman([]), friedman([[1, 2]]), friedman([[1], [2]])]).toEqual([null, null, null]);
    expect(() => friedman([[1, 2], [1]])).toThrow('scores[1] has 1 values, scores[0] has 2');
    expect(() =>
      friedman([
        [1, 2],
        [1, NaN],
      ]),
    ).toThrow('scores[1][1] is NaN');
  });
});

describe('imanDavenport', () => {
  it('refuses an impossible χ²', () => {
    expect(() => imanDavenport(29, 14, 3)).toThrow(
      'a χ² of 29 is impossible for 14 data sets and 3 methods (allowed: 0 to 28)',
    );
    expect(() => imanDavenport(NaN, 14, 3)).toThrow(RangeError);
    expect(() => imanDavenport(0, 1, 3)).toThrow(RangeError);
  });
});

describe('nemenyiDifference', () => {
  it('is where nemenyiP crosses α, for more methods than tables have', () => {
    for (const k of [2, 5, 11, 40])
      for (const alpha of [0.01, 0.05, 0.1])
        expect(nemenyiP(-nemenyiDifference(k, 9, alpha), k, 9)).toEqual(near(alpha));
    expect(nemenyiP(0, 4, 9)).toBe(1);
  });

  it('shrinks with √N and is above Bonferroni–Dunn’s, which compares fewer pairs', () => {
    expect(nemenyiDifference(6, 5) / nemenyiDifference(6, 20)).toEqual(near(2));
    expect(nemenyiDifference(2, 8)).toEqual(near(bonferroniDunnDifference(2, 8)));
    for (const k of [3, 7, 10]) expect(nemenyiDifference(k, 8)).toBeGreaterThan(bonferroniDunnDifference(k, 8));
  });

  it('refuses one method, no data set and α = 5', () => {
    expect(() => nemenyiDifference(1, 5)).toThrow('the number of methods must be a whole number of at least 2, not 1');
    expect(() => nemenyiDifference(3, 0)).toThrow(RangeError);
    expect(() => nemenyiDifference(3, 5, 5)).toThrow(RangeError);
    expect(() => bonferroniDunnDifference(1, 5)).toThrow(RangeError);
    expect(() => bonferroniDunnDifference(3, 5, NaN)).toThrow(RangeError);
    expect(() => nemenyiP(NaN, 3, 5)).toThrow(RangeError);
  });
});

describe('rankGroups', () => {
  it('joins Demšar’s four methods but for the outer two, worked by hand', () => {
    // Ranks 1.964, 2.000, 2.893, 3.143 in order 3, 1, 2, 0: the first and the last lie 1.179 apart.
    const ranks = [3.143, 2, 2.893, 1.964];
    expect(rankGroups(ranks, 1.25)).toEqual([[3, 1, 2, 0]]);
    expect(rankGroups(ranks, 1.15)).toEqual([
      [3, 1, 2],
      [1, 2, 0],
    ]);
    expect(rankGroups(ranks, 0.3)).toEqual([
      [3, 1],
      [2, 0],
    ]);
    expect(rankGroups(ranks, 0.01)).toEqual([]);
    expect(rankGroups([], 1)).toEqual([]);
  });

  it('joins two methods just where their ranks differ by less than the critical difference', () => {
    const ranks = array(
      integer({ min: 2, max: 12 }).map((half) => half / 2),
      { minLength: 2, maxLength: 7 },
    );
    assert(
      property(ranks, integer({ min: 1, max: 9 }), (values, thirds) => {
        const groups = rankGroups(values, thirds / 3);
        for (let i = 0; i < values.length; i++)
          for (let j = 0; j < i; j++)
            expect(groups.some((group) => group.includes(i) && group.includes(j))).toBe(
              Math.abs(values[i] - values[j]) < thirds / 3,
            );
        // None lies inside another.
        groups.forEach((group, g) =>
          groups.forEach((other, o) => expect(g !== o && group.every((method) => other.includes(method))).toBe(false)),
        );
      }),
    );
  });

  it('refuses NaN and a critical difference of 0', () => {
    expect(() => rankGroups([1, NaN], 1)).toThrow(RangeError);
    expect(() => rankGroups([1, 2], 0)).toThrow('a critical difference must be above 0, not 0');
  });
});

it('Friedman’s test of two methods is a sign test: χ² = (wins − losses)² / N', () => {
  const scores = [3, 1, -2, 5, 4, 1, -1, 6].map((difference) => [difference, 0]);
  expect(friedman(scores)!.chiSquare).toEqual(near((6 - 2) ** 2 / 8, 13));
});
