import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationLog } from '../../logs/index.ts';
import { windowedForgetting, windowedPlasticity } from '../../metrics/index.ts';
import { curveOf, evaluationsOf, harnessLogs, logOf, withColumns } from './logs.ts';
import { reference, referenceLog } from './reference.ts';

/** The definition, in O(n w): every pair of evaluations that fits a window. */
function byDefinition(log: EvaluationLog, window: number, sign: 1 | -1): number | null {
  const largest = log.tasks.flatMap((_, t) => {
    const evaluations = evaluationsOf(log, t);
    if (evaluations.length < 2) return [];
    const steps = [...new Set(evaluations.map(({ step }) => step))];
    const pairs = evaluations.flatMap((later, n) =>
      evaluations
        .slice(0, n)
        .filter((earlier) => steps.indexOf(later.step) - steps.indexOf(earlier.step) < window)
        .map((earlier) => sign * (earlier.value - later.value)),
    );
    return [Math.max(0, ...pairs)];
  });
  return largest.length === 0 ? null : largest.reduce((sum, value) => sum + value, 0) / largest.length;
}

const windows = integer({ min: 2, max: 40 });

describe('windowedForgetting', () => {
  it.each([3, 5, 10] as const)('agrees with the code of the paper for a window of %i', (window) => {
    expect(windowedForgetting(referenceLog(), window)).toBeCloseTo(reference.windowedForgetting[window], 12);
  });
  it('looks at no more than w evaluations, the current one included', () => {
    const curve = curveOf([0.5, 0.9, 0.6, 0.3]);
    expect(windowedForgetting(curve, 2)).toBeCloseTo(0.3, 12);
    expect(windowedForgetting(curve, 3)).toBeCloseTo(0.6, 12);
  });
  it('equals its definition on any log and window', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        expect(windowedForgetting(log, window)).toBeCloseTo(byDefinition(log, window, 1)!, 12);
      }),
    );
  });
  it('is 0 for a curve that only rises', () => expect(windowedForgetting(curveOf([0.1, 0.5, 0.9]), 10)).toBe(0));
  it('lies in [0, 1] and grows with the window', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        const narrow = windowedForgetting(log, window)!;
        expect(narrow).toBeGreaterThanOrEqual(0);
        expect(windowedForgetting(log, window + 1)).toBeGreaterThanOrEqual(narrow);
        expect(windowedForgetting(log, window + 1)).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('does not change when a model is evaluated twice', () => {
    assert(
      property(array(integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 20 }), windows, (curve, window) => {
        const once = curve.map((value, step) => [step, 0, value / 10] as const);
        const twice = once.flatMap((row) => [row, row]);
        expect(windowedForgetting(logOf(['a'], twice), window)).toBe(windowedForgetting(logOf(['a'], once), window));
      }),
    );
  });
  it('sees a fall between two evaluations at one step', () => {
    expect(
      windowedForgetting(
        logOf(
          ['a'],
          [
            [0, 0, 0.5],
            [1, 0, 0.9],
            [1, 1, 0.2],
          ],
        ),
        2,
      ),
    ).toBeCloseTo(0.7, 12);
  });
  it('is diluted by a task that stays level', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        const level = log.values[0].map(() => 0.5);
        const more = { ...log, tasks: [...log.tasks, 'level'], values: [...log.values, level] };
        const share = log.tasks.length / more.tasks.length;
        expect(windowedForgetting(more, window)).toBeCloseTo(windowedForgetting(log, window)! * share, 12);
      }),
    );
  });
  it('depends neither on the order of the columns nor on what was trained', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        const order = [...log.tasks.keys()].toReversed();
        const other = { ...withColumns(log, order), trainingTask: log.trainingTask.map(() => -1) };
        expect(windowedForgetting(other, window)).toBeCloseTo(windowedForgetting(log, window)!, 12);
      }),
    );
  });
  it('counts the evaluations of each task by itself', () => {
    const sparse = logOf(
      ['a', 'b'],
      [
        [0, 0, 0.9, 0.5],
        [1, 0, null, 0.5],
        [2, 0, 0.3, 0.5],
      ],
    );
    expect(windowedForgetting(sparse, 2)).toBeCloseTo(0.6 / 2, 12);
  });
  it('is a rise where lower is better', () => {
    expect(
      windowedForgetting(
        logOf(
          ['a'],
          [
            [0, 0, 2],
            [1, 0, 1],
            [2, 0, 4],
          ],
          'loss',
        ),
        2,
      ),
    ).toBe(3);
  });
  it('is null, not 0, where no task was evaluated twice', () => {
    expect(windowedForgetting(curveOf([0.5]), 10)).toBeNull();
    expect(windowedForgetting(logOf(['a'], []), 10)).toBeNull();
  });
  it.each([1, 0, 2.5, NaN])('refuses a window of %d', (window) => {
    expect(() => windowedForgetting(curveOf([0.5, 0.6]), window)).toThrow(RangeError);
  });
});

describe('windowedPlasticity', () => {
  it.each([3, 5] as const)('agrees with the code of the paper for a window of %i', (window) => {
    expect(windowedPlasticity(referenceLog(), window)).toBeCloseTo(reference.windowedPlasticity[window], 12);
  });
  it('finds the rise after a dip, which pruning by the running maximum misses', () => {
    expect(windowedPlasticity(curveOf([0.5, 0.1, 0.9]), 3)).toBeCloseTo(0.8, 12);
    expect(windowedPlasticity(referenceLog(), 10)).toBeCloseTo((0.87 + 0.45 + 0.41) / 3, 12);
  });
  it('equals its definition on any log and window', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        expect(windowedPlasticity(log, window)).toBeCloseTo(byDefinition(log, window, -1)!, 12);
      }),
    );
  });
  it('is the windowed forgetting of the curve upside down', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        const upsideDown = { ...log, values: log.values.map((values) => values.map((value) => 1 - value)) };
        expect(windowedPlasticity(log, window)).toBeCloseTo(windowedForgetting(upsideDown, window)!, 12);
      }),
    );
  });
});
