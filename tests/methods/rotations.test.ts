import { expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { augmentation, type Transform } from '../../benchmarks/index.ts';
import { createPairedViews } from '../../methods/shared/pairedViews.ts';
import { rotationTables } from '../../methods/shared/rotations.ts';
import { allocateRows } from '../../methods/shared/rows.ts';

// PyTorch 2.13: torch.rot90 of the 4 x 4 image 0 … 15, of its halves and then of the whole.
test.each<[number, number[]]>([
  [1, [13, 12, 2, 3, 9, 8, 6, 7, 5, 4, 10, 11, 1, 0, 14, 15]],
  [3, [0, 1, 15, 14, 4, 5, 11, 10, 8, 9, 7, 6, 12, 13, 3, 2]],
  [6, [2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13]],
  [9, [3, 7, 11, 15, 2, 6, 10, 14, 12, 8, 4, 0, 13, 9, 5, 1]],
  [15, [12, 8, 4, 0, 13, 9, 5, 1, 3, 7, 11, 15, 2, 6, 10, 14]],
])('version %i of an image is turned as in PyTorch', (version, expected) => {
  expect([...rotationTables(4)[version]]).toEqual(expected);
});

test('all sixteen versions differ, each shows every pixel once, and the first is the image', () => {
  const tables = rotationTables(6);
  expect(new Set(tables.map((table) => table.join()))).toHaveLength(16);
  const pixels = Array.from({ length: 36 }, (_, i) => i);
  for (const table of tables) expect([...table].toSorted((a, b) => a - b)).toEqual(pixels);
  expect([...tables[0]]).toEqual(pixels);
});

test('an odd number of columns is refused', () => {
  expect(() => rotationTables(5)).toThrow(RangeError);
});

/** Adds 100 to every value, and nothing else. */
const mark: Transform = (images, start) => {
  for (let i = start; i < start + 4; i++) images[i] += 100;
};

test('views come version by version, then changed ones in the same order, each part as long as its capacity', () => {
  const format = { shape: [1, 2, 2] } as const;
  const views = createPairedViews(format, false, augmentation([mark], format), createRng(1));
  expect(views.rows(3)).toBe(6);
  const rows = allocateRows(8, 4);
  rows.weight.fill(9);
  views.put(rows, 1, 3, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, -1, -1, -1, -1), [5, 6], 10);
  const of = (row: number) => [...rows.x.subarray(4 * row, 4 * row + 4)];
  expect([of(1), of(2)]).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ]);
  expect([of(4), of(5)]).toEqual([
    [101, 102, 103, 104],
    [105, 106, 107, 108],
  ]);
  expect([...rows.weight]).toEqual([9, 1, 1, 0, 1, 1, 0, 9]);
  expect([1, 2, 4, 5].map((row) => rows.y[row])).toEqual([5, 6, 5, 6]);
});

test('rotated versions keep channels together, and are groups of their own', () => {
  const format = { shape: [2, 2, 2] } as const;
  const views = createPairedViews(format, true, augmentation([], format), createRng(1));
  expect([views.versions, views.rows(3)]).toEqual([16, 96]);
  const rows = allocateRows(32, 8);
  views.put(rows, 0, 1, Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13), [4], 7);
  rotationTables(2).forEach((table, version) => {
    for (const row of [version, 16 + version]) {
      const pixels = [...table].flatMap((pixel) => [pixel, 10 + pixel]);
      expect([...rows.x.subarray(8 * row, 8 * row + 8)]).toEqual(pixels);
      expect(rows.y[row]).toBe(4 + 7 * version);
    }
  });
});
