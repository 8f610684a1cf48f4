import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { apportion, redistribute } from '../../../methods/shared/masks/redistribution.ts';

const layer = (active: number, size: number, mean: number) => ({ active, size, mean });
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('by hand', () => {
  test('what all layers drop is given out by their mean sizes of momentum: 30 weights in the ratio 3 : 2 : 1', () => {
    const layers = [layer(20, 100, 3), layer(10, 100, 2), layer(30, 100, 1)];
    expect(redistribute(layers, 0.5, 'not-kept')).toEqual([
      { drop: 10, grow: 15 },
      { drop: 5, grow: 10 },
      { drop: 15, grow: 5 },
    ]);
  });

  test('a full layer passes on what it has no room for, in equal parts', () => {
    // The first layer is 1/6 empty and its share 0.6 is above 1/3: it drops 1/6 of 10, 1. With 10 and 4 of the others that is 15 to give out: 9, 4.5
    // and 1.5. The first has 2 + 1 places; the other 6 are 3 more for each: 7.5 and 4.5, of which the first is rounded up.
    const layers = [layer(10, 12, 6), layer(20, 100, 3), layer(8, 100, 1)];
    expect(redistribute(layers, 0.5, 'not-kept')).toEqual([
      { drop: 1, grow: 3 },
      { drop: 10, grow: 8 },
      { drop: 4, grow: 4 },
    ]);
  });

  test('a layer that is dense and gains stays dense; one that is dense and loses drops as all do', () => {
    expect(redistribute([layer(10, 10, 3), layer(10, 100, 1)], 0.5, 'not-kept')).toEqual([
      { drop: 0, grow: 0 },
      { drop: 5, grow: 5 },
    ]);
    // 2.5 and 7.5 of 10.
    expect(redistribute([layer(10, 10, 1), layer(10, 100, 3)], 0.5, 'not-kept')).toEqual([
      { drop: 5, grow: 3 },
      { drop: 5, grow: 7 },
    ]);
  });

  test('where nearly all is dense and what was dropped may not come back, no more is dropped than can grow', () => {
    expect(redistribute([layer(9, 10, 1), layer(9, 10, 1)], 0.5, 'inactive')).toEqual([
      { drop: 1, grow: 1 },
      { drop: 1, grow: 1 },
    ]);
  });

  test('without any momentum each layer grows what it dropped', () => {
    expect(redistribute([layer(20, 100, 0), layer(10, 100, 0)], 0.3, 'not-kept')).toEqual([
      { drop: 6, grow: 6 },
      { drop: 3, grow: 3 },
    ]);
  });
});

// From calc_growth_redistribution and adjust_prune_rate of TimDettmers/sparse_learning (sparselearning/core.py), run on these layers. It rounds what
// is dropped up and fills a layer to 99 % only.
test.each([
  {
    layers: [layer(20, 100, 3), layer(10, 100, 2), layer(30, 100, 1)],
    dropped: [10, 5, 15],
    grown: [15, 10, 5],
  },
  {
    layers: [layer(1000, 1100, 6), layer(2000, 10_000, 3), layer(800, 10_000, 1)],
    dropped: [91, 1000, 400],
    grown: [189.09, 800.955, 502.955],
  },
  {
    layers: [layer(1000, 1100, 1), layer(2000, 10_000, 3), layer(800, 10_000, 6)],
    dropped: [500, 1000, 400],
    grown: [190, 570, 1140],
  },
  {
    layers: [layer(1000, 1000, 8), layer(2000, 10_000, 1), layer(800, 10_000, 1)],
    dropped: [0, 1000, 400],
    grown: [0, 700, 700],
  },
])('as the released code has it, but for its rounding: $grown', ({ layers, dropped, grown }) => {
  redistribute(layers, 0.5, 'not-kept').forEach(({ drop, grow }, i) => {
    expect(Math.abs(drop - dropped[i])).toBeLessThanOrEqual(1);
    expect(Math.abs(grow - grown[i])).toBeLessThanOrEqual(2);
  });
});

test.each(['inactive', 'not-kept'] as const)(
  'growth among %s places: as many grow as are dropped, each layer has room for them and keeps a weight',
  (candidates) => {
    const rng = createRng(candidates);
    for (let round = 0; round < 2000; round++) {
      const layers = Array.from({ length: 1 + rng.integer(5) }, () => {
        const size = 1 + rng.integer(60);
        return layer(1 + rng.integer(size), size, rng.uniform() < 0.2 ? 0 : rng.uniform() ** 4);
      });
      const replaced = redistribute(layers, 0.99 * rng.uniform(), candidates);
      expect(sum(replaced.map(({ grow }) => grow))).toBe(sum(replaced.map(({ drop }) => drop)));
      for (const [i, { drop, grow }] of replaced.entries()) {
        const { active, size } = layers[i];
        expect(drop).toBeGreaterThanOrEqual(0);
        expect(active - drop).toBeGreaterThanOrEqual(1);
        expect(grow).toBeGreaterThanOrEqual(0);
        expect(grow).toBeLessThanOrEqual(size - active + (candidates === 'not-kept' ? drop : 0));
      }
    }
  },
);

describe('apportionment', () => {
  test('by largest remainders, ties to the first', () => {
    // 10·(5, 3, 1)/9 = 5.56, 3.33, 1.11.
    expect(apportion(10, [5, 3, 1], [99, 99, 99])).toEqual([6, 3, 1]);
    expect(apportion(3, [1, 1], [9, 9])).toEqual([2, 1]);
    expect(apportion(2, [0, 0], [9, 9])).toEqual([1, 1]);
    expect(apportion(0, [1, 2], [0, 0])).toEqual([0, 0]);
  });
  test('within limits, to the last place', () => {
    expect(apportion(7, [1, 1, 1], [1, 2, 4])).toEqual([1, 2, 4]);
    expect(() => apportion(8, [1, 1, 1], [1, 2, 4])).toThrow('8 do not fit into 7');
  });
});
