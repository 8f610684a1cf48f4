import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepestGap, minimumAccuracy, stabilityGaps } from '../../metrics/index.ts';
import { evaluationsOf, harnessLogs, logOf } from './logs.ts';

/** Task a, then task b; `after` are the values of a from step 11 on, one an update. */
const afterSwitch = (...after: number[]) =>
  logOf(
    ['a', 'b'],
    [
      [0, 0, 0.1, null],
      [10, 0, 0.9, null],
      [10, 1, 0.9, 0],
      ...after.map((value, n) => [11 + n, 1, value, 0.5] as const),
    ],
  );

// Worked by hand.
describe('stabilityGaps', () => {
  it('measures depth, recovery and area of a gap that closes', () => {
    const [gap, ...others] = stabilityGaps(afterSwitch(0.5, 0.7, 0.9, 0.8));
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ task: 'a', taskIndex: 0, switchTask: 'b', switchIndex: 1, switchStep: 10 });
    expect(gap).toMatchObject({ reference: 0.9, minimum: 0.5, minimumStep: 11 });
    expect(gap.depth).toBeCloseTo(0.4, 12);
    expect(gap.relativeDepth).toBeCloseTo(0.4 / 0.9, 12);
    expect(gap).toMatchObject({ recoveryStep: 13, recoveryTime: 3, censored: false });
    expect(gap.area).toBeCloseTo(0.2 + 0.3 + 0.1 + 0.05, 12);
  });
  it('says null and censored where the gap does not close', () => {
    const [gap] = stabilityGaps(afterSwitch(0.8, 0.2, 0.6, 0.89));
    expect(gap).toMatchObject({ minimum: 0.2, recoveryStep: null, recoveryTime: null, censored: true });
  });
  it('looks for the recovery after the minimum, not before it', () => {
    expect(stabilityGaps(afterSwitch(0.8, 0.9, 0.2, 0.95))[0]).toMatchObject({ minimumStep: 13, recoveryStep: 14 });
  });
  it('takes the first of equal minima', () => {
    expect(stabilityGaps(afterSwitch(0.3, 0.9, 0.3, 0.9))[0]).toMatchObject({ minimumStep: 11, recoveryStep: 12 });
  });
  it('has neither recovery nor censoring where nothing fell', () => {
    const [gap] = stabilityGaps(afterSwitch(0.95, 0.92, 0.97));
    expect(gap).toMatchObject({ minimum: 0.92, recoveryStep: null, recoveryTime: null, censored: false, area: 0 });
    expect(gap.depth).toBeCloseTo(-0.02, 12);
    expect(stabilityGaps(afterSwitch(0.9, 0.9))[0]).toMatchObject({ depth: 0, relativeDepth: 0, censored: false });
  });
  it('has no relative depth where the reference is 0', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [1, 0, 0, null],
        [1, 1, 0, 0],
        [2, 1, 0, 0.5],
      ],
    );
    expect(stabilityGaps(log)[0]).toMatchObject({ reference: 0, depth: 0, relativeDepth: null });
  });
  it('measures the area over the updates between the evaluations', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [10, 0, 1, null],
        [10, 1, 1, 0],
        [14, 1, 0.5, 0.5],
        [20, 1, 1, 0.5],
      ],
    );
    expect(stabilityGaps(log)[0].area).toBe((4 * 0.5) / 2 + (6 * 0.5) / 2);
  });
  it('takes the evaluation before the first update as the reference', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [10, 0, 0.9, null],
        [10, 1, 0.7, 0],
        [11, 1, 0.4, 0.5],
      ],
    );
    expect(stabilityGaps(log)[0]).toMatchObject({ reference: 0.7, switchStep: 10 });
  });
  it('takes the last evaluation of the task before where there is none before the first update', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [10, 0, 0.9, null],
        [11, 1, 0.4, 0.5],
        [12, 1, 0.9, 0.5],
      ],
    );
    expect(stabilityGaps(log)[0]).toMatchObject({ reference: 0.9, switchStep: 10, minimum: 0.4, recoveryTime: 2 });
  });
  it('takes the latest value there is where the task is evaluated rarely', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [9, 0, 0.9, null],
        [10, 0, null, 0],
        [11, 1, null, 0],
        [12, 1, 0.6, 0.5],
      ],
    );
    expect(stabilityGaps(log)[0]).toMatchObject({ reference: 0.9, switchStep: 10, minimum: 0.6, minimumStep: 12 });
  });
  it('covers every earlier task at every switch, each up to the next switch', () => {
    const log = logOf(
      ['a', 'b', 'c'],
      [
        [1, 0, 0.9, null, null],
        [1, 1, 0.9, 0, null],
        [2, 1, 0.5, 0.8, null],
        [2, 2, 0.5, 0.8, 0],
        [3, 2, 0.4, 0.3, 0.7],
        [4, 2, 0.95, 0.7, 0.9],
      ],
    );
    const seen = stabilityGaps(log).map((gap) => [gap.task, gap.switchTask, gap.reference, gap.minimum, gap.censored]);
    expect(seen).toEqual([
      ['a', 'b', 0.9, 0.5, true],
      ['a', 'c', 0.5, 0.4, false],
      ['b', 'c', 0.8, 0.3, true],
    ]);
  });
  it('treats a return to an earlier task as a switch for the others', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [1, 0, 0.9, null],
        [2, 1, 0.5, 0.8],
        [3, 0, 0.9, 0.3],
      ],
    );
    expect(stabilityGaps(log).map((gap) => [gap.task, gap.switchTask])).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });
  it('sees a rise of the loss as a gap', () => {
    const log = logOf(
      ['a', 'b'],
      [
        [1, 0, 0.5, null],
        [1, 1, 0.5, 2],
        [2, 1, 2, 1],
        [3, 1, 0.5, 1],
      ],
      'loss',
    );
    const [gap] = stabilityGaps(log);
    expect(gap).toMatchObject({ reference: 0.5, minimum: 2, depth: 1.5, relativeDepth: 3, recoveryTime: 2, area: 1.5 });
  });
  it('leaves out a switch after which nothing was evaluated yet', () => {
    expect(
      stabilityGaps(
        logOf(
          ['a', 'b'],
          [
            [1, 0, 0.9, null],
            [1, 1, 0.9, 0],
          ],
        ),
      ),
    ).toEqual([]);
  });
  it('is empty with one task, without rows, and where the log does not say what was trained', () => {
    expect(
      stabilityGaps(
        logOf(
          ['a'],
          [
            [0, 0, 0.1],
            [1, 0, 0.9],
          ],
        ),
      ),
    ).toEqual([]);
    expect(stabilityGaps(logOf(['a'], []))).toEqual([]);
    expect(
      stabilityGaps(
        logOf(
          ['a', 'b'],
          [
            [0, -1, 0.1, 0.5],
            [1, -1, 0.9, 0.1],
          ],
        ),
      ),
    ).toEqual([]);
  });
  it('finds one gap for each pair of tasks, within bounds, and no lower minimum than min-ACC', () => {
    assert(
      property(harnessLogs, (log) => {
        const gaps = stabilityGaps(log);
        const k = log.tasks.length;
        expect(gaps).toHaveLength((k * (k - 1)) / 2);
        for (const gap of gaps) {
          const { step: last } = evaluationsOf(log, gap.switchIndex).at(-1)!;
          expect(Math.abs(gap.depth)).toBeLessThanOrEqual(1);
          expect(gap.area).toBeGreaterThanOrEqual(0);
          expect(gap.area).toBeLessThanOrEqual(gap.reference * (last - gap.switchStep) + 1e-9);
          expect(gap.recoveryTime ?? Infinity).toBeGreaterThan(gap.minimumStep - gap.switchStep);
          expect(gap.censored).toBe(gap.depth > 0 && gap.recoveryStep === null);
        }
        const lowest = log.tasks
          .slice(0, -1)
          .map((name) => Math.min(...gaps.filter(({ task }) => task === name).map((gap) => gap.minimum)));
        const mean = lowest.reduce((sum, value) => sum + value, 0) / lowest.length;
        expect(minimumAccuracy(log) ?? NaN).toSatisfy((value: number) => k === 1 || value <= mean + 1e-12);
      }),
    );
  });
});

describe('deepestGap', () => {
  it('is the gap of the greatest depth', () => {
    const gaps = [afterSwitch(0.5), afterSwitch(0.2), afterSwitch(0.7)].flatMap(stabilityGaps);
    expect(deepestGap(gaps)).toBe(gaps[1]);
  });
  it('is null where nothing fell', () => {
    expect(deepestGap(stabilityGaps(afterSwitch(0.9, 0.95)))).toBeNull();
    expect(deepestGap([])).toBeNull();
  });
});
