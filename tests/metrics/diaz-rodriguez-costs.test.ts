import { array, assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computationalEfficiency,
  continualLearningScore,
  continualLearningStability,
  modelSizeEfficiency,
  sampleStorageEfficiency,
} from '../../metrics/index.ts';

describe('modelSizeEfficiency', () => {
  it('agrees with Continuum’s get_model_size_growth (commit 43ba009)', () => {
    expect(modelSizeEfficiency([100, 150, 200, 400])).toBeCloseTo(0.6041666666666666, 14);
    expect(modelSizeEfficiency([100, 90, 100])).toBe(1);
  });
  it('is 1 for a model that keeps its size, and null without tasks', () => {
    expect(modelSizeEfficiency([7, 7])).toBe(1);
    expect(modelSizeEfficiency([])).toBeNull();
  });
  it('refuses a model of no size', () => {
    expect(() => modelSizeEfficiency([5, 0])).toThrow('model size 0 is not above 0');
  });
});

describe('sampleStorageEfficiency', () => {
  it('agrees with numbers worked by hand', () =>
    expect(sampleStorageEfficiency([100, 200], 1000)).toBeCloseTo(0.85, 14));
  it('is 1 without a buffer, 0 where more than all is kept, null without tasks', () => {
    expect(sampleStorageEfficiency([0, 0], 10)).toBe(1);
    expect(sampleStorageEfficiency([30, 10], 10)).toBe(0);
    expect(sampleStorageEfficiency([], 10)).toBeNull();
  });
  it('refuses impossible memories', () => {
    expect(() => sampleStorageEfficiency([-1], 10)).toThrow('stored memory -1 is not 0 or more');
    expect(() => sampleStorageEfficiency([1], 0)).toThrow('total memory 0 is not above 0');
  });
});

describe('computationalEfficiency', () => {
  it('agrees with numbers worked by hand, ε times as large, 1 at most', () => {
    expect(computationalEfficiency([10, 10], [100, 50])).toBeCloseTo(0.15, 14);
    expect(computationalEfficiency([10, 10], [100, 50], 2)).toBeCloseTo(0.3, 14);
    expect(computationalEfficiency([10, 10], [100, 50], 100)).toBe(1);
    expect(computationalEfficiency([], [])).toBeNull();
  });
  it('refuses lists that do not fit, and no operations', () => {
    expect(() => computationalEfficiency([1], [])).toThrow('1 numbers of operations of passes, but 0 of learning');
    expect(() => computationalEfficiency([1], [0])).toThrow('number of operations 0 is not above 0');
    expect(() => computationalEfficiency([1], [1], NaN)).toThrow('epsilon NaN is not above 0');
  });
});

describe('continualLearningScore and continualLearningStability', () => {
  it('agree with numbers worked by hand', () => {
    expect(continualLearningScore({ A: 0.6, MS: 1 }, { MS: 0.25, A: 0.75 })).toBeCloseTo(0.7, 14);
    expect(continualLearningScore({ A: 0.6, MS: 1 })).toBeCloseTo(0.8, 14);
    expect(continualLearningStability({ A: 0.1, MS: 0.02 }, { A: 0.75, MS: 0.25 })).toBeCloseTo(0.92, 14);
  });
  it('are null with a criterion that is, and without any', () => {
    expect(continualLearningScore({ A: null, MS: 1 })).toBeNull();
    expect(continualLearningScore({})).toBeNull();
    expect(continualLearningStability({ A: null })).toBeNull();
  });
  it('refuse what is no criterion and what are no weights', () => {
    expect(() => continualLearningScore({ A: 60 })).toThrow('criterion A is 60, outside [0, 1]');
    expect(() => continualLearningScore({ A: 1 }, { B: 1 })).toThrow('weights are of B; needed: A');
    expect(() => continualLearningScore({ A: 1, B: 1 }, { A: 0.5, B: 0.6 })).toThrow('they sum to 1.1');
    expect(() => continualLearningScore({ A: 1, B: 1 }, { A: 1.5, B: -0.5 })).toThrow('weights must be 0 or more');
    expect(() => continualLearningStability({ A: 2 })).toThrow('deviation A is 2, outside [0, 1]');
  });
  it('lie between their least and their greatest criterion, in whatever order', () => {
    assert(
      property(array(double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }), (values) => {
        const entries = values.map((value, i) => [`c${i}`, value] as const);
        const score = continualLearningScore(Object.fromEntries(entries))!;
        expect(score).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
        expect(score).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
        expect(continualLearningScore(Object.fromEntries(entries.toReversed()))).toBeCloseTo(score, 12);
      }),
    );
  });
});
