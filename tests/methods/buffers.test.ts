import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { bufferNames, createBuffer, createTaskRings, type Batch, type Buffer } from '../../methods/index.ts';
import { requireBuffer } from '../../methods/shared/buffers/named.ts';
import { bytesOfState, copyState } from './fixtures.ts';

const stream = {
  scenario: 'class',
  inputSize: 1,
  outputCount: 6,
  taskOutputs: [
    [0, 1],
    [2, 3],
    [4, 5],
  ],
} as const;

const batchOf = (task: number, rows: readonly (readonly [x: number, y: number])[]): Batch => ({
  x: Float32Array.from([...rows.map(([x]) => x), 99]),
  y: Int32Array.from([...rows.map(([, y]) => y), stream.taskOutputs[task][0]]),
  ids: new Int32Array(rows.length + 1),
  size: rows.length,
  task,
});

/** Chi-square statistic of counts that should be alike. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Three rows of class 0, one of class 1, two of class 2: rows 1 … 6, all held by any of the buffers. */
function filled(buffer: Buffer): Buffer {
  buffer.add(batchOf(0, [[1, 0], [2, 1], [3, 0], [4, 0]])); // prettier-ignore
  buffer.add(batchOf(1, [[5, 2], [6, 2]])); // prettier-ignore
  return buffer;
}
const drawn = (buffer: Buffer, ...options: Parameters<Buffer['draw']>): number[] =>
  [...buffer.draw(...options)].map((slot) => buffer.store.x[slot]);

describe.each(bufferNames)('a %s buffer', (name) => {
  const create = (seed = 1) => filled(createBuffer(name, 18, stream, createRng(seed)));

  test('counts what it holds and draws each row once at most', () => {
    const buffer = create();
    expect(buffer.size).toBe(6);
    for (const by of ['uniform', 'class'] as const) {
      expect(drawn(buffer, 10, { by }).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(new Set(drawn(buffer, 4, { by })).size).toBe(4);
      expect(drawn(createBuffer(name, 18, stream, createRng(1)), 3, { by })).toEqual([]);
    }
  });

  test('tells how many of the rows that it was offered it took', () => {
    const buffer = createBuffer(name, 6, stream, createRng(1));
    expect(buffer.add(batchOf(0, [[1, 0], [2, 1]]))).toBe(2); // prettier-ignore
    const taken = buffer.add(
      batchOf(
        0,
        Array.from({ length: 40 }, (_, i) => [10 + i, 0] as const),
      ),
    );
    // A reservoir fills its four free slots first; two of three slots of a balanced class are free; four of a balanced task; a ring takes whatever comes.
    const [least, most] = { reservoir: [4, 39], balanced: [2, 2], 'task-balanced': [4, 4], ring: [40, 40] }[name];
    expect(taken).toBeGreaterThanOrEqual(least);
    expect(taken).toBeLessThanOrEqual(most);
  });

  test('draws rows of earlier tasks only, if it is told to', () => {
    const buffer = create();
    for (const by of ['uniform', 'class'] as const) {
      expect(drawn(buffer, 3, { by, before: 0 })).toEqual([]);
      expect(drawn(buffer, 9, { by, before: 1 }).toSorted()).toEqual([1, 2, 3, 4]);
      expect(drawn(buffer, 9, { by, before: 2 }).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  test('draws rows alike, or classes alike (chi-square)', () => {
    const buffer = create();
    const counts = { uniform: [0, 0, 0, 0, 0, 0], class: [0, 0, 0] };
    for (let i = 0; i < 3000; i++) {
      counts.uniform[drawn(buffer, 1)[0] - 1]++;
      counts.class[buffer.store.y[buffer.draw(1, { by: 'class' })[0]]]++;
    }
    // 99.9 % quantiles of the chi-square law with 5 and 2 degrees of freedom, from a table.
    expect(chiSquare(counts.uniform, 3000)).toBeLessThan(20.515);
    expect(chiSquare(counts.class, 3000)).toBeLessThan(13.816);
  });

  test('goes on drawing classes alike among those of which rows are left: P by hand', () => {
    const buffer = create();
    let single = 0;
    const runs = 4000;
    for (let i = 0; i < runs; i++) if (drawn(buffer, 2, { by: 'class' }).includes(2)) single++;
    // The one row of class 1 comes first with 1/3, else second with 1/3: 1/3 + 2/3·1/3 = 5/9. Standard deviation √(pq/n) = 0.0079.
    expect(Math.abs(single / runs - 5 / 9)).toBeLessThan(4 * 0.0079);
    // Once it is drawn, each of the two other classes is as likely as the other.
    const third = Array.from({ length: runs }, () => buffer.draw(2, { by: 'class' }))
      .filter(([first]) => buffer.store.y[first] === 1)
      .map(([, second]) => buffer.store.y[second]);
    const rows = third.filter((label) => label === 0).length;
    expect(third).not.toContain(1);
    expect(Math.abs(rows / third.length - 1 / 2)).toBeLessThan((4 * 0.5) / Math.sqrt(third.length));
  });

  test('is restored from its state', () => {
    const buffer = create();
    const restored = createBuffer(name, 18, stream, createRng(1));
    restored.restore(copyState(buffer.state()));
    expect(restored.size).toBe(6);
    const more = batchOf(2, [[7, 4], [8, 5], [9, 4]]); // prettier-ignore
    for (const each of [buffer, restored]) each.add(more);
    expect(bytesOfState(restored.state())).toBe(bytesOfState(buffer.state()));
  });
});

describe('rings of whole tasks', () => {
  test('keep the last rows of each task, of whatever class, the oldest giving way (by hand)', () => {
    const buffer = createTaskRings(3, 3, 1, createRng(1));
    expect([...buffer.slotsOf(0)]).toEqual([]);
    buffer.add(batchOf(0, [[1, 0], [2, 1]])); // prettier-ignore
    expect([...buffer.slotsOf(0)]).toEqual([0, 1]);
    buffer.add(batchOf(0, [[3, 1], [4, 1], [5, 1]])); // prettier-ignore
    buffer.add(batchOf(2, [[6, 5]]));
    // 1 2 3 | 4 5: 4 and 5 have overwritten 1 and 2.
    expect([...buffer.store.x]).toEqual([4, 5, 3, 0, 0, 0, 6, 0, 0]);
    expect([...buffer.slotsOf(0)]).toEqual([0, 1, 2]);
    expect([...buffer.slotsOf(1)]).toEqual([]);
    expect([...buffer.slotsOf(2)]).toEqual([6]);
    expect(buffer.size).toBe(4);
    expect(drawn(buffer, 9, { before: 2 }).toSorted()).toEqual([3, 4, 5]);
  });
});

describe('a memory that makes no buffer is refused:', () => {
  const facts = {
    scenario: 'class',
    images: false,
    outputCount: 4,
    taskCount: 3,
    outputsPerTask: 4,
    batch: 10,
  } as const;

  test('fewer slots than rings', () => {
    expect(() => requireBuffer('er', { buffer: 'ring', memory: 11 }, facts)).toThrow(
      'method er: memory: 11 samples are too few for a ring of each class of each task (at least 12); choose a larger memory or another buffer',
    );
    expect(() => requireBuffer('er', { buffer: 'ring', memory: 12 }, facts)).not.toThrow();
    expect(() => requireBuffer('er', { buffer: 'balanced', memory: 11 }, facts)).not.toThrow();
  });

  test('fewer slots than classes', () => {
    expect(() => requireBuffer('er', { buffer: 'balanced', memory: 3 }, facts)).toThrow('(at least 4)');
  });
});
