import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationLog } from '../../logs/index.ts';
import { lapaczScores, stabilityGaps } from '../../metrics/index.ts';
import { harnessLogs, logOf, withColumns } from './logs.ts';
import { anyLogs, asLoss } from './properties/logRuns.ts';
import { nearOrNull } from './properties/nearOrNull.ts';

const near = (value: number): unknown => expect.closeTo(value, 12);
const none = { value: null, cells: 0 };

/**
 * What the authors' training loop does with its evaluations (WojciechL02/stability-gap-nmc, commit 3c37d5f): minima of the old tasks that
 * start at 1 with every task, accuracies kept from the end of the task before, means over the old tasks at the end of a task. For tasks in
 * training order.
 */
function authorsLoop(log: EvaluationLog) {
  let kept: number[] = [];
  return log.tasks.flatMap((_, t) => {
    const rows = [...log.steps.keys()].filter((row) => log.trainingTask[row] === t);
    const epochs = t === 0 ? rows : rows.filter((row) => log.steps[row] > log.steps[rows[0] - 1]);
    const minima = kept.map((__, i) => Math.min(1, ...epochs.map((row) => log.values[i][row])));
    const end = kept.map((__, i) => log.values[i][epochs.at(-1)!]);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const scores = {
      sg: mean(kept.map((before, i) => before - minima[i])),
      relativeSg: mean(kept.map((before, i) => (before - minima[i]) / before)),
      rec: mean(end.map((last, i) => last - minima[i])),
      relativeRec: mean(end.map((last, i) => (last - minima[i]) / kept[i])),
    };
    kept = [...end, log.values[t][rows.at(-1)!]];
    return t === 0 ? [] : [scores];
  });
}

