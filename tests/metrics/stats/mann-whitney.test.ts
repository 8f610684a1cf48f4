import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffsDelta, mannWhitney, smallestPossibleP } from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references, sides } from './references.ts';

describe.each(references.mannWhitney)('mannWhitney of $first and $second', (reference) => {
  const { first, second } = reference;

  it('has scipy’s U₁, and pingouin’s rank-biserial correlation is Cliff’s delta', () => {
    expect(mannWhitney(first, second)!.u1).toBe(reference.u1);
    expect(cliffsDelta(first, second)!).toEqual(near(reference.rankBiserial, 14));
  });

  it.each(sides)('has scipy’s p by the normal approximation, %s', (alternative) => {
    const options = { alternative, method: 'normal' } as const;
    expect(mannWhitney(first, second, options)!.p).toEqual(near(reference.continuity[alternative]));
    expect(mannWhitney(first, second, { ...options, continuity: false })!.p).toEqual(
      near(reference.normal[alternative]),
    );
  });
});

const exactly = references.mannWhitney.flatMap(({ exact, ...reference }) => (exact ? [{ exact, ...reference }] : []));

it.each(exactly)(
  'has scipy’s exact p of $first and $second, over all choices where there are ties',
  ({ first, second, exact }) => {
    for (const alternative of sides) {
      const { p, method } = mannWhitney(first, second, { alternative })!;
      expect(method).toBe('exact');
      expect(p).toEqual(near(exact[alternative], 13));
    }
  },
);

describe('mannWhitney', () => {
  const sample = array(integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 });

  it('counts every pair once: U₁ + U₂ = n₁ n₂, and changes sides with the samples', () => {
    assert(
      property(sample, sample, constantFrom('exact', 'normal'), (first, second, method) => {
        const a = mannWhitney(first, second, { method })!;
        const b = mannWhitney(second, first, { method })!;
        const pairs: number[] = first.flatMap((x) => second.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        expect(a.u1).toBe(pairs.reduce((sum, share) => sum + share, 0));
        expect(a.u1 + a.u2).toBe(first.length * second.length);
        expect([b.u1, b.u2]).toEqual([a.u2, a.u1]);
        expect(b.p).toEqual(near(a.p));
      }),
    );
  });

  it('never has an exact p below the smallest possible', () => {
    assert(
      property(sample, sample, (first, second) => {
        const { p } = mannWhitney(first, second)!;
        const least = smallestPossibleP('mann-whitney', [first.length, second.length]);
        expect(p).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is exact up to 50 values, and then near the exact p', () => {
    const [first, second] = [25, 26].map((n, j) =>
      Array.from({ length: n }, (_, i) => ((i * 37) % 101) + 6 * j + j / 2),
    );
    expect(mannWhitney(first, second.slice(1))!.method).toBe('exact');
    const { p, method } = mannWhitney(first, second)!;
    expect(method).toBe('normal');
    expect(p).toEqual(near(mannWhitney(first, second, { method: 'exact' })!.p, 2));
  });

  it('of three against three that tie does not claim significance, as the normal approximation would', () => {
    const [first, second] = [
      [1, 1, 1],
      [2, 2, 2],
    ];
    expect(mannWhitney(first, second)!.p).toBeCloseTo(0.1, 14);
    // Distance 4.5 − .5, variance 9/12 (7 − 48/30) = 4.05.
    expect(mannWhitney(first, second, { method: 'normal' })!.p).toEqual(near(0.046854177603874));
  });

  it('is null without values, and p = 1 where all are equal', () => {
    expect(mannWhitney([], [1])).toBeNull();
    expect(mannWhitney([1], [])).toBeNull();
    for (const method of ['exact', 'normal'] as const)
      expect(mannWhitney([2, 2], [2, 2, 2], { method })).toMatchObject({ u1: 3, u2: 3, p: 1 });
    expect(mannWhitney([1], [2])!.p).toBe(1);
  });

  it('refuses NaN', () => {
    expect(() => mannWhitney([1], [NaN])).toThrow('second[0] is NaN: statistics need finite numbers');
  });
});

describe('cliffsDelta', () => {
  it('is ±1 where nothing overlaps, 0 for equal samples, null for an empty one', () => {
    expect([cliffsDelta([3, 4], [1, 2]), cliffsDelta([1], [2]), cliffsDelta([1, 2], [2, 1])]).toEqual([1, -1, 0]);
    expect([cliffsDelta([], [1]), cliffsDelta([1], [])]).toEqual([null, null]);
    expect(() => cliffsDelta([NaN], [1])).toThrow(RangeError);
  });
});
