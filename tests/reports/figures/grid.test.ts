import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlap } from '../../../reports/charts/labels.ts';
import { gridOf } from '../../../reports/figures/grid.ts';

const plan = { least: 90, heightOf: (width: number) => width / 2, left: 20, right: 5, top: 10, bottom: 15, gapX: 8, heading: 12 }; // prettier-ignore

test('panels stand side by side where there is room, and leave no more gaps than they must', () => {
  const { cells, height } = gridOf({ ...plan, width: 234, count: 5 });
  expect(cells.map(({ first, lowest }) => [first, lowest])).toEqual([
    [true, false],
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ]);
  // (234 − 20 − 5 − 8) / 2 wide, half as high; three rows with headings.
  expect(cells[1]).toMatchObject({ x: 20 + 100.5 + 8, width: 100.5, height: 50.25, y: 22 });
  expect(height).toBe(10 + 3 * (50.25 + 12) + 15);
  // Room for four in a row, but four and one would leave a hole.
  const even = gridOf({ ...plan, width: 420, count: 6 }).cells;
  expect(new Set(even.map(({ y }) => y)).size).toBe(2);
  expect(even.filter(({ first }) => first)).toHaveLength(2);
});

test('no panel leaves the sheet or covers another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 144, max: 864 }), fc.integer({ min: 1, max: 30 }), (width, count) => {
      const { cells, height } = gridOf({ ...plan, width, count });
      for (const [i, cell] of cells.entries()) {
        expect(cell.x >= 0 && cell.x + cell.width <= width && cell.y >= 0 && cell.y + cell.height <= height).toBe(true);
        expect(cells.some((other, j) => j > i && overlap(cell, other))).toBe(false);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
