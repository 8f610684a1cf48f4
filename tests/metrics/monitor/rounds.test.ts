import { describe, expect, it } from 'vitest';
import type { EvaluationLog } from '../../../logs/index.ts';
import { expectedLargest, spreadErrorOf, roundGains, roundTransfer } from '../../../metrics/index.ts';
import { near } from '../stats/near.ts';
import { hasPublished, published } from './published.ts';

function logOf(
  values: Readonly<Record<string, readonly number[]>>,
  more: { error?: number; counts?: readonly number[]; higherIsBetter?: boolean } = {},
): EvaluationLog {
  const tasks = Object.keys(values);
  const rows = values[tasks[0]].length;
  return {
    measure: 'pass@1',
    higherIsBetter: more.higherIsBetter ?? true,
    tasks,
    steps: Float64Array.from({ length: rows }, (_, i) => i),
    trainingTask: new Int32Array(rows).fill(-1),
    values: tasks.map((task) => Float64Array.from(values[task])),
    ...(more.error !== undefined && { standardErrors: tasks.map(() => new Float64Array(rows).fill(more.error!)) }),
    ...(more.counts && { counts: more.counts.map((n) => new Float64Array(rows).fill(n)) }),
  };
}

describe('expectedLargest', () => {
  // Tippett 1925, table of the mean of the largest of m normal numbers; 1/√π and 3/(2√π) in closed form.
  it.each([
    [1, 0],
    [2, 1 / Math.sqrt(Math.PI)],
    [3, 1.5 / Math.sqrt(Math.PI)],
    [5, 1.16296447],
    [10, 1.53875273],
    [100, 2.50759],
  ])('of %i is %d', (m, value) => {
    // prettier-ignore
    expect(expectedLargest(m)).toBeCloseTo(value, m < 4 ? 10 : m < 100 ? 7 : 4);
  });
  it('refuses what is no count', () => {
    expect(() => expectedLargest(0)).toThrow(RangeError);
  });
});

describe('roundGains', () => {
  it('is the difference to the round before, with its error, and saturated below two of them', () => {
    const gains = roundGains(logOf({ a: [0.5, 0.6, NaN, 0.64, 0.6] }, { error: 0.02 }));
    expect(gains.map(({ round, previousRound, gain }) => [round, previousRound, gain])).toEqual([
      [1, 0, near(0.1)],
      [3, 1, near(0.04)],
      [4, 3, near(-0.04)],
    ]);
    for (const { standardError } of gains) expect(standardError).toEqual(near(0.02 * Math.SQRT2));
    // Two errors are .0566.
    expect(gains.map(({ saturated }) => saturated)).toEqual([false, true, true]);
  });

  it('of Iterative RPO on GSM8K (55.6, 73.1, 78.0, 81.1, 81.6 of 1319 problems) is saturated in the last round alone', () => {
    const gains = roundGains(logOf({ gsm8k: [0.556, 0.731, 0.78, 0.811, 0.816] }, { counts: [1319] }));
    // Binomial errors near .0107 each: two errors of a difference are .031 at the third round, where the gain is .031.
    expect(gains.map(({ saturated }) => saturated)).toEqual([false, false, true, true]);
    expect(gains[3].standardError!).toBeCloseTo(Math.sqrt((0.811 * 0.189 + 0.816 * 0.184) / 1319), 4);
  });

  it('without errors nothing is known of saturation, and a loss gains by falling', () => {
    expect(roundGains(logOf({ a: [2, 1.5] }, { higherIsBetter: false }))).toEqual([
      { task: 'a', taskIndex: 0, round: 1, previousRound: 0, gain: 0.5, standardError: null, paired: false, saturated: null }, // prettier-ignore
    ]);
  });
});

describe('paired items', () => {
  const items = (...rows: (readonly number[] | null)[]) => ({
    scores: (_: number, row: number) => rows[row] && new Map(rows[row].map((score, i) => [`q${i}`, score])),
  });

  it('their error is that of the mean difference', () => {
    const error = spreadErrorOf(items([1, 0, 0, 1], [1, 1, 0, 1]));
    // Differences 0, 1, 0, 0: s = ½, over √4.
    expect(error(0, 0, 1)).toEqual(near(0.25));
    expect(error(0, 1, 0)).toEqual(near(0.25));
    const [gain] = roundGains(logOf({ a: [0.5, 0.75] }, { error: 0.3 }), { pairedError: error });
    expect(gain).toMatchObject({ paired: true, standardError: near(0.25), saturated: true });
  });

  it.each([
    ['other items', items([1, 0], [1, 0, 1])],
    ['one item', items([1], [0])],
    ['unknown items', items([1, 0], null)],
    ['equal differences', items([0, 0], [1, 1])],
  ])('of %s tell nothing, and the values’ own errors count', (_, own) => {
    const [gain] = roundGains(logOf({ a: [0.5, 0.75] }, { error: 0.3 }), { pairedError: spreadErrorOf(own) });
    expect(gain).toMatchObject({ paired: false, standardError: near(0.3 * Math.SQRT2) });
  });
});

