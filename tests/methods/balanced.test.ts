import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { createBalancedBuffer, type Batch, type Buffer } from '../../methods/index.ts';
import { bytesOfState, copyState } from './fixtures.ts';

/** Rows of one number each, with room for one more in the batch. */
const batchOf = (rows: readonly (readonly [x: number, y: number])[], task = 0): Batch => ({
  x: Float32Array.from([...rows.map(([x]) => x), 99]),
  y: Int32Array.from([...rows.map(([, y]) => y), 0]),
  ids: Int32Array.from([...rows.map(([x]) => 1000 + x), 0]),
  size: rows.length,
  task,
});

const rowsOf = (buffer: Buffer): number[] => [...buffer.store.x.subarray(0, buffer.size)];
const labelsOf = (buffer: Buffer): number[] => [...buffer.store.y.subarray(0, buffer.size)];

describe('the greedy balancing sampler', () => {
  test('takes what comes until it is full, then only what balances it (by hand)', () => {
    const buffer = createBalancedBuffer(4, 1, createRng(1));
    buffer.add(batchOf([[1, 7], [2, 7], [3, 7]])); // prettier-ignore
    expect([rowsOf(buffer), buffer.size]).toEqual([[1, 2, 3], 3]);
    // Class 5 is new: a quota of 2, and a free slot. Then the buffer is full, and class 7 holds 3.
    buffer.add(batchOf([[4, 5]]));
    expect(labelsOf(buffer)).toEqual([7, 7, 7, 5]);
    // Class 7 is beyond its quota of 2: dropped. Class 5 has room for one: a row of class 7 gives way. After that both are at their quota.
    buffer.add(batchOf([[8, 7]]));
    expect(rowsOf(buffer)).toEqual([1, 2, 3, 4]);
    buffer.add(batchOf([[9, 5]]));
    expect(labelsOf(buffer).toSorted()).toEqual([5, 5, 7, 7]);
    expect(rowsOf(buffer)).toEqual(expect.arrayContaining([4, 9]));
    const balanced = rowsOf(buffer);
    buffer.add(batchOf([[10, 5], [11, 7]])); // prettier-ignore
    expect(rowsOf(buffer)).toEqual(balanced);
    // A third class: a quota of ⌊4/3⌋ = 1. Of the two classes of two rows that of the lower output gives one.
    buffer.add(batchOf([[12, 2], [13, 2]])); // prettier-ignore
    expect(labelsOf(buffer).toSorted()).toEqual([2, 5, 7, 7]);
    expect(rowsOf(buffer)).toContain(12);
  });

  test('drops a class that comes when there is a class in every slot', () => {
    const buffer = createBalancedBuffer(2, 1, createRng(1));
    buffer.add(batchOf([[1, 0], [2, 1], [3, 2], [4, 0]])); // prettier-ignore
    expect(rowsOf(buffer)).toEqual([1, 2]);
  });

  test('agrees with the algorithm written out over lists, whatever the order of classes', () => {
    for (let seed = 0; seed < 40; seed++) {
      const draws = createRng(`labels/${seed}`);
      const capacity = 6 + draws.integer(20);
      const buffer = createBalancedBuffer(capacity, 1, createRng(seed));
      const counts: number[] = [0, 0, 0, 0, 0, 0];
      const seen = new Set<number>();
      for (let row = 0; row < 150; row++) {
        const label = draws.integer(1 + Math.floor(row / 25));
        seen.add(label);
        if (counts[label] < Math.floor(capacity / seen.size)) {
          if (counts.reduce((sum, count) => sum + count, 0) === capacity) counts[counts.indexOf(Math.max(...counts))]--;
          counts[label]++;
        }
        buffer.add(batchOf([[row, label]]));
        expect(counts.map((_, each) => labelsOf(buffer).filter((y) => y === each).length)).toEqual(counts);
      }
      // No row is held twice, and each keeps its id.
      expect(new Set(rowsOf(buffer)).size).toBe(buffer.size);
      expect([...buffer.store.id.subarray(0, buffer.size)]).toEqual(rowsOf(buffer).map((row) => 1000 + row));
    }
  });

  test('by task it holds as many rows of each task though they share their classes, of which by class it would keep the first alone', () => {
    const tasks = (by: 'y' | 'task') => {
      const buffer = createBalancedBuffer(12, 1, createRng(1), undefined, by);
      for (let task = 0; task < 3; task++)
        for (let row = 0; row < 20; row++) buffer.add({ ...batchOf([[20 * task + row, row % 2]]), task });
      return [0, 1, 2].map((task) => buffer.store.task.filter((each) => each === task).length);
    };
    expect(tasks('task')).toEqual([4, 4, 4]);
    expect(tasks('y')).toEqual([12, 0, 0]);
  });

  test('evicts each row of the largest class with the same probability (chi-square)', () => {
    const runs = 3000;
    const evicted = [0, 0, 0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const buffer = createBalancedBuffer(5, 1, createRng(run));
      buffer.add(batchOf([[0, 3], [1, 3], [2, 3], [3, 3], [4, 3], [5, 1]])); // prettier-ignore
      evicted[[0, 1, 2, 3, 4].find((row) => !rowsOf(buffer).includes(row))!]++;
    }
    const statistic = evicted.reduce((sum, count) => sum + (count - runs / 5) ** 2 / (runs / 5), 0);
    // 0.1 % and 99.9 % quantiles of the chi-square law with 4 degrees of freedom, from a table.
    expect(statistic).toBeGreaterThan(0.091);
    expect(statistic).toBeLessThan(18.467);
  });

  test('restored, it takes and evicts the same rows as the one that it was saved from', () => {
    const rows = (from: number) => batchOf(Array.from({ length: 30 }, (_, i) => [from + i, (from + i * i) % 5]));
    const rng = createRng(4);
    const buffer = createBalancedBuffer(12, 1, rng);
    buffer.add(rows(0));
    const [state, draws] = [copyState(buffer.state()), rng.state()];
    buffer.add(rows(100));
    const other = createRng(5);
    const restored = createBalancedBuffer(12, 1, other);
    restored.restore(state);
    other.restore(draws);
    restored.add(rows(100));
    expect(restored.size).toBe(12);
    expect(bytesOfState(restored.state())).toBe(bytesOfState(buffer.state()));
  });

  test('each row keeps its own extra vector', () => {
    const buffer = createBalancedBuffer(3, 1, createRng(2), { logits: 2 });
    for (let from = 0; from < 60; from += 6) {
      const extras = Float32Array.from({ length: 14 }, (_, i) => 100 * (from + Math.floor(i / 2)) + (i % 2));
      buffer.add(batchOf(Array.from({ length: 6 }, (_, i) => [from + i, Math.floor(from / 20)])), { logits: extras });
    }
    expect([...buffer.store.extras.logits]).toEqual(rowsOf(buffer).flatMap((row) => [100 * row, 100 * row + 1]));
  });
});
