import { array, assert, boolean, infiniteStream, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationLog } from '../../logs/index.ts';
import { windowedForgetting, windowedPlasticity } from '../../metrics/index.ts';
import { curveOf, evaluationsOf, harnessLogs, logOf, withColumns } from './logs.ts';
import { reference, referenceLog } from './reference.ts';

/** The definition, in O(n²): every pair of evaluations less than a window of updates apart. */
function byDefinition(log: EvaluationLog, window: number, sign: 1 | -1): number | null {
  const largest = log.tasks.flatMap((_, t) => {
    const evaluations = evaluationsOf(log, t);
    const pairs = evaluations.flatMap((later, n) =>
      evaluations
        .slice(0, n)
        .filter((earlier) => later.step - earlier.step < window)
        .map((earlier) => ({ updates: later.step - earlier.step, fall: sign * (earlier.value - later.value) })),
    );
    if (!pairs.some(({ updates }) => updates > 0)) return [];
    return [Math.max(0, ...pairs.map(({ fall }) => fall))];
  });
  return largest.length === 0 ? null : largest.reduce((sum, value) => sum + value, 0) / largest.length;
}

const windows = integer({ min: 2, max: 40 });

/** Windows that hold two evaluations of a log of `harnessLogs` at least, unless it was evaluated after every update. */
const wideWindows = integer({ min: 5, max: 40 });

function expectSame(found: number | null, expected: number | null): void {
  // Neither is below 0, so that -1 can stand for null.
  expect(found ?? -1).toBeCloseTo(expected ?? -1, 12);
}

/** A log without some of its rows. */
function thinned(log: EvaluationLog, keep: (row: number) => boolean): EvaluationLog {
  const part = <T extends Float64Array | Int32Array>(column: T): T => column.filter((_, row) => keep(row)) as T;
  return { ...log, steps: part(log.steps), trainingTask: part(log.trainingTask), values: log.values.map(part) };
}

describe('windowedForgetting', () => {
  it.each([3, 5, 10] as const)('agrees with the code of the paper for a window of %i', (window) => {
    expect(windowedForgetting(referenceLog(), window)).toBeCloseTo(reference.windowedForgetting[window], 12);
  });
  it('looks at no more than w updates, the current one included', () => {
    const curve = curveOf([0.5, 0.9, 0.6, 0.3]);
    expect(windowedForgetting(curve, 2)).toBeCloseTo(0.3, 12);
    expect(windowedForgetting(curve, 3)).toBeCloseTo(0.6, 12);
  });
  it('equals its definition on any log and window', () => {
    assert(
      property(harnessLogs, windows, (log, window) => {
        expectSame(windowedForgetting(log, window), byDefinition(log, window, 1));
      }),
    );
  });
  it('is 0 for a curve that only rises', () => expect(windowedForgetting(curveOf([0.1, 0.5, 0.9]), 10)).toBe(0));
  it('lies in [0, 1] and grows with the window', () => {
    assert(
      property(harnessLogs, wideWindows, (log, window) => {
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
      property(harnessLogs, wideWindows, (log, window) => {
        const level = log.values[0].map(() => 0.5);
        const more = { ...log, tasks: [...log.tasks, 'level'], values: [...log.values, level] };
        const share = log.tasks.length / more.tasks.length;
        expect(windowedForgetting(more, window)).toBeCloseTo(windowedForgetting(log, window)! * share, 12);
      }),
    );
  });
  it('depends neither on the order of the columns nor on what was trained', () => {
    assert(
      property(harnessLogs, wideWindows, (log, window) => {
        const order = [...log.tasks.keys()].toReversed();
        const other = { ...withColumns(log, order), trainingTask: log.trainingTask.map(() => -1) };
        expect(windowedForgetting(other, window)).toBeCloseTo(windowedForgetting(log, window)!, 12);
      }),
    );
  });
  it('looks at the evaluations of each task by itself', () => {
    const sparse = logOf(
      ['a', 'b'],
      [
        [0, 0, 0.9, 0.5],
        [1, 0, null, 0.5],
        [2, 0, 0.3, 0.5],
      ],
    );
    expect(windowedForgetting(sparse, 3)).toBeCloseTo(0.6 / 2, 12);
  });
  it('does not stretch where evaluations are rarer: what it finds is never more than after every update', () => {
    const full = harnessLogs.filter(({ steps }) => steps.every((step, row) => row === 0 || step - steps[row - 1] <= 1));
    assert(
      property(full, infiniteStream(boolean()), windows, (log, draws, window) => {
        const kept = Array.from(log.steps, () => draws.next().value!);
        const sparse = thinned(log, (row) => kept[row]);
        for (const values of log.values.keys()) {
          const one = ({ tasks, values: columns, ...rest }: EvaluationLog): EvaluationLog => ({
            ...rest,
            tasks: [tasks[values]],
            values: [columns[values]],
          });
          const found = windowedForgetting(one(sparse), window) ?? 0;
          expect(found).toBeLessThanOrEqual(windowedForgetting(one(log), window)!);
        }
      }),
    );
  });
  it('leaves out a task without two evaluations in a window, and is null where none is left', () => {
    const rare = logOf(
      ['a', 'b'],
      [
        [0, 0, 0.9, null],
        [10, 0, 0.4, 0.8],
        [12, 1, 0.4, 0.7],
      ],
    );
    expect(windowedForgetting(rare, 11)).toBeCloseTo((0.5 + 0.1) / 2, 12);
    // Within 3 updates: a stays level from 10 to 12, b falls by .1.
    expect(windowedForgetting(rare, 3)).toBeCloseTo((0 + 0.1) / 2, 12);
    expect(windowedForgetting(rare, 2)).toBeNull();
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
        expectSame(windowedPlasticity(log, window), byDefinition(log, window, -1));
      }),
    );
  });
  it('is the windowed forgetting of the curve upside down', () => {
    assert(
      property(harnessLogs, wideWindows, (log, window) => {
        const upsideDown = { ...log, values: log.values.map((values) => values.map((value) => 1 - value)) };
        expect(windowedPlasticity(log, window)).toBeCloseTo(windowedForgetting(upsideDown, window)!, 12);
      }),
    );
  });
});
