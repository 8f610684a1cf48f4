import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  largest,
  placesOf,
  placesToDrop,
  placesToGrow,
  randomMask,
  smallest,
} from '../../../methods/shared/masks/topology.ts';

const places = (...numbers: number[]) => Int32Array.from(numbers);
const everywhere = (size: number) => Int32Array.from({ length: size }, (_, i) => i);

describe('selection', () => {
  test('of the smallest and the largest agrees with a full sort, ties going to the lower index', () => {
    const rng = createRng(1);
    for (let round = 0; round < 50; round++) {
      const size = 1 + rng.integer(40);
      // Few values, so that there are many ties.
      const scores = Array.from({ length: size }, () => rng.integer(6) - 3);
      const chosen = rng
        .sample(size, 1 + rng.integer(size))
        .toSorted()
        .filter((i) => i % 5 !== 4);
      const count = rng.integer(size + 3);
      const sorted = (sign: number) =>
        [...chosen].toSorted((a, b) => sign * (scores[a] - scores[b]) || a - b).slice(0, count);
      expect([...smallest(chosen, (i) => scores[i], count)]).toEqual(sorted(1));
      expect([...largest(chosen, (i) => scores[i], count)]).toEqual(sorted(-1));
    }
  });

  test('puts what is not a number last, so that as many are chosen as asked for', () => {
    const scores = [NaN, 2, NaN, 1];
    expect([...smallest(everywhere(4), (i) => scores[i], 3)]).toEqual([3, 1, 0]);
    expect([...largest(everywhere(4), (i) => scores[i], 3)]).toEqual([1, 3, 0]);
  });
});

test('a random mask has exactly as many ones as asked for, each place being as likely', () => {
  const counts = new Float64Array(8);
  for (let seed = 0; seed < 2000; seed++) {
    const mask = randomMask(8, 3, createRng(seed));
    expect(placesOf(mask, 1)).toHaveLength(3);
    expect(placesOf(mask, 0)).toHaveLength(5);
    mask.forEach((value, i) => (counts[i] += value));
  }
  // Each count is binomial(2000, 3/8), of standard deviation 21.7.
  for (const count of counts) expect(Math.abs(count - 750)).toBeLessThan(4 * 21.7);
  expect([...randomMask(3, 3, createRng(1))]).toEqual([1, 1, 1]);
  expect([...randomMask(3, 0, createRng(1))]).toEqual([0, 0, 0]);
});

describe('drop by hand', () => {
  //                               0    1     2    3     4     5     6    7
  const weights = Float32Array.of(0.3, -0.1, 0.0, 0.1, -0.2, 0.05, -0.4, 0.6);
  const gradients = Float32Array.of(0.1, 9.0, 5.0, 1.0, 0.4, -1.0, 0.2, 0.01);

  test('magnitude: the smallest |w| of the active ones, whatever the sign, ties to the lower index', () => {
    expect([...placesToDrop('magnitude', { weights }, places(0, 1, 3, 4, 6), 3)]).toEqual([1, 3, 4]);
    expect([...placesToDrop('magnitude', { weights }, places(0, 1, 3), 0)]).toEqual([]);
  });

  test('taylor: the smallest (w·g)²', () => {
    // |w·g|: .03, .9, 0, .1, .08, .05, .08, .006.
    expect([...placesToDrop('taylor', { weights, gradients }, everywhere(8), 4)]).toEqual([2, 7, 0, 5]);
    // By |w| alone it would be 5, 1 and 3.
    expect([...placesToDrop('taylor', { weights, gradients }, places(0, 1, 3, 4, 5, 7), 3)]).toEqual([7, 0, 5]);
  });

  test('set-sign: the same share of each sign, smallest first; 0 counts as positive', () => {
    // Positive: 2, 5, 3, 0, 7 (0, .05, .1, .3, .6); negative: 1, 4, 6. 3 of 8 are 1.875 and 1.125: two and one.
    expect([...placesToDrop('set-sign', { weights }, everywhere(8), 3)]).toEqual([1, 2, 5]);
    // 6 of 8 are 3.75 and 2.25: four and two.
    expect([...placesToDrop('set-sign', { weights }, everywhere(8), 6)]).toEqual([0, 1, 2, 3, 4, 5]);
    // One sign only.
    expect([...placesToDrop('set-sign', { weights }, places(1, 4, 6), 2)]).toEqual([1, 4]);
    expect([...placesToDrop('set-sign', { weights }, places(), 0)]).toEqual([]);
  });

  test('sign-halves: half of them of each sign, an odd one positive, and the rest from the other sign where one has too few', () => {
    expect([...placesToDrop('sign-halves', { weights }, everywhere(8), 4)]).toEqual([1, 2, 4, 5]);
    expect([...placesToDrop('sign-halves', { weights }, everywhere(8), 3)]).toEqual([1, 2, 5]);
    // One negative weight only: three positive ones make up for it.
    expect([...placesToDrop('sign-halves', { weights }, places(0, 3, 5, 6, 7), 4)]).toEqual([0, 3, 5, 6]);
    // One positive weight only.
    expect([...placesToDrop('sign-halves', { weights }, places(0, 1, 4, 6), 4)]).toEqual([0, 1, 4, 6]);
    expect([...placesToDrop('sign-halves', { weights }, places(1, 4, 6, 7), 3)]).toEqual([1, 4, 7]);
    // None.
    expect([...placesToDrop('sign-halves', { weights }, places(0, 3, 7), 2)]).toEqual([0, 3]);
  });

  test.each(['magnitude', 'taylor', 'set-sign', 'sign-halves'] as const)(
    '%s drops as many as asked for, all of them active ones, whatever the weights are',
    (criterion) => {
      const rng = createRng(criterion);
      for (let round = 0; round < 200; round++) {
        const size = 1 + rng.integer(20);
        const lean = rng.normal();
        const some = Float32Array.from({ length: size }, () => rng.normal() + 2 * lean);
        const slopes = Float32Array.from({ length: size }, () => rng.normal());
        const active = everywhere(size).filter(() => rng.uniform() < 0.6);
        const count = rng.integer(active.length + 1);
        const dropped = placesToDrop(criterion, { weights: some, gradients: slopes }, active, count);
        expect(new Set(dropped).size).toBe(count);
        expect([...dropped].every((i) => active.includes(i))).toBe(true);
      }
    },
  );
});

