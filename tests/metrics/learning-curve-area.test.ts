import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderAccuracyCurve,
  averageAnytimeAccuracy,
  learningCurveArea,
  learningCurveAreaTrapezoid,
} from '../../metrics/index.ts';
import { harnessLogs, logOf, withColumns } from './logs.ts';

// Worked by hand: Z_0 = (0 + .2) / 2 = .1, Z_1 = .5, Z_2 = .8.
const rows = [
  [0, 0, 0, null],
  [1, 0, 0.4, null],
  [2, 0, 0.8, null],
  [2, 1, 0.8, 0.2],
  [3, 1, 0.5, 0.6],
  [4, 1, 0.4, 0.8],
] as const;
const log = logOf(['a', 'b'], rows);
const none = { value: null, cells: 0 };

describe('learningCurveArea', () => {
  it('is the mean of the accuracies after 0 … β updates', () => {
    expect(learningCurveArea(log, 2)).toEqual({ value: expect.closeTo(1.4 / 3, 12), cells: 6 });
    expect(learningCurveArea(log, 1)).toEqual({ value: expect.closeTo(0.3, 12), cells: 4 });
    expect(learningCurveArea(log, 0)).toEqual({ value: expect.closeTo(0.1, 12), cells: 2 });
  });
  it('is null where a task was trained for less, or not evaluated after one of the updates', () => {
    expect(learningCurveArea(log, 3)).toEqual(none);
    expect(learningCurveArea(logOf(['a', 'b'], rows.toSpliced(1, 1)), 2)).toEqual(none);
    expect(learningCurveArea(logOf(['a', 'b'], rows.toSpliced(3, 1)), 2)).toEqual(none);
    expect(learningCurveArea(logOf(['a'], []), 0)).toEqual(none);
    expect(learningCurveArea(logOf(['a'], [[0, -1, 0.5]]), 0)).toEqual(none);
  });
  it('looks at the first training of a task only', () => {
    const again = logOf(['a', 'b'], [...rows, [4, 0, 0.4, 0.8], [5, 0, 1, 0.8]]);
    expect(learningCurveArea(again, 2)).toEqual(learningCurveArea(log, 2));
  });
  it('refuses a β that counts no updates', () => {
    expect(() => learningCurveArea(log, 1.5)).toThrow('beta 1.5 is not a whole number, 0 or more');
    expect(() => learningCurveAreaTrapezoid(log, -1)).toThrow('beta -1 is not a whole number, 0 or more');
  });
});

describe('learningCurveAreaTrapezoid', () => {
  it('agrees with numbers worked by hand', () => {
    expect(learningCurveAreaTrapezoid(log, 2)).toEqual({ value: expect.closeTo(0.475, 12), cells: 6 });
    expect(learningCurveAreaTrapezoid(log, 0)).toEqual(learningCurveArea(log, 0));
    expect(learningCurveAreaTrapezoid(log, 3)).toEqual(none);
  });
  it('stays within the accuracies, as the other does, whatever the order of columns', () => {
    assert(
      property(harnessLogs, integer({ min: 0, max: 3 }), (given, beta) => {
        const order = given.tasks.map((_, t) => t).toReversed();
        for (const metric of [learningCurveArea, learningCurveAreaTrapezoid]) {
          const { value, cells } = metric(given, beta);
          expect(value ?? 0).toBeGreaterThanOrEqual(0);
          expect(value ?? 0).toBeLessThanOrEqual(1 + 1e-12);
          expect(cells).toBe(value === null ? 0 : given.tasks.length * (beta + 1));
          expect(metric(withColumns(given, order), beta).value ?? -1).toBeCloseTo(value ?? -1, 12);
        }
      }),
    );
  });
});

describe('areaUnderAccuracyCurve', () => {
  it('agrees with numbers worked by hand', () => {
    // a alone: .4, .8; then (.5 + .6) / 2 and (.4 + .8) / 2; 10 samples an update.
    expect(areaUnderAccuracyCurve(log, 10)).toEqual({ value: expect.closeTo(4 + 8 + 5.5 + 6, 12), cells: 4 });
  });
  it('is null, not 0, for a log without an evaluation after an update', () => {
    expect(areaUnderAccuracyCurve(logOf(['a'], [[0, 0, 0.5]]), 10)).toEqual(none);
  });
  it('refuses updates without samples', () => {
    expect(() => areaUnderAccuracyCurve(log, 0)).toThrow('samplesPerUpdate 0 is not above 0');
  });
  it('is average anytime accuracy over all samples', () => {
    assert(
      property(harnessLogs, integer({ min: 1, max: 64 }), (given, samples) => {
        const { value } = areaUnderAccuracyCurve(given, samples);
        expect(value).toBeCloseTo(averageAnytimeAccuracy(given)! * given.steps.at(-1)! * samples, 6);
      }),
    );
  });
});
