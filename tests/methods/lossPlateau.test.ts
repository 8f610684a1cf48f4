import { describe, expect, test } from 'vitest';
import { followLoss, noPlateauYet, type PlateauLimits, type PlateauMemory } from '../../methods/shared/lossPlateau.ts';

const limits: PlateauLimits = { window: 3, meanThreshold: 1, varianceThreshold: 0.5 };

function follow(losses: readonly number[], within = limits): { plateaus: number[]; memory: PlateauMemory } {
  let memory = noPlateauYet;
  const plateaus = losses.map((loss) => {
    const followed = followLoss(memory, loss, within);
    ({ memory } = followed);
    return Number(followed.plateau);
  });
  return { plateaus, memory };
}

/** Hand-worked, with the rule of method.py in kkelchte/task_free_continual_learning; all numbers are exact in 32-bit floats. */
describe('a plateau', () => {
  test('is where mean and variance of the last losses are both below their thresholds', () => {
    // Means 4, 3, 2, 1 (not below), 2/3; variances 0, 1, 8/3, 2/3, 2/9.
    const { plateaus, memory } = follow([4, 2, 0, 1, 1]);
    expect(plateaus).toEqual([0, 0, 0, 0, 1]);
    expect([...memory.losses]).toEqual([0, 1, 1]);
    expect(memory.last[0]).toBeCloseTo(2 / 3, 6);
    expect(memory.last[1]).toBeCloseTo(2 / 9, 6);
    expect(memory.peak).toBe(false);
  });

  test('waits for a variance that is too large, in a window whose mean is low', () => {
    // Means 2, 1, 2/3; variances 0, 1, 8/9; then [0, 0, 0].
    expect(follow([2, 0, 0, 0]).plateaus).toEqual([0, 0, 0, 1]);
  });

  test('comes once: there is no other until the mean has risen by more than a standard deviation', () => {
    // [0, 1/2, 1/2]: the plateau at the first loss has mean 0 and variance 0, and a mean above 0 is a peak.
    expect(follow([0, 0, 0, 0]).plateaus).toEqual([1, 0, 0, 0]);
    // Plateau at [1, 0]: mean 1/2, variance 1/4, so a peak is a mean above 1. [1, 0, 2] has just 1: none, [0, 2, 2] has 4/3.
    const { plateaus, memory } = follow([1, 0, 2, 2, 0, 0, 0]);
    expect(plateaus).toEqual([0, 1, 0, 0, 0, 0, 1]);
    expect([...memory.last]).toEqual([0, 0]);
  });

  test('is not left by a loss that stays as it is, whatever rounding makes of its mean', () => {
    expect(follow(Array.from({ length: 20 }, () => 0.1)).plateaus.reduce((sum, each) => sum + each)).toBe(1);
  });

  test('may be the very loss that ends the last one, where the window is short', () => {
    // A window of one loss has variance 0: 0.25 is a plateau, 0.5 is a peak over it and a plateau itself, 0.25 is neither.
    expect(follow([0.25, 0.5, 0.25, 0.75], { ...limits, window: 1 }).plateaus).toEqual([1, 1, 0, 1]);
  });

  test('takes the window as it is while it fills', () => {
    expect(follow([0.5], limits).plateaus).toEqual([1]);
    expect([...follow([3, 3]).memory.losses]).toEqual([3, 3]);
  });
});
