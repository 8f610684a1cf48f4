import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mannWhitney,
  mcNemar,
  significanceWarning,
  smallestPossibleP,
  wilcoxonSignedRank,
} from '../../../metrics/index.ts';
import { near } from './near.ts';

const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('smallestPossibleP', () => {
  it('of five pairs is .0625, of six .03125 (scipy’s wilcoxon)', () => {
    expect([smallestPossibleP('wilcoxon', 5), smallestPossibleP('wilcoxon', 6)]).toEqual([0.0625, 0.03125]);
    expect(smallestPossibleP('wilcoxon', 5, 'greater')).toBe(0.03125);
  });

  it('is what the tests give for the clearest data', () => {
    const size = integer({ min: 1, max: 15 });
    assert(
      property(size, size, (n, m) => {
        expect(wilcoxonSignedRank(ramp(n))!.p).toEqual(near(smallestPossibleP('wilcoxon', n), 14));
        expect(mcNemar(n, 0).p).toEqual(near(smallestPossibleP('mcnemar', n), 14));
        const apart = mannWhitney(
          ramp(n),
          ramp(m).map((value) => value + 100),
          { alternative: 'less' },
        )!;
        expect(apart.p).toEqual(near(smallestPossibleP('mann-whitney', [n, m], 'less'), 14));
      }),
    );
  });

  it('of the Mann–Whitney test with 4 against 4 is 2 / 70, of Friedman’s with 3 data sets and 3 methods 1 / 36', () => {
    expect(smallestPossibleP('mann-whitney', 4)).toEqual(near(2 / 70, 15));
    expect(smallestPossibleP('friedman', [3, 3])).toEqual(near(1 / 36, 15));
  });

  it('is 1 without values', () => {
    for (const test of ['wilcoxon', 'mcnemar', 'mann-whitney', 'friedman'] as const)
      expect(smallestPossibleP(test, 0)).toBe(1);
    expect(smallestPossibleP('friedman', [1, 5])).toBe(1);
  });

  it('refuses sizes that are no counts', () => {
    expect(() => smallestPossibleP('wilcoxon', NaN)).toThrow(
      'the size of a Wilcoxon signed-rank test must be a whole number of at least 0, not NaN',
    );
    expect(() => smallestPossibleP('mann-whitney', [3, -1])).toThrow(RangeError);
  });
});

describe('significanceWarning', () => {
  it('says what is out of reach, and what it takes', () => {
    expect(significanceWarning('wilcoxon', 5)).toBe(
      '5 pairs that differ can never be significant at 0.05: the smallest possible two-sided p of a Wilcoxon signed-rank test is ' +
        '0.0625; it takes 6 pairs that differ or more',
    );
    expect(significanceWarning('mann-whitney', [3, 4], { alpha: 0.01 })).toBe(
      '3 values against 4 can never be significant at 0.01: the smallest possible two-sided p of a Mann–Whitney test is 0.05714; ' +
        'it takes 5 values against 5 or more',
    );
    expect(significanceWarning('friedman', [2, 3])).toBe(
      '2 data sets with 3 methods can never be significant at 0.05: the smallest possible p of a Friedman test is 0.1667; it takes ' +
        '3 data sets with 3 methods or more',
    );
  });

  it('counts the tests that are corrected for', () => {
    expect(significanceWarning('wilcoxon', 6)).toBeNull();
    expect(significanceWarning('wilcoxon', 6, { comparisons: 10 })).toBe(
      '6 pairs that differ can never be significant at 0.005 (0.05 over 10 comparisons): the smallest possible two-sided p of a ' +
        'Wilcoxon signed-rank test is 0.03125; it takes 9 pairs that differ or more',
    );
    expect(significanceWarning('mcnemar', 5, { alternative: 'less' })).toBeNull();
    expect(significanceWarning('friedman', [4, 1])).toBe(
      '4 data sets with 1 methods can never be significant at 0.05: the smallest possible p of a Friedman test is 1',
    );
  });

  it('is given just where the smallest p exceeds the level', () => {
    assert(
      property(integer({ min: 0, max: 20 }), integer({ min: 1, max: 20 }), (n, comparisons) => {
        const warning = significanceWarning('wilcoxon', n, { comparisons });
        expect(warning === null).toBe(smallestPossibleP('wilcoxon', n) <= 0.05 / comparisons);
      }),
    );
  });

  it('refuses impossible levels and no comparison', () => {
    expect(() => significanceWarning('wilcoxon', 5, { alpha: 5 })).toThrow(RangeError);
    expect(() => significanceWarning('wilcoxon', 5, { comparisons: 0 })).toThrow(RangeError);
  });
});