describe('lapaczScores', () => {
  // Worked by hand: at the switch to c, a falls from .6 to .3 and ends at .5; b falls from .8 to .2 and ends there.
  const log = logOf(
    ['a', 'b', 'c'],
    [
      [0, 0, 0.1, null, null],
      [2, 0, 0.9, null, null],
      [2, 1, 0.9, 0, null],
      [3, 1, 0.5, 0.4, null],
      [4, 1, 0.6, 0.8, null],
      [4, 2, 0.6, 0.8, 0],
      [5, 2, 0.3, 0.5, 0.3],
      [6, 2, 0.4, 0.4, 0.5],
      [7, 2, 0.5, 0.2, 0.9],
    ],
  );
  it('is what was worked by hand, for every switch', () => {
    const [first, second, ...more] = lapaczScores(log);
    expect(more).toEqual([]);
    expect(first).toEqual({
      switchTask: 'b',
      switchIndex: 1,
      switchStep: 2,
      gap: { value: near(0.4), cells: 2 },
      relativeGap: { value: near(0.4 / 0.9), cells: 2 },
      recovery: { value: near(0.1), cells: 2 },
      relativeRecovery: { value: near(0.1 / 0.9), cells: 3 },
    });
    expect(second).toEqual({
      switchTask: 'c',
      switchIndex: 2,
      switchStep: 4,
      gap: { value: near((0.3 + 0.6) / 2), cells: 4 },
      relativeGap: { value: near((0.5 + 0.75) / 2), cells: 4 },
      recovery: { value: near((0.2 + 0) / 2), cells: 4 },
      relativeRecovery: { value: near((0.2 / 0.6 + 0) / 2), cells: 6 },
    });
  });
  it('takes the earlier of two evaluations at a switch for the accuracy before', () => {
    const changed = logOf(
      ['a', 'b'],
      [
        [1, 0, 0.9, null],
        [1, 1, 0.7, 0],
        [2, 1, 0.5, 0.5],
      ],
    );
    expect(lapaczScores(changed)[0].gap.value).toBeCloseTo(0.4, 12);
    expect(stabilityGaps(changed)[0].depth).toBeCloseTo(0.2, 12);
  });
  it('is negative where an old task only gained, and REC is then what it gained beyond its lowest', () => {
    const gained = logOf(
      ['a', 'b'],
      [
        [1, 0, 0.5, null],
        [2, 1, 0.75, 0.5],
        [3, 1, 1, 0.5],
      ],
    );
    expect(lapaczScores(gained)[0]).toMatchObject({ gap: { value: -0.25 }, recovery: { value: 0.25 } });
  });
  it('is null where an old task was not evaluated on one side, relative also where it had 0', () => {
    const holes = (before: number | null, after: number | null) =>
      lapaczScores(
        logOf(
          ['a', 'b'],
          [
            [1, 0, before, null],
            [2, 1, after, 0.5],
          ],
        ),
      )[0];
    expect(holes(0.5, null)).toMatchObject({ gap: none, relativeGap: none, recovery: none, relativeRecovery: none });
    expect(holes(null, 0.5)).toMatchObject({ gap: none, relativeGap: none, relativeRecovery: none });
    expect(holes(null, 0.5).recovery).toEqual({ value: 0, cells: 2 });
    expect(holes(0, 0.5)).toMatchObject({ gap: { value: -0.5 }, relativeGap: none, relativeRecovery: none });
  });
  it('turns differences round where lower is better', () => {
    const loss = logOf(
      ['a', 'b'],
      [
        [1, 0, 0.5, null],
        [2, 1, 2, 1],
        [3, 1, 1.5, 1],
      ],
      'loss',
    );
    expect(lapaczScores(loss)[0]).toMatchObject({
      gap: { value: 1.5 },
      relativeGap: { value: 3 },
      recovery: { value: 0.5 },
      relativeRecovery: { value: 1 },
    });
  });
  it('is empty with one task, without rows, and where the log does not say what was trained', () => {
    expect(lapaczScores(logOf(['a'], [[1, 0, 0.5]]))).toEqual([]);
    expect(lapaczScores(logOf(['a'], []))).toEqual([]);
    expect(
      lapaczScores(
        logOf(
          ['a', 'b'],
          [
            [1, -1, 0.5, 0.1],
            [2, -1, 0.4, 0.2],
          ],
        ),
      ),
    ).toEqual([]);
  });
  it('is what the loop of the authors’ code computes', () => {
    assert(
      property(harnessLogs, (any) => {
        const expected = authorsLoop(any);
        const scores = lapaczScores(any);
        expect(scores).toHaveLength(expected.length);
        for (const [i, { gap, relativeGap, recovery, relativeRecovery }] of scores.entries()) {
          const { sg, relativeSg, rec, relativeRec } = expected[i];
          expect(gap.value).toBeCloseTo(sg, 12);
          expect(recovery.value).toBeCloseTo(rec, 12);
          // Where an accuracy before is 0, theirs is infinite or not a number.
          expect(relativeGap.value).toEqual(Number.isFinite(relativeSg) ? near(relativeSg) : null);
          expect(relativeRecovery.value).toEqual(Number.isFinite(relativeRec) ? near(relativeRec) : null);
        }
      }),
    );
  });
  it('is the mean depth of the gaps at a switch where the method leaves the model as it was', () => {
    assert(
      property(harnessLogs, (any) => {
        // The second evaluation at a switch made equal to the first.
        const values = any.values.map((curve) =>
          curve.map((value, row) => (row > 0 && any.steps[row] === any.steps[row - 1] ? curve[row - 1] : value)),
        );
        const still = { ...any, values };
        for (const { gap, switchIndex } of lapaczScores(still)) {
          const depths = stabilityGaps(still).filter((each) => each.switchIndex === switchIndex);
          expect(gap.value).toBeCloseTo(depths.reduce((sum, { depth }) => sum + depth, 0) / depths.length, 12);
        }
      }),
    );
  });
  it('stays the same where values turn round and low ones are good', () => {
    const valuesOf = (any: EvaluationLog) =>
      lapaczScores(any).flatMap((scores) =>
        [scores.gap, scores.relativeGap, scores.recovery, scores.relativeRecovery].map(({ value }) => value),
      );
    assert(
      property(anyLogs, (any) => {
        expect(valuesOf(asLoss(any))).toEqual(valuesOf(any).map(nearOrNull));
      }),
    );
  });
  it('lies in its bounds, whatever the order of columns', () => {
    assert(
      property(harnessLogs, (any) => {
        const order = [...any.tasks.keys()].toReversed();
        const other = lapaczScores(withColumns(any, order));
        for (const [i, { gap, recovery, relativeGap }] of lapaczScores(any).entries()) {
          expect(Math.abs(gap.value!)).toBeLessThanOrEqual(1);
          expect(recovery.value).toBeGreaterThanOrEqual(0);
          expect(recovery.value).toBeLessThanOrEqual(1);
          expect(relativeGap.value ?? 0).toBeLessThanOrEqual(1);
          expect(other[i].gap.value).toBeCloseTo(gap.value!, 12);
        }
      }),
    );
  });
});
