import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimumAccuracy, relativeAccuracyGap, worstCaseAccuracy } from '../../metrics/index.ts';
import { harnessLogs, logOf, withColumns } from './logs.ts';
import { reference, referenceLog } from './reference.ts';

// Worked by hand: task a ends at step 2.
const log = logOf(
  ['a', 'b'],
  [
    [0, 0, 0.1, null],
    [1, 0, 0.2, null],
    [2, 0, 0.9, null],
    [2, 1, 0.9, 0],
    [3, 1, 0.3, 0.6],
    [4, 1, 0.7, 0.9],
  ],
);
const oneTask = logOf(
  ['a', 'b'],
  [
    [0, 0, 0.1, null],
    [1, 0, 0.8, null],
  ],
);
const unknownTraining = logOf(
  ['a', 'b'],
  [
    [0, -1, 0.1, 0.2],
    [1, -1, 0.8, 0.1],
  ],
);

describe('minimumAccuracy', () => {
  it('agrees with the code of the paper', () => {
    expect(minimumAccuracy(referenceLog())).toBeCloseTo(reference.minimumAccuracy, 12);
  });
  it('is the lowest value since the end of the task, not that of its own training', () => {
    expect(minimumAccuracy(log)).toBe(0.3);
  });
  it('leaves out both evaluations at the step where the task ends', () => {
    const low = logOf(
      ['a', 'b'],
      [
        [2, 0, 0.1, null],
        [2, 1, 0.2, 0],
        [3, 1, 0.8, 0.6],
        [4, 1, 0.7, 0.9],
      ],
    );
    expect(minimumAccuracy(low)).toBe(0.7);
  });
  it('runs on through all later tasks and is a mean over all but the last', () => {
    const rows = [
      [0, 0, 0, null, null],
      [1, 0, 1, null, null],
      [1, 1, 1, 0, null],
      [2, 1, 0.75, 1, null],
      [2, 2, 0.75, 1, 0],
      [3, 2, 0.5, 0.25, 0],
      [4, 2, 0.75, 0.75, 0.5],
    ] as const;
    expect(minimumAccuracy(logOf(['a', 'b', 'c'], rows))).toBe((0.5 + 0.25) / 2);
  });
  it('pauses while the task is trained again', () => {
    const rows = [
      [1, 0, 0.9, null],
      [2, 1, 0.6, 0.8],
      [3, 0, 0.1, 0.7],
      [4, 1, 0.5, 0.8],
    ] as const;
    expect(minimumAccuracy(logOf(['a', 'b'], rows))).toBe(0.5);
  });
  it('is the largest value where lower is better', () => {
    expect(
      minimumAccuracy(
        logOf(
          ['a', 'b'],
          [
            [1, 0, 0.5, 2],
            [2, 1, 4, 1],
            [3, 1, 3, 1],
          ],
          'loss',
        ),
      ),
    ).toBe(4);
  });
  it('is null, not 0, with one task', () => expect(minimumAccuracy(oneTask)).toBeNull());
  it('is null if an earlier task was not evaluated since its end', () => {
    expect(
      minimumAccuracy(
        logOf(
          ['a', 'b'],
          [
            [1, 0, 0.9, null],
            [1, 1, 0.9, 0],
          ],
        ),
      ),
    ).toBeNull();
  });
  it('is null where the log is empty or does not say what was trained', () => {
    expect(minimumAccuracy(unknownTraining)).toBeNull();
    expect(minimumAccuracy(logOf(['a'], []))).toBeNull();
  });
  it('does not depend on the order of the columns', () => {
    assert(
      property(harnessLogs, (any) => {
        const shuffled = withColumns(any, [...any.tasks.keys()].toReversed());
        expect(minimumAccuracy(shuffled) ?? -1).toBeCloseTo(minimumAccuracy(any) ?? -1, 12);
      }),
    );
  });
});

describe('worstCaseAccuracy', () => {
  it('agrees with the code of the paper', () => {
    expect(worstCaseAccuracy(referenceLog())).toBeCloseTo(reference.worstCaseAccuracy, 12);
  });
  it('is the mean of the current accuracy and the minimum of each earlier task', () => {
    expect(worstCaseAccuracy(log)).toBeCloseTo((0.9 + 0.3) / 2, 12);
  });
  it('is the accuracy of the one task if there is one', () => expect(worstCaseAccuracy(oneTask)).toBe(0.8));
  it('is null where the log does not say what was trained', () => {
    expect(worstCaseAccuracy(unknownTraining)).toBeNull();
    expect(worstCaseAccuracy(logOf(['a'], []))).toBeNull();
  });
  it('is at least 0 and at most the accuracy at the end', () => {
    assert(
      property(harnessLogs, (any) => {
        const last = any.values.map((values) => values.at(-1)!);
        const accuracy = last.reduce((sum, value) => sum + value, 0) / last.length;
        expect(worstCaseAccuracy(any)).toBeGreaterThanOrEqual(0);
        expect(worstCaseAccuracy(any)).toBeLessThanOrEqual(accuracy + 1e-12);
      }),
    );
  });
});

describe('relativeAccuracyGap', () => {
  it('is the share of the accuracy that the worst case lacks', () => {
    expect(relativeAccuracyGap(log)).toBeCloseTo((0.8 - 0.6) / 0.8, 12);
  });
  it('is 0 with one task', () => expect(relativeAccuracyGap(oneTask)).toBe(0));
  it('is null if the accuracy is 0 or the worst case unknown', () => {
    expect(relativeAccuracyGap(logOf(['a'], [[1, 0, 0]]))).toBeNull();
    expect(relativeAccuracyGap(unknownTraining)).toBeNull();
  });
});
