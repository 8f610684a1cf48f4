import { array, assert, constantFrom, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { bootstrapInterval, interquartileMean, meanAndStd, stratifiedBootstrap } from '../../../metrics/index.ts';
import { bcaEnds, percentileEnds } from '../../../metrics/stats/bca.ts';
import { finite, near } from './near.ts';
import { references } from './references.ts';

type Strata = readonly (readonly number[])[];

const meanOf = (values: readonly number[]): number => meanAndStd(values).mean!;

/** All samples of the values' length drawn from them with replacement. */
function allResamples(values: readonly number[]): number[][] {
  return values.reduce<number[][]>(
    (samples) => samples.flatMap((sample) => values.map((value) => [...sample, value])),
    [[]],
  );
}

const statisticOf = (samples: Strata): number =>
  samples.length === 1 ? meanOf(samples[0]) : meanOf(samples[0]) / meanOf(samples[1]);

describe.each(references.bootstrap)('over all resamples of $samples', ({ samples, percentile, bca }) => {
  const [first, second] = samples.map(allResamples);
  const replicates = first.flatMap((a) => (second ?? [[]]).map((b) => statisticOf(second ? [a, b] : [a])));
  const sorted = Float64Array.from(replicates).toSorted();

  it('the percentile interval is that of scipy', () => {
    expect(percentileEnds(sorted, 0.95)).toEqual(near(percentile));
  });

  it('the BCa interval is that of scipy', () => {
    const without = samples.map((values, i) =>
      values.map((_, j) => statisticOf(samples.with(i, values.toSpliced(j, 1)))),
    );
    expect(bcaEnds(sorted, statisticOf(samples), without, 0.95)!).toEqual(near(bca));
  });

  it('many random resamples give nearly the same', () => {
    for (const [kind, ends] of [
      ['percentile', percentile],
      ['bca', bca],
    ] as const) {
      const { low, high } = stratifiedBootstrap(samples, statisticOf, { rng: createRng(2), kind, resamples: 50_000 })!;
      const width = ends[1] - ends[0];
      // The replicates have few values, so that a quantile may fall on the next one.
      expect(Math.abs(low - ends[0]) / width).toBeLessThan(0.06);
      expect(Math.abs(high - ends[1]) / width).toBeLessThan(0.06);
    }
  });
});

describe('bootstrapInterval', () => {
  const values = [0.61, 0.7, 0.72, 0.75, 0.9, 0.93];

  it('is the same for the same seed, to the last bit, and another for another', () => {
    const interval = (seed: number, kind: 'percentile' | 'bca'): string =>
      JSON.stringify(bootstrapInterval(values, meanOf, { rng: createRng(seed), kind, resamples: 500 }));
    for (const kind of ['percentile', 'bca'] as const) {
      expect(interval(1, kind)).toBe(interval(1, kind));
      expect(interval(1, kind)).not.toBe(interval(2, kind));
    }
  });

  it('holds the estimate for symmetric data, and lies within the values', () => {
    const halves = array(double({ min: 0.01, max: 100, noNaN: true }), { minLength: 2, maxLength: 6 });
    assert(
      property(halves, finite, constantFrom('percentile', 'bca'), integer(), (distances, centre, kind, seed) => {
        const symmetric = distances.flatMap((distance) => [centre - distance, centre + distance]);
        const options = { rng: createRng(seed), kind, resamples: 400 } as const;
        const { estimate, low, high } = bootstrapInterval(symmetric, meanOf, options)!;
        expect(low <= estimate && estimate <= high).toBe(true);
        expect(low).toBeGreaterThanOrEqual(Math.min(...symmetric));
        expect(high).toBeLessThanOrEqual(Math.max(...symmetric));
      }),
      { numRuns: 50 },
    );
  });

  it('moves and stretches with the values', () => {
    for (const kind of ['percentile', 'bca'] as const) {
      const a = bootstrapInterval(values, meanOf, { rng: createRng(3), kind })!;
      const b = bootstrapInterval(
        values.map((value) => 2 * value - 1),
        meanOf,
        { rng: createRng(3), kind },
      )!;
      expect([b.low, b.high]).toEqual(near([2 * a.low - 1, 2 * a.high - 1], 9));
    }
  });

  it('has no width where all values are equal, and is null below two', () => {
    for (const kind of ['percentile', 'bca'] as const) {
      const options = { rng: createRng(1), kind, resamples: 50 };
      expect(bootstrapInterval([0.1, 0.1, 0.1], interquartileMean, options)).toMatchObject({ low: 0.1, high: 0.1 });
      expect(bootstrapInterval([], interquartileMean, options)).toBeNull();
      expect(bootstrapInterval([1], interquartileMean, options)).toBeNull();
      expect(bootstrapInterval(values, () => null, options)).toBeNull();
    }
  });

  it('by BCa is null where no resample exceeds the estimate', () => {
    const largest = (sample: readonly number[]): number => Math.max(...sample) + (sample.length < 3 ? 1 : 0);
    const biased = (sample: readonly number[]): number => (sample === values ? 9 : largest(sample));
    expect(bootstrapInterval(values, biased, { rng: createRng(1), kind: 'bca', resamples: 100 })).toBeNull();
  });

  it('refuses NaN, impossible levels, no resamples, and a statistic undefined on a resample', () => {
    const rng = createRng(1);
    expect(() => bootstrapInterval([1, NaN], meanOf, { rng })).toThrow(RangeError);
    expect(() => bootstrapInterval(values, meanOf, { rng, level: 95 })).toThrow(RangeError);
    expect(() => bootstrapInterval(values, meanOf, { rng, resamples: 0 })).toThrow(RangeError);
    expect(() => bootstrapInterval([1, 2], (sample) => 1 / (sample[0] - sample[1]), { rng })).toThrow(
      'on a resample: its bootstrap interval is undefined',
    );
  });
});

describe('stratifiedBootstrap', () => {
  it('draws from each stratum by itself', () => {
    const strata = [
      [1, 2, 3],
      [10, 20],
    ];
    const seen = new Set<string>();
    const check = (sample: Strata): number => {
      expect(sample.map((values) => values.length)).toEqual([3, 2]);
      expect(sample[0].every((value) => value < 10) && sample[1].every((value) => value >= 10)).toBe(true);
      seen.add(sample.join(' '));
      return 0;
    };
    stratifiedBootstrap(strata, check, { rng: createRng(1), resamples: 2000 });
    // All 3³ · 2² of them.
    expect(seen.size).toBe(27 * 4);
  });

  it('is null without strata and if one has a single value', () => {
    const options = { rng: createRng(1), resamples: 10 };
    expect(stratifiedBootstrap([], () => 0, options)).toBeNull();
    expect(stratifiedBootstrap([[1, 2], [3]], () => 0, options)).toBeNull();
  });

  it('refuses NaN in any stratum', () => {
    expect(() =>
      stratifiedBootstrap(
        [
          [1, 2],
          [3, NaN],
        ],
        () => 0,
        { rng: createRng(1) },
      ),
    ).toThrow('sample 1: values[1] is NaN: statistics need finite numbers');
  });
});
