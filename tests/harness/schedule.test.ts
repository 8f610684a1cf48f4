import { describe, expect, test } from 'vitest';
import { createRng, type Rng } from '../../base/index.ts';
import { createBatchOrder, updatesPerTask } from '../../harness/schedule.ts';

/** A generator whose permutations are all in order, which notes what it is forked for. */
function inOrder(labels: string[] = []): Rng {
  const rng: Rng = {
    ...createRng(1),
    permutation: (length) => Int32Array.from({ length }, (_, i) => i),
    fork(label) {
      labels.push(label);
      return rng;
    },
  };
  return rng;
}

const batches = (order: (update: number) => Int32Array, updates: number) =>
  Array.from({ length: updates }, (_, update) => [...order(update)]);

describe('without views', () => {
  test('an epoch is a shuffle of its own, cut into batches of which the last may be short (by hand)', () => {
    const labels: string[] = [];
    const order = createBatchOrder(inOrder(labels), 3, 7, 3);
    expect(batches(order, 4)).toEqual([[0, 1, 2], [3, 4, 5], [6], [0, 1, 2]]);
    expect(labels).toEqual(['order/3/0', 'order/3/1']);
  });

  test.each([1, 4, 5, 10, 23])('one view in batches of %d is the plain order', (batch) => {
    const updates = updatesPerTask(22, batch, 3);
    const plain = Array.from({ length: 3 }, (_, epoch) => {
      const order = createRng(8).fork(`order/0/${epoch}`).permutation(22);
      return Array.from({ length: updates / 3 }, (_unused, i) => [...order.subarray(i * batch, (i + 1) * batch)]);
    }).flat();
    expect(batches(createBatchOrder(createRng(8), 0, 22, batch, 1), updates)).toEqual(plain);
  });
});

describe('with views', () => {
  test('an epoch walks its part of a shuffle that V epochs share (by hand)', () => {
    const labels: string[] = [];
    const order = createBatchOrder(inOrder(labels), 3, 6, 4, 2);
    expect(batches(order, 6)).toEqual([
      [0, 0, 1, 1],
      [2, 2],
      [3, 3, 4, 4],
      [5, 5],
      [0, 0, 1, 1],
      [2, 2],
    ]);
    expect(labels).toEqual(['order/3/0', 'order/3/1']);
  });

  test('where samples do not divide evenly no batch is empty (by hand)', () => {
    const views = (samples: number, batch: number) =>
      batches(createBatchOrder(inOrder(), 0, samples, batch, 4), 4 * Math.ceil(samples / batch)).map((rows) =>
        rows.filter((_, i) => i % 4 === 0),
      );
    // Parts of 3, 2, 2 and 2 samples, each in two batches of up to 2.
    expect(views(9, 8)).toEqual([[0, 1], [2], [3], [4], [5], [6], [7], [8]]);
    // In three batches of one sample: the sample before a part begins it.
    expect(views(9, 4)).toEqual([[0], [1], [2], [2], [3], [4], [4], [5], [6], [6], [7], [8]]);
  });

  const cases = [
    [40, 8, 4],
    [41, 8, 4],
    [47, 8, 2],
    [100, 12, 3],
    [97, 10, 5],
    [33, 32, 4],
    [64, 64, 8],
  ] as const;
  test.each(cases)(
    '%d samples in batches of %d with %d views: each is shown V times within V epochs',
    (n, batch, v) => {
      const perEpoch = Math.ceil(n / batch);
      const order = createBatchOrder(createRng(5), 1, n, batch, v);
      for (const cycle of [0, 1]) {
        const shown = new Int32Array(n);
        for (let update = cycle * v * perEpoch; update < (cycle + 1) * v * perEpoch; update++) {
          const rows = order(update);
          expect(rows.length).toBeGreaterThan(0);
          expect(rows.length).toBeLessThanOrEqual(batch);
          // The views of a sample stand side by side.
          rows.forEach((row, i) => expect(row).toBe(rows[i - (i % v)]));
          rows.forEach((row) => shown[row]++);
        }
        expect([...shown]).toEqual(Array.from({ length: n }, () => v));
      }
    },
  );

  test.each([1, 2, 4])('%d views: a sample comes again after V epochs of updates on average', (views) => {
    const [n, batch, cycles] = [48, 8, 5];
    const updates = updatesPerTask(n, batch, cycles * views);
    const order = createBatchOrder(createRng(2), 0, n, batch, views);
    const last = new Map<number, number>();
    const intervals: number[] = [];
    for (let update = 0; update < updates; update++)
      for (const row of new Set(order(update))) {
        if (last.has(row)) intervals.push(update - last.get(row)!);
        last.set(row, update);
      }
    const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length;
    expect(mean).toBeCloseTo(views * (n / batch), 10);
  });

  test('a run that goes on in the middle finds its place by the update’s number alone', () => {
    const updates = updatesPerTask(41, 8, 9);
    const all = batches(createBatchOrder(createRng(5), 1, 41, 8, 4), updates);
    for (const update of [37, 5, 53, 0])
      expect([...createBatchOrder(createRng(5), 1, 41, 8, 4)(update)]).toEqual(all[update]);
  });
});
