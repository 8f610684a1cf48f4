import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { topMask } from '../../../methods/shared/subnetworks/topMask.ts';

function maskOf(scores: ArrayLike<number>, count: number, isOpen?: (place: number) => boolean): number[] {
  const mask = new Float32Array(scores.length).fill(7);
  topMask(Float32Array.from(scores), count, mask, isOpen);
  return [...mask];
}

/** By sorting. */
function sorted(scores: ArrayLike<number>, count: number, isOpen: (place: number) => boolean = () => true): number[] {
  const size = (place: number) => Math.abs(Math.fround(scores[place]));
  const places = Array.from({ length: scores.length }, (_, place) => place).filter(isOpen);
  const chosen = new Set(places.toSorted((a, b) => size(b) - size(a) || a - b).slice(0, count));
  return Array.from({ length: scores.length }, (_, place) => Number(chosen.has(place)));
}

test('the largest sizes, whatever their sign (by hand); of equal ones the first', () => {
  const scores = [0.5, -2, 0, 1, -1, 1e-30];
  expect(maskOf(scores, 0)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(maskOf(scores, 1)).toEqual([0, 1, 0, 0, 0, 0]);
  expect(maskOf(scores, 2)).toEqual([0, 1, 0, 1, 0, 0]);
  expect(maskOf(scores, 3)).toEqual([0, 1, 0, 1, 1, 0]);
  expect(maskOf(scores, 5)).toEqual([1, 1, 0, 1, 1, 1]);
  expect(maskOf(scores, 6)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(maskOf([3, -3, 3, -3], 2)).toEqual([1, 1, 0, 0]);
  expect(maskOf([0, -0, 0], 2)).toEqual([1, 1, 0]);
});

test('among places that are open (by hand)', () => {
  expect(maskOf([5, -4, 3, -2, 1], 2, (place) => place % 2 === 1)).toEqual([0, 1, 0, 1, 0]);
  expect(() => maskOf([5, 4, 3], 2, (place) => place === 0)).toThrow('2 places wanted, of 1');
});

test.each([
  ['near each other', (rng: ReturnType<typeof createRng>) => 1 + 1e-6 * rng.normal()],
  ['of all magnitudes', (rng: ReturnType<typeof createRng>) => rng.normal() * 10 ** (20 * rng.normal())],
  ['of few values', (rng: ReturnType<typeof createRng>) => rng.integer(5) - 2],
])('of scores %s it is what sorting finds', (_, draw) => {
  const rng = createRng('scores');
  for (const size of [1, 2, 17, 1000]) {
    const scores = Float32Array.from({ length: size }, () => draw(rng));
    for (const share of [0, 0.01, 0.3, 0.5, 0.99, 1]) {
      const count = Math.round(share * size);
      expect(maskOf(scores, count)).toEqual(sorted(scores, count));
      const third = (place: number) => place % 3 === 0;
      const fewer = Math.floor(count / 3);
      expect(maskOf(scores, fewer, third)).toEqual(sorted(scores, fewer, third));
    }
  }
});

test('scores may be a part of a larger array', () => {
  const all = Float32Array.of(9, 1, -3, 2, 9);
  const mask = new Float32Array(3);
  topMask(all.subarray(1, 4), 2, mask);
  expect([...mask]).toEqual([0, 1, 1]);
});
