import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemar } from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references } from './references.ts';

describe('mcNemar', () => {
  it.each(references.mcnemar)('is that of statsmodels: $b against $c', ({ b, c, exact, chiSquare, p }) => {
    expect(mcNemar(b, c).p).toEqual(near(exact, 11));
    const test = mcNemar(b, c, 'chi-square');
    expect([test.chiSquare, test.p]).toEqual(near([chiSquare, p]));
  });

  it('is symmetric', () => {
    const count = integer({ min: 0, max: 300 });
    assert(
      property(count, count, constantFrom('exact', 'chi-square'), (b, c, method) => {
        const test = mcNemar(b, c, method);
        expect(mcNemar(c, b, method)).toEqual(test);
        expect(test.p > 0 && test.p <= 1).toBe(true);
      }),
    );
  });

  it('has p = 1 where both are right equally often, no sample included', () => {
    for (const method of ['exact', 'chi-square'] as const)
      for (const n of [0, 1, 7]) expect(mcNemar(n, n, method)).toEqual({ chiSquare: 0, p: 1, method });
  });

  it('counts coins: 1 against 9 is 2 · 11 / 2¹⁰', () => {
    expect(mcNemar(1, 9).p).toEqual(near(22 / 1024, 15));
  });

  it('refuses NaN, negative and broken counts', () => {
    for (const count of [NaN, -1, 0.5]) {
      expect(() => mcNemar(count, 1)).toThrow(RangeError);
      expect(() => mcNemar(1, count)).toThrow(RangeError);
    }
  });
});
