import { describe, expect, it } from 'vitest';
import { meanGapArea, meanGapDepth, meanRecoveryTime, meanRelativeDepth, stabilityGaps } from '../../metrics/index.ts';
import { logOf } from './logs.ts';

// Worked by hand: at the switch to c, task a falls from 1 to .5 and is back at step 4; b falls from .8 to .6 and stays; d is level.
const gaps = stabilityGaps(
  logOf(
    ['a', 'b', 'd', 'c'],
    [
      [0, 0, 1, null, null, null],
      [0, 1, 1, 0.8, null, null],
      [0, 2, 1, 0.8, 0, null],
      [0, 3, 1, 0.8, 0, 0],
      [2, 3, 0.5, 0.6, 0, 0.5],
      [4, 3, 1, 0.6, 0, 0.5],
    ],
  ),
);

describe('the summaries of gaps', () => {
  it('average the depth over all pairs, level ones included', () => {
    expect(gaps).toHaveLength(3);
    expect(meanGapDepth(gaps)).toBeCloseTo((0.5 + 0.2 + 0) / 3, 12);
  });
  it('average the relative depth over the pairs whose reference is not 0', () => {
    expect(meanRelativeDepth(gaps)).toBeCloseTo((0.5 + 0.25) / 2, 12);
  });
  it('average the recovery time over the gaps that closed and count those that did not', () => {
    expect(meanRecoveryTime(gaps)).toEqual({ mean: 4, recovered: 1, censored: 1 });
  });
  it('average the area over all pairs', () => {
    expect(meanGapArea(gaps)).toBeCloseTo((0.5 + 0.5 + (0.2 + 0.4) + 0) / 3, 12);
  });
  it('are null without gaps', () => {
    expect([meanGapDepth([]), meanRelativeDepth([]), meanGapArea([])]).toEqual([null, null, null]);
    expect(meanRecoveryTime([])).toEqual({ mean: null, recovered: 0, censored: 0 });
  });
  it('have no mean recovery time where no gap closed', () => {
    const open = gaps.filter((gap) => gap.censored);
    expect(meanRecoveryTime(open)).toEqual({ mean: null, recovered: 0, censored: 1 });
  });
});
