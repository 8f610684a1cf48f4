import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  improvementInterval,
  interquartileMean,
  mannWhitney,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  profileBand,
  scoresByTask,
  stratifiedBootstrap,
} from '../../../metrics/index.ts';
import { finite, near } from './near.ts';
import { references } from './references.ts';

const { rliable } = references;
const { first, second, thresholds } = rliable;
const scores = array(array(double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 6,
});

describe('interquartileMean', () => {
  it('is that of rliable, for 1 to 28 values', () => {
    expect(interquartileMean(first.flat())!).toEqual(near(rliable.iqm, 14));
    rliable.iqms.forEach((iqm, i) => expect(interquartileMean(second.flat().slice(0, i + 1))!).toEqual(near(iqm, 14)));
  });

  it('lies between the smallest and the largest value, whatever their order', () => {
    assert(
      property(array(finite, { minLength: 1, maxLength: 40 }), integer(), (values, seed) => {
        const iqm = interquartileMean(values)!;
        expect(iqm).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(iqm).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        const shuffled = [...createRng(seed).permutation(values.length)].map((i) => values[i]);
        expect(interquartileMean(shuffled)).toBe(iqm);
      }),
    );
  });

  it('has a bootstrap interval near that of rliable, 50 000 resamples each', () => {
    const { low, high } = stratifiedBootstrap(scoresByTask(first), (tasks) => interquartileMean(tasks.flat()), {
      rng: createRng(4),
      resamples: 50_000,
    })!;
    expect([low, high]).toEqual(near(rliable.iqmInterval, 2));
  });

  it('is null for no values, and refuses NaN', () => {
    expect(interquartileMean([])).toBeNull();
    expect(() => interquartileMean([1, NaN])).toThrow(RangeError);
  });
});

describe('optimalityGap', () => {
  it('is that of rliable', () => {
    expect(optimalityGap(first.flat())!).toEqual(near(rliable.optimalityGap, 14));
    expect(optimalityGap(first.flat(), 0.5)!).toEqual(near(rliable.optimalityGapHalf, 14));
  });

  it('is 0 where all reach the target, null for no scores, and refuses NaN', () => {
    expect(optimalityGap([1, 1.2, 5])).toBe(0);
    expect(optimalityGap([])).toBeNull();
    expect(() => optimalityGap([NaN])).toThrow(RangeError);
    expect(() => optimalityGap([1], NaN)).toThrow('target[0] is NaN');
  });
});

describe('probabilityOfImprovement', () => {
  it('is that of rliable, and so nearly is its interval', () => {
    expect(probabilityOfImprovement(first, second)!).toEqual(near(rliable.improvement, 14));
    const interval = improvementInterval(first, second, { rng: createRng(5), resamples: 50_000 })!;
    expect(interval.estimate).toBe(probabilityOfImprovement(first, second));
    expect([interval.low, interval.high]).toEqual(near(rliable.improvementInterval, 2));
  });

  it('is the mean over tasks of U₁ / (n₁ n₂), ½ for a method against itself, and complements the other way round', () => {
    assert(
      property(scores, scores, (a, b) => {
        const value = probabilityOfImprovement(a, b)!;
        const shares = [0, 1, 2].map((task) => {
          const [x, y] = [a, b].map((runs) => runs.map((run) => run[task]));
          return mannWhitney(x, y)!.u1 / (x.length * y.length);
        });
        expect(value).toEqual(near((shares[0] + shares[1] + shares[2]) / 3, 14));
        expect(value + probabilityOfImprovement(b, a)!).toEqual(near(1, 14));
        expect(probabilityOfImprovement(a, a)).toBeCloseTo(0.5, 14);
      }),
    );
  });

  it('is null without runs or tasks, its interval also for one run', () => {
    expect(probabilityOfImprovement([], [[1]])).toBeNull();
    expect(probabilityOfImprovement([[]], [[]])).toBeNull();
    expect(improvementInterval([[1]], [[1], [2]], { rng: createRng(1) })).toBeNull();
    expect(improvementInterval([], [[1], [2]], { rng: createRng(1) })).toBeNull();
  });

  it('refuses other tasks, ragged scores and NaN', () => {
    expect(() => probabilityOfImprovement([[1, 2]], [[1]])).toThrow('the methods have scores on 2 and on 1 tasks');
    expect(() => probabilityOfImprovement([[1, 2], [1]], [[1, 2]])).toThrow('scores[1] has 1 values, scores[0] has 2');
    expect(() => probabilityOfImprovement([[NaN]], [[1]])).toThrow('scores[0][0] is NaN');
  });
});

describe('performanceProfile', () => {
  it('is that of rliable, and so nearly are its bands', () => {
    expect(performanceProfile(first, thresholds)!).toEqual(near(rliable.profile, 14));
    const { shares, low, high } = profileBand(first, thresholds, { rng: createRng(6), resamples: 20_000 })!;
    expect(shares).toEqual(performanceProfile(first, thresholds));
    // A share moves in steps of 1 / 20.
    expect(low).toEqual(near(rliable.band[0], 0.9));
    expect(high).toEqual(near(rliable.band[1], 0.9));
  });

  it('counts scores above each threshold, never rises, and its band holds it', () => {
    const ascending = array(double({ min: -0.1, max: 1.1, noNaN: true }), { minLength: 1, maxLength: 6 }).map((taus) =>
      taus.toSorted((a, b) => a - b),
    );
    assert(
      property(scores, ascending, (runs, taus) => {
        const profile = performanceProfile(runs, taus)!;
        const flat = runs.flat();
        expect(profile).toEqual(
          near(
            taus.map((tau) => flat.filter((score) => score > tau).length / flat.length),
            14,
          ),
        );
        profile.slice(1).forEach((share, i) => expect(share).toBeLessThanOrEqual(profile[i]));
        const band = profileBand(runs, taus, { rng: createRng(1), resamples: 20 });
        expect(band === null).toBe(runs.length < 2);
        expect(band?.low.every((low, i) => low >= 0 && low <= band.high[i] && band.high[i] <= 1) ?? true).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('has the same band for the same seed only', () => {
    const band = (seed: number): string =>
      JSON.stringify(profileBand(first, thresholds, { rng: createRng(seed), resamples: 37 }));
    expect(band(1)).toBe(band(1));
    expect(new Set([1, 2, 3, 4].map(band)).size).toBeGreaterThan(1);
  });

  it('is null without scores, and refuses NaN', () => {
    expect([performanceProfile([], [1]), performanceProfile([[]], [1])]).toEqual([null, null]);
    expect(profileBand([[1]], [1], { rng: createRng(1) })).toBeNull();
    expect(() => performanceProfile([[1]], [NaN])).toThrow('thresholds[0] is NaN');
    expect(() => profileBand([[1], [2]], [1], { rng: createRng(1), resamples: 0.5 })).toThrow(RangeError);
    expect(() => profileBand([[1], [2]], [1], { rng: createRng(1), level: 0 })).toThrow(RangeError);
  });
});
