import { describe, expect, test } from 'vitest';
import { judge } from '../../analysis/index.ts';
import { analysed, logOf, withCounts } from './logs.ts';

/** Task a falls to .5 and comes back to .88 while b is trained, and to .7 for good while c is. */
const log = logOf(
  ['a', 'b', 'c'],
  [
    [0, 'a', 0.5, 0.5, 0.5],
    [10, 'a', 0.9, 0.5, 0.5],
    [20, 'b', 0.5, 0.8, 0.5],
    [30, 'b', 0.9, 0.85, 0.5],
    [40, 'c', 0.7, 0.85, 0.7],
    [50, 'c', 0.72, 0.85, 0.9],
  ],
);
const run = analysed(withCounts(log, 1000));

describe('limits', () => {
  test('a gap is the deepest value after a switch, whether it came back or not', () => {
    const { passed, violations } = judge([run], { maxGap: 0.15 });
    expect(passed).toBe(false);
    expect(violations.map(({ task, step, value, limit }) => [limit, task, step, Number(value.toFixed(12))])).toEqual([
      ['max-gap', 'a', 20, 0.4],
      ['max-gap', 'a', 40, 0.2],
    ]);
    expect(judge([run], { maxGap: 0.41 }).passed).toBe(true);
  });

  test('forgetting is what is left at the end', () => {
    const { violations } = judge([run], { maxForgetting: 0.1 });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ limit: 'max-forgetting', task: 'a', step: 50, allowed: 0.1 });
    expect(violations[0].value).toBeCloseTo(0.18, 12);
    expect(violations[0].p_value).toBeLessThan(1e-6);
    expect(judge([run], { maxForgetting: 0.19 }).passed).toBe(true);
  });

  test('the lowest accuracy counts from the end of the task’s own training on', () => {
    const { violations } = judge([run], { minAcc: 0.6 });
    // Task a was at .5 at step 0, before it was learnt, and at step 20.
    expect(violations).toEqual([
      { run: 'log', limit: 'min-acc', task: 'a', step: 20, value: 0.5, allowed: 0.6, p_value: null },
    ]);
    expect(judge([run], { minAcc: 0.5 }).passed).toBe(true);
  });

  test('without training tasks it counts from where the task first reached the limit, and a task that never did breaks it', () => {
    const untold = analysed(logOf(['a', 'b'], [[0, '', 0.1, 0.1], [1, '', 0.7, 0.2], [2, '', 0.55, 0.3], [3, '', 0.8, 0.4]])); // prettier-ignore
    expect(judge([untold], { minAcc: 0.6 }).violations.map(({ task, step, value }) => [task, step, value])).toEqual([
      ['b', 3, 0.4],
      ['a', 2, 0.55],
    ]);
  });

  test('a fall that chance explains is not counted, but told', () => {
    const few = analysed(withCounts(log, 10));
    const { passed, violations, noise } = judge([few], { maxGap: 0.15 });
    expect({ passed, violations }).toEqual({ passed: true, violations: [] });
    expect(noise.map(({ task, step }) => [task, step])).toEqual([['a', 20], ['a', 40]]); // prettier-ignore
  });

  test('where nothing tells the noise every fall counts', () => {
    expect(judge([analysed(log)], { maxGap: 0.15 }).violations).toHaveLength(2);
  });

  test('a loss breaks a limit by rising', () => {
    const loss = logOf(['a', 'b'], [[0, 'a', 1, 2], [1, 'a', 0.5, 2], [2, 'b', 0.9, 0.5]], { measure: 'loss', higherIsBetter: false }); // prettier-ignore
    const [violation] = judge([analysed(loss)], { maxForgetting: 0.1 }).violations;
    expect(violation).toMatchObject({ task: 'a', step: 2, limit: 'max-forgetting' });
    expect(violation.value).toBeCloseTo(0.4, 12);
    expect(() => judge([analysed(loss)], { minAcc: 0.5 })).toThrow(
      '--min-acc is for values of which higher ones are better',
    );
  });
});

describe('a limit that cannot be meant is refused', () => {
  test.each([
    [{}, 'no limit to check; give --max-gap, --max-forgetting or --min-acc'],
    [{ maxGap: 5 }, '--max-gap is 5, but values of log.csv lie between 0 and 1; write 0.05 for 5 %'],
    [{ maxGap: -1 }, '--max-gap is -1; it must be a number from 0 on'],
    [{ maxForgetting: Number.NaN }, '--max-forgetting is NaN'],
  ])('%j', (limits, message) => {
    expect(() => judge([run], limits)).toThrow(message);
  });

  test('a single evaluation can show no fall', () => {
    const single = analysed(logOf(['a'], [[0, '', 0.9]]));
    expect(() => judge([single], { maxGap: 0.1 })).toThrow('log.csv has one evaluation of each task');
    expect(judge([single], { minAcc: 0.5 }).passed).toBe(true);
  });
});
