import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { herd } from '../../methods/shared/buffers/herding.ts';

test('a worked example: four points on a line', () => {
  // μ = 3. One: |3 − x| is least for 2. Two: |3 − (x + 2)/2| is 2 for 0, 1.5 for 1 and 2.5 for 9: 1. Three: |3 − (x + 3)/3| is 2 for 0, 1 for 9.
  expect([...herd([0, 1, 2, 9], 1, 4)]).toEqual([2, 1, 3, 0]);
  // In the plane, μ = (1, 1): (1, 0) and (0, 1) are equally near, the first wins. Two: (μ·2 − (1, 0)) = (1, 2), nearest to it (0, 1) with √2,
  // (3, 3) has √5. Three: 3μ − (1, 1) = (2, 2), nearest (3, 3) with √2, (0, 0) has √8.
  expect([...herd([1, 0, 0, 1, 3, 3, 0, 0], 2, 4)]).toEqual([0, 1, 2, 3]);
});

/** The paper's formula word for word: the distance of the mean of the picked ones and a candidate from the mean of all. */
function byFormula(rows: readonly (readonly number[])[], count: number): number[] {
  const size = rows[0].length;
  const axes = Array.from({ length: size }, (_, i) => i);
  const mu = axes.map((i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  const picked: number[] = [];
  for (let k = 1; k <= Math.min(count, rows.length); k++) {
    const distances = rows.map((row, n) =>
      picked.includes(n)
        ? Infinity
        : Math.hypot(...axes.map((i) => mu[i] - (row[i] + picked.reduce((sum, p) => sum + rows[p][i], 0)) / k)),
    );
    picked.push(distances.indexOf(Math.min(...distances)));
  }
  return picked;
}

/** iCaRL's released code: the residual w starts at μ, the row with the largest w·φ is taken, then w ← w + μ − φ. */
function byResidual(rows: readonly (readonly number[])[], count: number): number[] {
  const mu = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  let w = mu;
  const picked: number[] = [];
  while (picked.length < count) {
    const products = rows.map((row, n) =>
      picked.includes(n) ? -Infinity : row.reduce((sum, value, i) => sum + value * w[i], 0),
    );
    const best = products.indexOf(Math.max(...products));
    picked.push(best);
    w = w.map((value, i) => value + mu[i] - rows[best][i]);
  }
  return picked;
}

const rng = createRng('herding');
const drawn = Array.from({ length: 40 }, () => Array.from({ length: 5 }, () => rng.normal()));
const unit = drawn.map((row) => row.map((value) => value / Math.hypot(...row)));

test('it picks what the formula of the paper picks, rows of any length', () => {
  expect([...herd(drawn.flat(), 5, 40)]).toEqual(byFormula(drawn, 40));
  expect([...herd(unit.flat(), 5, 40)]).toEqual(byFormula(unit, 40));
});

test('for unit vectors the residual form of the released code is the same, for others it is not', () => {
  expect([...herd(unit.flat(), 5, 40)]).toEqual(byResidual(unit, 40));
  expect([...herd(drawn.flat(), 5, 40)]).not.toEqual(byResidual(drawn, 40));
});

test('a shorter list is the beginning of a longer one, and no list is longer than the rows', () => {
  const all = herd(unit.flat(), 5, 100);
  expect(all).toHaveLength(40);
  expect(new Set(all).size).toBe(40);
  expect([...herd(unit.flat(), 5, 7)]).toEqual([...all.subarray(0, 7)]);
  expect([...herd([], 5, 7)]).toEqual([]);
});

test('refuses features that are no numbers, and broken rows', () => {
  expect(() => herd([NaN, 1], 1, 1)).toThrow('not all numbers');
  expect(() => herd([1, 2, 3], 2, 1)).toThrow('3 numbers are no rows of 2');
});
