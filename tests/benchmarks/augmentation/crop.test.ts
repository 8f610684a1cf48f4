import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { randomCrop } from '../../../benchmarks/index.ts';
import { scripted } from './scripted.ts';

/** 2 x 3 pixels of one channel: 1 2 3 over 4 5 6. */
const image = [1, 2, 3, 4, 5, 6];
const grey = { shape: [2, 3, 1] } as const;

/** The part of the padded image that begins at a row and a column, both from 0 to twice the padding. */
function cropAt(row: number, column: number, padding: number): number[] {
  const rows = Float32Array.of(...image);
  randomCrop(grey, padding)(rows, 0, scripted({ integer: [row, column] }));
  return [...rows];
}

// By hand. With padding 1 the padded image is
//   0 0 0 0 0
//   0 1 2 3 0
//   0 4 5 6 0
//   0 0 0 0 0
test.each<[number, number, number[]]>([
  [0, 0, [0, 0, 0, 0, 1, 2]],
  [0, 1, [0, 0, 0, 1, 2, 3]],
  [1, 0, [0, 1, 2, 0, 4, 5]],
  [1, 1, image],
  [1, 2, [2, 3, 0, 5, 6, 0]],
  [2, 1, [4, 5, 6, 0, 0, 0]],
  [2, 2, [5, 6, 0, 0, 0, 0]],
])('with padding 1 the part from row %i, column %i on is %j', (row, column, expected) => {
  expect(cropAt(row, column, 1)).toEqual(expected);
});

test('padding may be wider than the image, and 0 leaves it as it is', () => {
  expect(cropAt(0, 0, 3)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(cropAt(0, 0, 0)).toEqual(image);
});

test('every place is equally likely', () => {
  const rng = createRng('crop');
  const crop = randomCrop(grey, 1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 9000; i++) {
    const rows = Float32Array.of(...image);
    crop(rows, 0, rng);
    counts.set(rows.join(), (counts.get(rows.join()) ?? 0) + 1);
  }
  expect(counts.size).toBe(9);
  // Binomial with n = 9000, p = 1/9: standard deviation 29.8.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29.8);
});

test('in a normalised image black is -mean / std of the channel, and channels stay together', () => {
  const normalization = { mean: [0.5, 0.25], std: [0.25, 0.5] };
  const rows = Float32Array.of(1, 10, 2, 20);
  randomCrop({ shape: [1, 2, 2], normalization }, 1)(rows, 0, scripted({ integer: [1, 2] }));
  expect([...rows]).toEqual([2, 20, -2, -0.5]);
});

test('only the image that begins at the given place changes', () => {
  const rows = Float32Array.of(7, 7, ...image, 8, 8);
  randomCrop(grey, 1)(rows, 2, scripted({ integer: [2, 2] }));
  expect([...rows]).toEqual([7, 7, 5, 6, 0, 0, 0, 0, 8, 8]);
});

test.each([-1, 0.5, Number.NaN])('a padding of %d is refused', (padding) => {
  expect(() => randomCrop(grey, padding)).toThrow(new RangeError(`invalid padding: ${padding}`));
});
