import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import type { Batch, State } from '../../methods/index.ts';
import { createGreedyBuffer, drawWeighted } from '../../methods/shared/buffers/greedy.ts';
import { bytesOfState, copyState } from './fixtures.ts';

/** Rows of one number, which is also their label and id. */
function batchOf(...values: number[]): Batch {
  const y = Int32Array.from(values);
  return { x: Float32Array.from(values), y, ids: y, size: values.length, task: 0 };
}

/** χ² of counts against probabilities, and its 99.9 % quantile by the degrees of freedom (tables of the χ² distribution). */
const quantile: Readonly<Record<number, number>> = { 2: 13.816, 3: 16.266, 5: 20.515 };
function expectShares(counts: readonly number[], shares: readonly number[]): void {
  const trials = counts.reduce((sum, count) => sum + count, 0);
  const chiSquare = counts.reduce((sum, count, i) => sum + (count - trials * shares[i]) ** 2 / (trials * shares[i]), 0);
  expect(chiSquare).toBeLessThan(quantile[counts.length - 1]);
}

describe('the buffer of GSS-Greedy', () => {
  test('takes rows as they come until it is full, with their scores, 0.1 in the first batch', () => {
    const buffer = createGreedyBuffer(5, 1, 0, createRng(1));
    expect(buffer.add(batchOf(10, 11), null)).toBe(2);
    // Even if they are like what is there: a similarity counts only when rows have to make room.
    expect(buffer.add(batchOf(12, 13), { batch: 0.9, rows: [0.8, -0.3] })).toBe(2);
    expect(buffer.add(batchOf(14, 15), { batch: 0.9, rows: [0.5, 0.6] })).toBe(1);
    expect([...buffer.store.y]).toEqual([10, 11, 12, 13, 14]);
    [0.1, 0.1, 0.8, -0.3, 0.5].forEach((score, i) => expect(buffer.store.extras.score[i]).toBeCloseTo(score, 6));
    expect(buffer.size).toBe(5);
  });

  const filled = (scores: number[], seed: number) => {
    const buffer = createGreedyBuffer(scores.length, 1, 0, createRng(seed));
    buffer.add(batchOf(...scores.keys()), { batch: 0, rows: scores });
    return buffer;
  };

  test('when full it leaves out a batch whose gradient is not against those it holds', () => {
    const buffer = filled([-0.5, 0, 0.5], 1);
    const before = bytesOfState(buffer.state());
    for (const similarity of [0, 0.4])
      for (let i = 0; i < 20; i++) expect(buffer.add(batchOf(9), { batch: similarity, rows: [-1] })).toBe(0);
    expect(bytesOfState(buffer.state())).toBe(before);
  });

  test('a slot is drawn by its score and replaced by the odds of the two scores: probabilities worked out by hand', () => {
    // Scores −0.5, 0, 0.5: chosen with 0 : 0.5 : 1. A row of score 0 replaces 0 with 1/(1 + 1), 0.5 with 1.5/(1.5 + 1).
    const shares = [(2 / 3) * 0.4 + (1 / 3) * 0.5, (1 / 3) * 0.5, (2 / 3) * 0.6];
    const counts = [0, 0, 0];
    for (let seed = 0; seed < 6000; seed++) {
      const buffer = filled([-0.5, 0, 0.5], seed);
      const stored = buffer.add(batchOf(9), { batch: -0.1, rows: [0] });
      const place = buffer.store.y.indexOf(9);
      expect(stored).toBe(place === -1 ? 0 : 1);
      counts[Math.max(0, place)]++;
    }
    expectShares(counts, shares);
  });

  test('a row against all that is held always takes its slot, with its own score, and one slot is drawn once', () => {
    const buffer = filled([-1, 0.3, 0.4, 0.9], 3);
    expect(buffer.add(batchOf(7, 8, 9), { batch: -0.2, rows: [-1, -1, -1] })).toBe(3);
    expect([...buffer.store.y].toSorted((a, b) => a - b)).toEqual([0, 7, 8, 9]);
    expect([...buffer.store.extras.score]).toEqual([-1, -1, -1, -1]);
    // Now all scores are equal: every weight is 0 and no slot can be drawn.
    expect(buffer.add(batchOf(5), { batch: -0.2, rows: [-1] })).toBe(0);
  });

  test('a restored buffer goes on as the first one did', () => {
    const rng = createRng(4);
    const buffer = createGreedyBuffer(4, 1, 0, rng);
    buffer.add(batchOf(1, 2, 3), null);
    const [state, draws] = [copyState(buffer.state()), rng.state()];
    const go = (each: ReturnType<typeof createGreedyBuffer>) => {
      each.add(batchOf(4, 5), { batch: 1, rows: [0.7, 0.2] });
      for (let i = 0; i < 10; i++) each.add(batchOf(6 + i), { batch: -0.5, rows: [-0.5] });
      return bytesOfState(each.state());
    };
    const first = go(buffer);
    const other = createRng(5);
    const restored = createGreedyBuffer(4, 1, 0, other);
    restored.restore(state as State);
    other.restore(draws);
    expect(go(restored)).toBe(first);
  });
});

test('weighted draws without repeats: each in proportion to what is left', () => {
  // Weights 1, 2, 0, 3 and two draws: (first, second) has w₁/6 · w₂/(6 − w₁).
  const weights = [1, 2, 0, 3];
  const pairs = [0, 1, 3].flatMap((i) => [0, 1, 3].filter((j) => j !== i).map((j) => [i, j]));
  const counts = pairs.map(() => 0);
  const rng = createRng('weighted');
  for (let trial = 0; trial < 6000; trial++) {
    const drawn = drawWeighted(weights, 2, rng);
    counts[pairs.findIndex(([i, j]) => i === drawn[0] && j === drawn[1])]++;
  }
  expectShares(
    counts,
    pairs.map(([i, j]) => ((weights[i] / 6) * weights[j]) / (6 - weights[i])),
  );
  expect(drawWeighted(weights, 9, rng).toSorted((a, b) => a - b)).toEqual([0, 1, 3]);
});
