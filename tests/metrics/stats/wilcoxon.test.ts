import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedDifferences, rankBiserial, wilcoxonSignedRank } from '../../../metrics/index.ts';
import { near } from './near.ts';
import { references, sides } from './references.ts';

describe.each(references.wilcoxon)('wilcoxonSignedRank of $differences with zeros by $zeros', (reference) => {
  const { differences, zeros } = reference;

  it('has scipy’s W₊', () => {
    expect(wilcoxonSignedRank(differences, { zeros })!.wPlus).toBe(reference.wPlus);
  });

  it.each(sides)('has scipy’s p by the normal approximation, %s', (alternative) => {
    const options = { zeros, alternative, method: 'normal' } as const;
    expect(wilcoxonSignedRank(differences, options)!.p).toEqual(near(reference.normal[alternative]));
    expect(wilcoxonSignedRank(differences, { ...options, continuity: true })!.p).toEqual(
      near(reference.continuity[alternative]),
    );
  });
});

const exactly = references.wilcoxon.flatMap(({ exact, ...reference }) => (exact ? [{ exact, ...reference }] : []));

it.each(exactly)('has scipy’s exact p of $differences with zeros by $zeros', ({ differences, zeros, exact }) => {
  for (const alternative of sides)
    expect(wilcoxonSignedRank(differences, { zeros, alternative, method: 'exact' })!.p).toEqual(
      near(exact[alternative], 13),
    );
});

/** W₊ over all 2ⁿ signs of ranks 1 … n, counted one by one. */
function bruteForce(n: number, least: number): number {
  let hits = 0;
  for (let signs = 0; signs < 2 ** n; signs++) {
    let sum = 0;
    for (let rank = 1; rank <= n; rank++) if (signs & (1 << (rank - 1))) sum += rank;
    if (sum >= least) hits++;
  }
  return hits / 2 ** n;
}

describe('wilcoxonSignedRank', () => {
  const options = { zeros: constantFrom('wilcox', 'pratt', 'zsplit') } as const;
  const sample = array(integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 30 });

  it('counts all signs: n = 10 without ties', () => {
    const differences = [1, -2, 3, 4, -5, 6, 7, 8, 9, 10];
    const { wPlus, p } = wilcoxonSignedRank(differences, { alternative: 'greater' })!;
    expect(p).toBe(bruteForce(10, wPlus));
  });

  it('only changes sides when all signs flip', () => {
    assert(
      property(sample, options.zeros, constantFrom('exact', 'normal'), (differences, zeros, method) => {
        const flipped = differences.map((value) => -value);
        const [a, b] = [differences, flipped].map((values) => wilcoxonSignedRank(values, { zeros, method })!);
        expect([b.wPlus, b.wMinus, b.n]).toEqual([a.wMinus, a.wPlus, a.n]);
        expect(b.p).toEqual(near(a.p));
        const greater = wilcoxonSignedRank(differences, { zeros, method, alternative: 'greater' })!;
        const less = wilcoxonSignedRank(flipped, { zeros, method, alternative: 'less' })!;
        expect(greater.p).toEqual(near(less.p));
      }),
    );
  });

  it('shares all ranks among both sides, and never has a p below that of n pairs with one sign', () => {
    assert(
      property(sample, options.zeros, (differences, zeros) => {
        const { wPlus, wMinus, n, p } = wilcoxonSignedRank(differences, { zeros })!;
        const total = (count: number): number => (count * (count + 1)) / 2;
        const ranked = {
          wilcox: total(n),
          pratt: total(differences.length) - total(differences.length - n),
          zsplit: total(differences.length),
        };
        expect(wPlus + wMinus).toBe(ranked[zeros]);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBeGreaterThanOrEqual(Math.min(1, 2 ** (1 - n)) * (1 - 1e-12));
      }),
    );
  });

  it('is exact up to 50 differences other than zero', () => {
    const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => (i % 3 === 0 ? -1 : 1) * (i + 1));
    expect(wilcoxonSignedRank([...ramp(50), 0, 0])!.method).toBe('exact');
    expect(wilcoxonSignedRank(ramp(51))!.method).toBe('normal');
    const exact = wilcoxonSignedRank(ramp(51), { method: 'exact' })!.p;
    expect(wilcoxonSignedRank(ramp(51))!.p).toEqual(near(exact, 2));
  });

  it('of five pairs that tie does not claim significance, as the normal approximation would', () => {
    const five = [1, 1, 1, 1, 1];
    expect(wilcoxonSignedRank(five)!.p).toBe(0.0625);
    // W₊ = 15, mean 7.5, variance 5 · 9 / 4 = 11.25: z = √5.
    expect(wilcoxonSignedRank(five, { method: 'normal' })!.p).toEqual(near(0.025347318677468));
  });

  it('is null without pairs, and p = 1 where no pair differs', () => {
    expect(wilcoxonSignedRank([])).toBeNull();
    for (const method of ['exact', 'normal'] as const)
      for (const zeros of ['wilcox', 'pratt'] as const)
        expect(wilcoxonSignedRank([0, 0, -0], { zeros, method })).toMatchObject({ wPlus: 0, wMinus: 0, n: 0, p: 1 });
    expect(wilcoxonSignedRank([0.3])!.p).toBe(1);
  });

  it('refuses NaN and infinities', () => {
    expect(() => wilcoxonSignedRank([1, NaN])).toThrow('differences[1] is NaN: statistics need finite numbers');
    expect(() => wilcoxonSignedRank([Infinity])).toThrow(RangeError);
  });
});

describe('pairedDifferences', () => {
  it('ties what is equal on paper once rounded', () => {
    const [first, second] = [
      [0.62, 0.57],
      [0.6, 0.55],
    ];
    const raw = pairedDifferences(first, second);
    expect(raw[0]).not.toBe(raw[1]);
    expect(pairedDifferences(first, second, 4)).toEqual([0.02, 0.02]);
  });

  it('refuses samples of different lengths and NaN', () => {
    expect(() => pairedDifferences([1, 2], [1])).toThrow('pairs need samples of one length, not 2 and 1 values');
    expect(() => pairedDifferences([1, 2], [1, NaN])).toThrow('second[1] is NaN');
  });
});

describe('rankBiserial', () => {
  it.each(references.paired)('is that of pingouin: $differences', ({ differences, rankBiserial: expected }) => {
    expect(rankBiserial(differences)!).toEqual(near(expected));
  });

  it('is 1 if all differences are positive, changes sign with them, and is null without any', () => {
    expect(rankBiserial([1, 2, 2, 0])).toBe(1);
    expect(rankBiserial([])).toBeNull();
    expect(rankBiserial([0, 0])).toBeNull();
    assert(
      property(array(integer({ min: -9, max: 9 }), { minLength: 1 }), (differences) => {
        const value = rankBiserial(differences) ?? 0;
        expect(Math.abs(value)).toBeLessThanOrEqual(1);
        expect((rankBiserial(differences.map((difference) => -difference)) ?? 0) + value).toBe(0);
      }),
    );
  });
});
