import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSelfCorrection, mcNemar, selfCorrection, type PublishedCorrection } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';
import { hasPublished, published } from './published.ts';

/** One pair a problem: so many right-right, right-wrong, wrong-right, wrong-wrong. */
function pairs(counts: readonly [number, number, number, number], changed: boolean | null = null) {
  const kinds = [[true, true], [true, false], [false, true], [false, false]] as const; // prettier-ignore
  return counts
    .flatMap((count, kind) => Array.from({ length: count }, () => kinds[kind]))
    .map(([before, after], problem) => ({ problem, before, after, changed }));
}

describe('selfCorrection', () => {
  it('of 10 problems, worked by hand', () => {
    const found = selfCorrection(pairs([4, 1, 2, 3]))!;
    expect(found).toMatchObject({
      problems: 10,
      pairs: 10,
      accuracyT1: 0.5,
      accuracyT2: 0.6,
      delta: near(0.1),
      incorrectToCorrect: 0.2,
      correctToIncorrect: 0.1,
      fixRate: 0.4,
      changed: null,
      changedProblems: null,
    });
    // One of three differences points the other way: P(X ≤ 1 of 3) = ½, two-sided 1.
    expect(found.mcNemar!.p).toEqual(near(1));
  });

  it('of SCoRe’s base model on MATH500: 500 problems with the published shares give the published row, and McNemar’s test on the counts', () => {
    // Kumar et al. 2024, table 1: 52.6, 41.4, −11.2, 4.6, 15.8 in percent of 500.
    const found = selfCorrection(pairs([263 - 79, 79, 23, 500 - 263 - 23]))!;
    const percent = [
      found.accuracyT1,
      found.accuracyT2,
      found.delta,
      found.incorrectToCorrect,
      found.correctToIncorrect,
    ];
    expect(percent.map((value) => 100 * value)).toEqual(near([52.6, 41.4, -11.2, 4.6, 15.8], 10));
    expect(found.mcNemar).toEqual(mcNemar(23, 79));
    // Wilcoxon's test of differences of ±1 is the sign test, here by its normal approximation: z = 56 / √102.
    expect(found.shift.fell!).toBeCloseTo(1.47e-8, 9);
  });

  it('Δ = Δi→c − Δc→i whatever the pairs, problems with several chains included', () => {
    const revision = record({ problem: integer({ min: 0, max: 4 }), before: boolean(), after: boolean(), changed: constantFrom(true, false, null) }); // prettier-ignore
    assert(
      property(array(revision, { minLength: 1, maxLength: 30 }), (revisions) => {
        const found = selfCorrection(revisions)!;
        expect(found.delta).toEqual(near(found.incorrectToCorrect - found.correctToIncorrect));
        expect(found.delta).toEqual(near(found.accuracyT2 - found.accuracyT1));
        expect(found.incorrectToCorrect).toBeLessThanOrEqual(1 - found.accuracyT1 + 1e-12);
        expect(found.correctToIncorrect).toBeLessThanOrEqual(found.accuracyT1 + 1e-12);
        expect(selfCorrection(revisions.toReversed())!.delta).toEqual(near(found.delta));
      }),
    );
  });

  it('problems count alike, and McNemar is not for several chains of one', () => {
    const chains = [
      { problem: 'a', before: false, after: true, changed: true },
      { problem: 'a', before: false, after: true, changed: false },
      { problem: 'a', before: false, after: false, changed: false },
      { problem: 'b', before: true, after: false, changed: false },
    ];
    expect(selfCorrection(chains)).toMatchObject({
      problems: 2,
      accuracyT1: 0.5,
      incorrectToCorrect: near(1 / 3),
      correctToIncorrect: 0.5,
      changed: near(1 / 6),
      changedProblems: 1,
      mcNemar: null,
    });
  });

  it('has no fix rate where nothing was wrong, and nothing without pairs', () => {
    expect(selfCorrection(pairs([3, 1, 0, 0]))!.fixRate).toBeNull();
    expect(selfCorrection([])).toBeNull();
  });
});