describe('growth', () => {
  const draws = (criterion: 'random' | 'unfired', count: number, everActive: Float32Array) => {
    const rng = createRng(1);
    const counts = new Float64Array(6);
    for (let i = 0; i < 4000; i++)
      for (const place of placesToGrow(criterion, { everActive }, places(1, 2, 4, 5), count, rng)) counts[place]++;
    return counts;
  };

  test('random draws distinct candidates uniformly, and no more than there are', () => {
    expect([...placesToGrow('random', {}, places(1, 2, 4, 5), 9, createRng(1))].toSorted()).toEqual([1, 2, 4, 5]);
    const counts = draws('random', 1, new Float32Array(6));
    // Each count is binomial(4000, 1/4), of standard deviation 27.4.
    for (const i of [1, 2, 4, 5]) expect(Math.abs(counts[i] - 1000)).toBeLessThan(4 * 27.4);
    expect(counts[0] + counts[3]).toBe(0);
  });

  test('unfired draws uniformly among candidates that were never active, and only when these are used up among the rest', () => {
    const everActive = Float32Array.of(1, 0, 1, 1, 0, 1);
    const one = draws('unfired', 1, everActive);
    // Binomial(4000, 1/2), of standard deviation 31.6.
    for (const i of [1, 4]) expect(Math.abs(one[i] - 2000)).toBeLessThan(4 * 31.6);
    expect(one[2] + one[5]).toBe(0);
    const three = draws('unfired', 3, everActive);
    for (const i of [1, 4]) expect(three[i]).toBe(4000);
    for (const i of [2, 5]) expect(Math.abs(three[i] - 2000)).toBeLessThan(4 * 31.6);
    expect([...placesToGrow('unfired', { everActive }, places(1, 2), 9, createRng(1))]).toEqual([1, 2]);
  });

  test.each(['gradient', 'momentum'] as const)('%s takes the largest sizes among the candidates', (criterion) => {
    const scores = Float32Array.of(9, -3, 0.5, 8, 2, -2);
    const grow = (count: number) => [...placesToGrow(criterion, { scores }, places(1, 2, 4, 5), count, createRng(1))];
    expect(grow(2)).toEqual([1, 4]); // 3, then 2, of which there are two: the first
    expect(grow(3)).toEqual([1, 4, 5]);
    expect(grow(9)).toEqual([1, 4, 5, 2]);
    expect(grow(0)).toEqual([]);
  });
});
