import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { buildStream } from '../../../benchmarks/index.ts';
import { limitTraining, subsetOf } from '../../../benchmarks/streams/subset.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const { tasks } = buildStream('permuted', tinyDataset(4), { scenario: 'domain', tasks: 3 }, createRng(1));
const size = 6;

test('a subset has the rows, labels and identities that were asked for, in their order', () => {
  const { train } = tasks[1];
  const subset = subsetOf(train, Int32Array.of(5, 0, 3));
  expect(subset.length).toBe(3);
  expect([...subset.ids]).toEqual([train.ids[5], train.ids[0], train.ids[3]]);
  expect([...subset.labels]).toEqual([train.labels[5], train.labels[0], train.labels[3]]);
  expect(readRows(subset, size, [2, 0])).toEqual(readRows(train, size, [3, 5]));
  expect(() => readRows(subset, size, [3])).toThrow(new RangeError('row 3 is not in 0..2'));
});

test('limits the training samples of each task, not its test samples, by a draw of its own', () => {
  const limited = limitTraining(tasks, 3, createRng(7));
  expect(limited.map(({ train }) => train.length)).toEqual([3, 3, 3]);
  for (const [i, { test: kept, train }] of limited.entries()) {
    expect(kept).toBe(tasks[i].test);
    expect(new Set(train.ids).size).toBe(3);
  }
  expect(limited[0].train.ids).not.toEqual(limited[1].train.ids);
  expect(limitTraining(tasks, 3, createRng(7)).map(({ train }) => train.ids)).toEqual(
    limited.map(({ train }) => train.ids),
  );
  expect(limitTraining(tasks, 3, createRng(8)).map(({ train }) => train.ids)).not.toEqual(
    limited.map(({ train }) => train.ids),
  );
  expect(limitTraining(tasks, 1000, createRng(7))).toEqual(tasks);
});
