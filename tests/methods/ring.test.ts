import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { createRingBuffer, type Batch } from '../../methods/index.ts';

const taskOutputs = [
  [0, 1],
  [3, 2],
];

/** Rows of one number each, with room for one more in the batch. */
const batchOf = (task: number, rows: [x: number, y: number][]): Batch => ({
  x: Float32Array.from([...rows.map(([x]) => x), 99]),
  y: Int32Array.from([...rows.map(([, y]) => y), taskOutputs[task][0]]),
  ids: new Int32Array(rows.length + 1),
  size: rows.length,
  task,
});

const stored = (buffer: ReturnType<typeof createRingBuffer>): number[] => [
  ...(buffer.state().store as { x: Float32Array }).x,
];

test('each class of each task keeps its last rows, the oldest giving way (by hand)', () => {
  const buffer = createRingBuffer(2, taskOutputs, 1, createRng(1));
  buffer.add(batchOf(0, [[1, 0], [2, 1], [3, 0]])); // prettier-ignore
  expect(stored(buffer)).toEqual([1, 3, 2, 0, 0, 0, 0, 0]);
  buffer.add(batchOf(0, [[4, 0], [5, 0], [6, 0]])); // prettier-ignore
  // The ring of output 0 took 1 3 | 4 5 | 6: 6 has overwritten 4.
  expect(stored(buffer)).toEqual([6, 5, 2, 0, 0, 0, 0, 0]);
  buffer.add(batchOf(1, [[7, 2], [8, 3], [9, 2]])); // prettier-ignore
  expect(stored(buffer)).toEqual([6, 5, 2, 0, 8, 0, 7, 9]);
  expect([...buffer.store.y]).toEqual([0, 0, 1, 0, 3, 0, 2, 2]);
  expect([...buffer.store.task]).toEqual([0, 0, 0, 0, 1, 0, 1, 1]);
});

test('draws come from filled slots of earlier tasks only, without repeats', () => {
  const buffer = createRingBuffer(2, [...taskOutputs, [4]], 1, createRng(1));
  buffer.add(batchOf(0, [[1, 0], [2, 1], [3, 0]])); // prettier-ignore
  buffer.add(batchOf(1, [[7, 2]])); // prettier-ignore
  expect([...buffer.drawBefore(0, 5)]).toEqual([]);
  expect([...buffer.drawBefore(1, 5)].toSorted()).toEqual([0, 1, 2]);
  expect([...buffer.drawBefore(2, 5)].toSorted()).toEqual([0, 1, 2, 6]);
  const drawn = new Set(Array.from({ length: 50 }, () => buffer.drawBefore(1, 1)[0]));
  expect([...drawn].toSorted()).toEqual([0, 1, 2]);
});

test('tasks that share outputs (domain scenario) have rings of their own', () => {
  const shared = [
    [0, 1],
    [0, 1],
  ];
  const buffer = createRingBuffer(1, shared, 1, createRng(1));
  const row = (task: number, x: number, y: number): Batch => ({
    x: Float32Array.of(x),
    y: Int32Array.of(y),
    ids: Int32Array.of(0),
    size: 1,
    task,
  });
  buffer.add(row(0, 1, 0));
  buffer.add(row(1, 2, 0));
  buffer.add(row(1, 3, 1));
  expect(stored(buffer)).toEqual([1, 0, 2, 3]);
});