describe('checkSelfCorrection', () => {
  const star = {
    accuracyT1: 55.4,
    accuracyT2: 41.2,
    delta: -14.2,
    incorrectToCorrect: 5.4,
    correctToIncorrect: 19.6,
  };

  it('SCoRe’s row of STaR fits, and its own lacks 5.8', () => {
    expect(checkSelfCorrection(star)).toMatchObject({ consistent: true, suspects: [], filled: [], problems: [] });
    const own = checkSelfCorrection({ accuracyT1: 60, accuracyT2: 64.4, delta: 4.4, correctToIncorrect: 1.4 });
    expect(own).toMatchObject({ consistent: true, filled: ['incorrectToCorrect'], problems: [] });
    expect(own.numbers.incorrectToCorrect).toBe(5.8);
  });

  it.skipIf(!hasPublished)('all rows of SCoRe’s tables fit', () => {
    const rows = published('score_tables.csv').map((row) => {
      const number = (cell: string | null) => (cell === null ? null : Number(cell));
      return {
        accuracyT1: number(row.acc_t1),
        accuracyT2: number(row.acc_t2),
        delta: number(row.delta_t1_t2),
        incorrectToCorrect: number(row.delta_i_to_c),
        correctToIncorrect: number(row.delta_c_to_i),
      };
    });
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map((row) => checkSelfCorrection(row).consistent)).toEqual(rows.map(() => true));
    const filled = rows.flatMap((row) => checkSelfCorrection(row).filled);
    expect(filled).toEqual(['incorrectToCorrect']);
  });

  it.each<[string, PublishedCorrection, string[]]>([
    ['Δ', { ...star, delta: -12.4 }, ['delta']],
    ['an accuracy', { ...star, accuracyT2: 44.2 }, ['accuracyT1', 'accuracyT2']],
    ['a share of changes', { ...star, correctToIncorrect: 16.9 }, ['incorrectToCorrect', 'correctToIncorrect']],
    [
      'Δ where the shares are not given',
      { accuracyT1: 60, accuracyT2: 64.4, delta: 4 },
      ['accuracyT1', 'accuracyT2', 'delta'],
    ],
  ])('a misprint of %s is found', (_, row, suspects) => {
    const check = checkSelfCorrection(row);
    expect(check.consistent).toBe(false);
    expect(check.suspects).toEqual(suspects);
    expect(check.problems.length).toBeGreaterThan(0);
    expect(check.filled).toEqual([]);
  });

  it('says what is off by how much', () => {
    expect(checkSelfCorrection({ ...star, delta: -12.4 }).problems).toEqual([
      'Δ = accuracy@t2 − accuracy@t1 is off by 1.8',
      'Δ = Δi→c − Δc→i is off by 1.8',
    ]);
  });

  it('what rounding explains is no misprint: three numbers may be off by 1.5 of the last digit', () => {
    expect(checkSelfCorrection({ ...star, delta: -14.1 }).consistent).toBe(true);
    expect(checkSelfCorrection({ ...star, delta: -14.0 }).consistent).toBe(false);
    expect(checkSelfCorrection({ ...star, delta: -14.1 }, 2).consistent).toBe(false);
  });

  it('shares larger than what they are a part of are refused', () => {
    const row = { accuracyT1: 10, accuracyT2: 5, delta: -5, incorrectToCorrect: 10, correctToIncorrect: 15 };
    expect(checkSelfCorrection(row)).toMatchObject({
      consistent: false,
      suspects: ['accuracyT1', 'correctToIncorrect'],
      problems: ['Δc→i is part of what was right, accuracy@t1, and larger'],
    });
    expect(checkSelfCorrection({ accuracyT1: 110 }).suspects).toEqual(['accuracyT1']);
  });

  it('of too few numbers nothing can be said', () => {
    expect(checkSelfCorrection({ accuracyT1: 50 })).toMatchObject({ consistent: null, filled: [], problems: [] });
    // Two follow one from the other: Δ, then Δi→c.
    const two = checkSelfCorrection({ accuracyT1: 60, accuracyT2: 64.4, correctToIncorrect: 1.4 });
    expect(two.filled).toEqual(['delta', 'incorrectToCorrect']);
    expect(two.numbers).toMatchObject({ delta: 4.4, incorrectToCorrect: 5.8 });
  });

  it('any true row, rounded, is consistent, and fills in any number that is left out', () => {
    const counts = integer({ min: 0, max: 400 });
    const names = ['accuracyT1', 'accuracyT2', 'delta', 'incorrectToCorrect', 'correctToIncorrect'] as const;
    assert(
      property(counts, counts, counts, counts, constantFrom(...names), (a, b, c, d, left) => {
        const n = a + b + c + d + 1;
        const round = (count: number): number => Number(((100 * count) / n).toFixed(1));
        const row = {
          accuracyT1: round(a + b),
          accuracyT2: round(a + c),
          delta: round(c - b),
          incorrectToCorrect: round(c),
          correctToIncorrect: round(b),
        };
        expect(checkSelfCorrection(row)).toMatchObject({ consistent: true, problems: [] });
        const filled = checkSelfCorrection({ ...row, [left]: null });
        expect(filled.filled).toEqual([left]);
        // Two numbers that are off by half a digit each, and the rounding of the result.
        expect(Math.abs(filled.numbers[left]! - row[left])).toBeLessThan(0.151);
      }),
    );
  });

  it('refuses what is no number', () => {
    expect(() => checkSelfCorrection({ delta: NaN })).toThrow(RangeError);
    expect(() => checkSelfCorrection(star, -1)).toThrow(RangeError);
  });
});
