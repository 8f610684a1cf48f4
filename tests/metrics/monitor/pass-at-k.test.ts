import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { meanPassAtK, passAtK } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';

/** C(n, k) of whole numbers without rounding. */
function choose(n: number, k: number): bigint {
  if (k > n) return 0n;
  let result = 1n;
  for (let i = 1n; i <= BigInt(k); i++) result = (result * (BigInt(n) - BigInt(k) + i)) / i;
  return result;
}

/** A fraction of big numbers as a double, to 1e-20. */
function ratio(a: bigint, b: bigint): number {
  const scale = 10n ** 40n;
  return Number((a * scale) / b) / 1e40;
}

const exact = (n: number, c: number, k: number): number => ratio(choose(n, k) - choose(n - c, k), choose(n, k));

/** n ≥ 1, c ≤ n, k ≤ n. */
const counts = integer({ min: 1, max: 120 }).chain((n) =>
  tuple(integer({ min: n, max: n }), integer({ min: 0, max: n }), integer({ min: 1, max: n })),
);

describe('passAtK', () => {
  // scipy 1.10.1, of tests/metrics/stats/golden.ts's source.
  it.each([
    [10, 3, 1, 0.3],
    [10, 3, 5, 0.9166666666666666],
    [200, 7, 10, 0.3055988116177335],
    [200, 7, 100, 0.9929911172418123],
    [5, 0, 3, 0],
    [5, 5, 3, 1],
    [5, 3, 3, 1],
  ])('of n = %i, c = %i, k = %i is %d', (n, c, k, value) => {
    expect(passAtK(n, c, k)).toEqual(near(value));
  });

  it.skipIf(!existsSync(join(packageRoot, '../shared/logs/stats_golden.json')))('is what the golden file has', () => {
    const golden = JSON.parse(readFileSync(join(packageRoot, '../shared/logs/stats_golden.json'), 'utf8')) as {
      pass_at_k: { n: number; c: number; k: number; value: number }[];
    };
    expect(golden.pass_at_k.length).toBeGreaterThan(5);
    for (const { n, c, k, value } of golden.pass_at_k) expect(passAtK(n, c, k)).toEqual(near(value));
  });

  it('is 1 − C(n−c, k) / C(n, k) in whole numbers', () => {
    assert(
      property(counts, ([n, c, k]) => {
        expect(passAtK(n, c, k)).toEqual(near(exact(n, c, k), 13));
      }),
    );
    for (const [n, c, k] of [
      [3000, 5, 1000],
      [3000, 1000, 5],
      [2000, 1, 1],
      [2000, 700, 300],
    ] as const)
      // prettier-ignore
      expect(passAtK(n, c, k)).toEqual(near(exact(n, c, k), 13));
  });

  it('is the share of subsets of k answers with a right one', () => {
    for (let n = 1; n <= 8; n++)
      for (let c = 0; c <= n; c++)
        for (let k = 1; k <= n; k++) {
          let [hits, all] = [0, 0];
          for (let subset = 0; subset < 2 ** n; subset++) {
            if (subset.toString(2).replaceAll('0', '').length !== k) continue;
            all++;
            // The right answers are the last c bits.
            if (subset % 2 ** c > 0) hits++;
          }
          expect(passAtK(n, c, k)).toEqual(near(hits / all));
        }
  });

  it('is a share that grows with c and k, c/n for k = 1, and 1 for k = n as soon as one is right', () => {
    assert(
      property(counts, ([n, c, k]) => {
        const value = passAtK(n, c, k)!;
        expect(value >= 0 && value <= 1).toBe(true);
        expect(passAtK(n, Math.min(n, c + 1), k)!).toBeGreaterThanOrEqual(value);
        expect(passAtK(n, c, Math.min(n, k + 1))!).toBeGreaterThanOrEqual(value);
        expect(passAtK(n, c, 1)).toEqual(near(c / n));
        expect(passAtK(n, c, n)).toBe(c > 0 ? 1 : 0);
        expect(passAtK(n, c, n + 1)).toBeNull();
      }),
    );
  });

  it('is stable for a million answers', () => {
    // One right: k/n. Two right: 1 − (n−k)(n−k−1) / (n(n−1)).
    expect(passAtK(1e6, 1, 1)! / 1e-6).toEqual(near(1));
    expect(passAtK(1e6, 1, 123_456)).toEqual(near(0.123456));
    const [n, k] = [1_000_000n, 400_000n];
    expect(passAtK(1e6, 2, 4e5)).toEqual(near(1 - ratio((n - k) * (n - k - 1n), n * (n - 1n))));
    expect(passAtK(1e6, 500_000, 400_000)).toBe(1);
    // 1 − Π (1 − 1000/i) over the last 1000: near 1 − e^−1, whose next terms are of order 1/1000.
    expect(passAtK(1e6, 1000, 1000)!).toBeCloseTo(1 - Math.exp(-1), 2);
    expect(passAtK(1e6, 1000, 1000)).toEqual(near(exact(1e6, 1000, 1000), 11));
  });

  it('refuses what is no count', () => {
    for (const [n, c, k] of [
      [5, 6, 1],
      [-1, 0, 1],
      [5, 1, 0],
      [5, 1.5, 1],
      [5, NaN, 1],
      [Infinity, 1, 1],
    ] as const)
      // prettier-ignore
      expect(() => passAtK(n, c, k)).toThrow(RangeError);
  });
});

describe('meanPassAtK', () => {
  it('is the mean over problems with its standard error, in any order', () => {
    // 0 and 1 − C(2,2)/C(4,2) = 5/6: mean 5/12, and for two values half of their distance is the error.
    expect(meanPassAtK([{ n: 4, c: 0 }, { n: 4, c: 2 }], 2)).toEqual({ mean: near(5 / 12), standardError: near(5 / 12), n: 2 }); // prettier-ignore
    const problems = [{ n: 9, c: 1 }, { n: 7, c: 3 }, { n: 20, c: 0 }, { n: 8, c: 8 }]; // prettier-ignore
    const { mean, standardError } = meanPassAtK(problems, 5)!;
    expect(meanPassAtK(problems.toReversed(), 5)).toEqual({
      mean: near(mean!),
      standardError: near(standardError!),
      n: 4,
    });
  });

  it('is null where a problem has too few answers, and has no error for one problem', () => {
    expect(meanPassAtK([{ n: 4, c: 0 }, { n: 3, c: 3 }], 4)).toBeNull(); // prettier-ignore
    expect(meanPassAtK([{ n: 4, c: 1 }], 4)).toEqual({ mean: 1, standardError: null, n: 1 });
  });
});
