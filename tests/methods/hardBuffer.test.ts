import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { createHardBuffer, hardest } from '../../methods/shared/buffers/hardBuffer.ts';
import type { Batch } from '../../methods/index.ts';
import { bytesOfState, copyState } from './fixtures.ts';

/** A batch of rows of one pixel, which is the sample's id. */
function batchOf(ids: readonly number[], more: Partial<Batch> = {}): Batch {
  const y = Int32Array.from(ids, (id) => id % 2);
  return { x: Float32Array.from(ids), y, ids: Int32Array.from(ids), size: ids.length, task: 0, ...more };
}

test('the hardest are the largest losses, of equal ones the first', () => {
  expect(hardest([1, 3, 2, 3, 0], 3)).toEqual([1, 3, 2]);
  expect(hardest([1, 2], 5)).toEqual([1, 0]);
});

describe('a hard buffer', () => {
  test('holds what sorting everything that it held and was offered would keep (brute force over 40 batches)', () => {
    const rng = createRng('hard');
    const buffer = createHardBuffer(6, 1);
    let expected: number[] = [];
    for (let step = 0; step < 40; step++) {
      const ids = Array.from({ length: 1 + rng.integer(5) }, (_, i) => 10 * step + i);
      // Losses change with the parameters: each offer has new ones, of held rows, too.
      const loss = new Map([...expected, ...ids].map((id) => [id, rng.uniform()]));
      const held = Array.from(buffer.store.id.subarray(0, buffer.size), (id) => loss.get(id)!);
      buffer.offer(
        batchOf(ids),
        held,
        ids.map((id) => loss.get(id)!),
      );
      expected = [...loss]
        .toSorted((a, b) => b[1] - a[1])
        .slice(0, 6)
        .map(([id]) => id);
      const now = [...buffer.store.id.subarray(0, buffer.size)];
      expect(now.toSorted()).toEqual(expected.toSorted());
      for (const [slot, id] of now.entries()) {
        expect(buffer.store.x[slot]).toBe(id);
        expect(buffer.store.y[slot]).toBe(id % 2);
      }
    }
  });

  test('counts padding rows not at all, views of a sample once, and a sample that it holds not again', () => {
    const buffer = createHardBuffer(10, 1);
    buffer.offer(batchOf([1, 1, 2, 2, 7], { size: 4, views: 2 }), [], [5, 4, 3, 2, 9]);
    expect([...buffer.store.id.subarray(0, buffer.size)]).toEqual([1, 2]);
    buffer.offer(batchOf([2, 3]), [1, 1], [8, 8]);
    expect([...buffer.store.id.subarray(0, buffer.size)]).toEqual([1, 2, 3]);
    // The same id with other pixels, as tasks of a task-free stream have it, or in another task.
    buffer.offer(batchOf([3], { x: Float32Array.of(50) }), [1, 1, 1], [1]);
    buffer.offer(batchOf([3], { task: 1 }), [1, 1, 1, 1], [1]);
    expect([...buffer.store.id.subarray(0, buffer.size)]).toEqual([1, 2, 3, 3, 3]);
  });

  test('goes on from its state', () => {
    const [one, other] = [createHardBuffer(3, 1), createHardBuffer(3, 1)];
    one.offer(batchOf([1, 2, 3, 4]), [], [4, 1, 3, 2]);
    other.restore(copyState(one.state()));
    for (const buffer of [one, other]) buffer.offer(batchOf([5]), [1, 2, 3], [2.5]);
    expect(bytesOfState(other.state())).toBe(bytesOfState(one.state()));
    expect([...one.store.id].toSorted()).toEqual([3, 4, 5]);
  });
});
