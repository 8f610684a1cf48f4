import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { createReservoir, type Batch } from '../../methods/index.ts';

/** Rows of one number: `from`, `from` + 1, …, in a batch with room for one more. */
const batchOf = (from: number, size: number): Batch => ({
  x: Float32Array.from({ length: size + 1 }, (_, i) => from + i),
  y: Int32Array.from({ length: size + 1 }, (_, i) => (from + i) % 10),
  ids: Int32Array.from({ length: size + 1 }, (_, i) => 1000 + from + i),
  size,
  task: 0,
});

/** The rows that a reservoir holds, by their number. */
const held = (reservoir: ReturnType<typeof createReservoir>): number[] =>
  [...(reservoir.state().store as { x: Float32Array }).x].slice(0, reservoir.size);

test('every offered row is kept with probability M/N (chi-square of the counts, Vitter 1985)', () => {
  const offered = 30;
  const capacity = 6;
  const runs = 4000;
  const kept = new Float64Array(offered);
  for (let run = 0; run < runs; run++) {
    const reservoir = createReservoir(capacity, 1, createRng(run));
    for (let from = 0; from < offered; from += 10) reservoir.add(batchOf(from, 10));
    const rows = held(reservoir);
    expect(new Set(rows).size).toBe(capacity);
    for (const row of rows) kept[row]++;
  }
  const p = capacity / offered;
  // Exactly M of N rows are kept: with this scale the sum follows the chi-square law of N − 1 degrees of freedom.
  const scale = (offered - 1) / offered / (runs * p * (1 - p));
  const statistic = scale * kept.reduce((sum, count) => sum + (count - runs * p) ** 2, 0);
  // 0.1 % and 99.9 % quantiles of the chi-square law with 29 degrees of freedom, from a table.
  expect(statistic).toBeGreaterThan(10.986);
  expect(statistic).toBeLessThan(58.301);
});

test('the first rows fill the slots in order, and padding is never stored', () => {
  const reservoir = createReservoir(4, 1, createRng(1));
  expect(reservoir.size).toBe(0);
  reservoir.add(batchOf(5, 3));
  expect(reservoir.size).toBe(3);
  expect(held(reservoir)).toEqual([5, 6, 7]);
  expect([...reservoir.store.y]).toEqual([5, 6, 7, 0]);
});

test('draws are distinct, uniform, and as many as there are', () => {
  const reservoir = createReservoir(5, 1, createRng(1));
  expect([...reservoir.draw(3)]).toEqual([]);
  reservoir.add(batchOf(0, 4));
  expect([...reservoir.draw(10)].toSorted()).toEqual([0, 1, 2, 3]);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 3000; i++) {
    const slots = reservoir.draw(2);
    expect(slots[0]).not.toBe(slots[1]);
    for (const slot of slots) counts[slot]++;
  }
  // Each count is binomial(3000, 1/2), of standard deviation 27.4.
  for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(4 * 27.4);
});

test('each row keeps its own label, sample id and extra vector', () => {
  const reservoir = createReservoir(3, 1, createRng(2), { logits: 2 });
  for (let from = 0; from < 60; from += 6) {
    const extras = Float32Array.from({ length: 14 }, (_, i) => 100 * (from + Math.floor(i / 2)) + (i % 2));
    reservoir.add(batchOf(from, 6), { logits: extras });
  }
  const rows = held(reservoir);
  expect([...reservoir.store.y]).toEqual(rows.map((row) => row % 10));
  expect([...reservoir.store.id]).toEqual(rows.map((row) => 1000 + row));
  expect([...reservoir.store.extras.logits]).toEqual(rows.flatMap((row) => [100 * row, 100 * row + 1]));
});

test('the bytes of a reservoir are those of its arrays', () => {
  // 7 slots of 3 inputs, a label, a task, a sample id and 2 + 1 extra numbers, 4 bytes each.
  expect(createReservoir(7, 3, createRng(1), { logits: 2, score: 1 }).store.bytes).toBe(7 * (3 + 3 + 2 + 1) * 4);
});