describe('roundTransfer', () => {
  it('compares with the best, the previous and the first round', () => {
    const [second, third] = roundTransfer(logOf({ a: [0.6, 0.65, 0.58] }, { error: 0.02 }));
    expect(second.best).toMatchObject({ round: 0, difference: near(0.05), among: 1, selectionBias: 0 });
    expect(third.best).toMatchObject({ round: 1, difference: near(-0.07), z: near(-0.07 / (0.02 * Math.SQRT2)), among: 2 }); // prettier-ignore
    expect(third.best.selectionBias).toEqual(near(0.02 / Math.sqrt(Math.PI), 9));
    expect(third.previous).toMatchObject({ round: 1, difference: near(-0.07) });
    expect(third.base).toMatchObject({ round: 0, difference: near(-0.02) });
    // One comparison: P(Z > 2.4749) = .00666 (normal tables). Two make it more, but less than twice as much.
    expect(third.previous.p).toBeCloseTo(0.00666, 5);
    expect(third.best.p!).toBeGreaterThan(third.previous.p!);
    expect(third.best.p!).toBeLessThan(2 * third.previous.p!);
  });

  it('Holm adjusts over the benchmarks of a round', () => {
    const one = roundTransfer(logOf({ a: [0.6, 0.54] }, { error: 0.02 }));
    const two = roundTransfer(logOf({ a: [0.6, 0.54], b: [0.6, 0.6], c: [NaN, 0.5] }, { error: 0.02 }));
    expect(two.map(({ task }) => task)).toEqual(['a', 'b']);
    expect(two[0].best.p).toEqual(near(2 * one[0].best.p!));
    expect(two[1].best.p).toBe(0.5);
  });

  it('of few items is a t test, and of any difference gives a probability', () => {
    // Student's t with 4 degrees of freedom, upper tail of 2.132: .05 (tables); Holm over one benchmark changes nothing.
    const of = (fall: number) => {
      const log = logOf({ a: [0.6, 0.6 - fall] }, { error: 0.02 / Math.SQRT2, counts: [5] });
      return roundTransfer(log)[0].best;
    };
    expect(of(0.02 * 2.132).p!).toBeCloseTo(0.05, 4);
    expect([-0.3, 0.3].map((fall) => of(fall).p!).map((p) => p >= 0 && p <= 1)).toEqual([true, true]);
    const many = logOf({ a: [0.6, 0.1, 0.1, 0.9] }, { error: 1e-9, counts: [500] });
    for (const { best, base } of roundTransfer(many)) for (const p of [best.p!, base.p!]) expect(p >= 0 && p <= 1).toBe(true); // prettier-ignore
  });

  it('of unknown errors has differences only; of a loss a rise is a fall', () => {
    const [own] = roundTransfer(logOf({ a: [1, 1.5] }, { higherIsBetter: false }));
    expect(own).toMatchObject({ best: { difference: -0.5, z: null, p: null, selectionBias: null }, base: { p: null } });
  });

  // Yuan et al. 2024 (arXiv:2401.10020), table 4; sizes of the public test sets.
  const selfRewarding = {
    'ARC-C': [0.5597, 0.5751, 0.5451, 0.5313],
    GSM8K: [0.5072, 0.6027, 0.5929, 0.577],
    NQ: [0.3435, 0.3548, 0.3307, 0.3186],
  };
  const log = logOf(selfRewarding, { counts: [1172, 1319, 3610] });

  it('of Self-Rewarding: all three fall below M1, only NQ by more than chance, and below the base', () => {
    const last = roundTransfer(log).filter(({ round }) => round === 3);
    expect(last.map(({ best }) => best.difference)).toEqual(near([-0.0438, -0.0257, -0.0362]));
    expect(last.map(({ best }) => best.round)).toEqual([1, 1, 1]);
    // Binomial: √(.5751 · .4249 / 1172 + .5313 · .4687 / 1172) = .0205, and so on.
    expect(last.map(({ best }) => Number(best.z!.toFixed(2)))).toEqual([-2.13, -1.34, -3.26]);
    expect(last.map(({ best }) => best.p! < 0.05)).toEqual([false, false, true]);
    expect(last.map(({ previous }) => previous.p! < 0.05)).toEqual([false, false, false]);
    expect(last.map(({ base }) => base.p! < 0.05)).toEqual([false, false, true]);
  });

  it.skipIf(!hasPublished)('of Self-Rewarding has the numbers of the transcribed table', () => {
    const rows = published('self_rewarding_llama2_70b.csv');
    for (const [task, values] of Object.entries(selfRewarding))
      expect(rows.map((row) => Number(row[task]) / 100)).toEqual(near(values));
  });
});
