import { describe, expect, it } from 'vitest';
import { meanAndStd } from '../../../metrics/index.ts';

describe('meanAndStd', () => {
  it('agrees with numpy.mean and numpy.std(ddof=1)', () => {
    const { mean, std, n } = meanAndStd([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([mean, n]).toEqual([5, 8]);
    expect(std).toBeCloseTo(2.138089935299395, 14);
  });
  it('ignores nulls and says how many values there were', () => {
    expect(meanAndStd([1, null, 2, 3, null])).toEqual({ mean: 2, std: 1, n: 3 });
  });
  it('has no spread for one value, and no mean for none', () => {
    expect(meanAndStd([0.5, null])).toEqual({ mean: 0.5, std: null, n: 1 });
    expect(meanAndStd([null])).toEqual({ mean: null, std: null, n: 0 });
  });
  it('keeps its precision far from zero', () => {
    expect(meanAndStd([1e9 + 1, 1e9 + 2, 1e9 + 3]).std).toBeCloseTo(1, 12);
  });
});
