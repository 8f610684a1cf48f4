import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageAnytimeAccuracy } from '../../metrics/index.ts';
import { harnessLogs, logOf, withColumns } from './logs.ts';

// Worked by hand: after the updates 1 to 4 the seen tasks have .5, .9, (.3 + .5) / 2 = .4 and (.7 + .9) / 2 = .8.
const everyUpdate = [
  [1, 0, 0.5, null],
  [2, 0, 0.9, null],
  [3, 1, 0.3, 0.5],
  [4, 1, 0.7, 0.9],
] as const;

describe('averageAnytimeAccuracy', () => {
  it('is the mean over the updates of the mean over the seen tasks', () => {
    expect(averageAnytimeAccuracy(logOf(['a', 'b'], everyUpdate))).toBeCloseTo(0.65, 12);
  });
  it('does not change with evaluations that no update precedes', () => {
    const [first, second, third, fourth] = everyUpdate;
    const log = logOf(['a', 'b'], [[0, 0, 0.1, null], first, second, [2, 1, 0.9, 0], third, fourth]);
    expect(averageAnytimeAccuracy(log)).toBeCloseTo(0.65, 12);
  });
  it('weighs an evaluation by the updates since the one before', () => {
    const log = logOf(
      ['a'],
      [
        [0, 0, 0],
        [1, 0, 0.5],
        [4, 0, 1],
      ],
    );
    expect(averageAnytimeAccuracy(log)).toBeCloseTo((1 * 0.5 + 3 * 1) / 4, 12);
  });
  it('is the plain mean where the evaluations are evenly spaced', () => {
    const log = logOf(
      ['a'],
      [
        [0, 0, 0],
        [10, 0, 0.5],
        [20, 0, 1],
        [30, 0, 0.9],
      ],
    );
    expect(averageAnytimeAccuracy(log)).toBeCloseTo((0.5 + 1 + 0.9) / 3, 12);
  });
  it('leaves out tasks that were evaluated before they were trained', () => {
    expect(
      averageAnytimeAccuracy(
        logOf(
          ['a', 'b'],
          [
            [1, 0, 0.5, 0],
            [2, 1, 0.7, 0.9],
          ],
        ),
      ),
    ).toBeCloseTo(0.65, 12);
  });
  it('counts every evaluated task where the log does not say what was trained', () => {
    expect(
      averageAnytimeAccuracy(
        logOf(
          ['a', 'b'],
          [
            [1, -1, 0.5, 0.1],
            [2, -1, 0.7, 0.9],
          ],
        ),
      ),
    ).toBeCloseTo(0.55, 12);
  });
  it('lets the next evaluation speak for updates after which nothing was evaluated', () => {
    expect(
      averageAnytimeAccuracy(
        logOf(
          ['a'],
          [
            [1, 0, 0.5],
            [2, 0, null],
            [4, 0, 1],
          ],
        ),
      ),
    ).toBeCloseTo(3.5 / 4, 12);
  });
  it('is null if nothing was evaluated after an update', () => {
    expect(averageAnytimeAccuracy(logOf(['a'], []))).toBeNull();
    expect(averageAnytimeAccuracy(logOf(['a'], [[0, 0, 0.1]]))).toBeNull();
    expect(averageAnytimeAccuracy(logOf(['a', 'b'], [[1, 0, null, 0.1]]))).toBeNull();
  });
  it('lies between the lowest and the highest accuracy, whatever the order of the columns', () => {
    assert(
      property(harnessLogs, (log) => {
        const mean = averageAnytimeAccuracy(log)!;
        const all = log.values.flatMap((values) => [...values]).filter((value) => !Number.isNaN(value));
        expect(mean).toBeGreaterThanOrEqual(Math.min(...all) - 1e-12);
        expect(mean).toBeLessThanOrEqual(Math.max(...all) + 1e-12);
        const reversed = withColumns(log, [...log.tasks.keys()].toReversed());
        expect(averageAnytimeAccuracy(reversed)).toBeCloseTo(mean, 12);
      }),
    );
  });
});
