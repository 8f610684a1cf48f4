import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCanvas } from '@napi-rs/canvas';
import { drawPlot, roundTicks } from '../../../reports/figures/plot.ts';
import { figureStyles } from '../../../reports/figures/style.ts';

const style = figureStyles.paper;

describe('ticks', () => {
  test('are round numbers that lie within, 0 among them', () => {
    expect(roundTicks(-46, 231, 95, style)).toEqual([0, 100, 200]);
    expect(roundTicks(0, 1, 150, style)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(roundTicks(-0.5, 0.5, 60, style)).toEqual([-0.5, 0, 0.5]);
  });

  test('have room for their names', () => {
    const end = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(
        end,
        fc.double({ min: 0.01, max: 5000, noNaN: true }),
        fc.integer({ min: 40, max: 500 }),
        (min, wide, length) => {
          const ticks = roundTicks(min, min + wide, length, style);
          expect(ticks.every((tick) => tick >= min - 1e-6 && tick <= min + wide + 1e-6)).toBe(true);
          for (let i = 1; i < ticks.length; i++)
            expect(((ticks[i] - ticks[i - 1]) * length) / wide).toBeGreaterThanOrEqual(2.8 * style.text - 1e-6);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

test('a dip of one evaluation among thousands is drawn to its depth, at its place', () => {
  const points = Array.from({ length: 20_001 }, (_, x) => ({ x, y: x === 7_000 ? 0 : 1 }));
  const canvas = createCanvas(480, 240);
  const context = canvas.getContext('2d');
  const axis = { named: false, at: [] };
  drawPlot(context, {
    area: { x: 10, y: 5, width: 100, height: 50 },
    style,
    x: { ...axis, min: 0, max: 20_000 },
    y: { ...axis, min: -1, max: 1 },
    datasets: [{ data: points, borderColor: '#ff0000', borderWidth: 4, pointRadius: 0 }],
  });
  // Four units a point: the dip at 7,000 of 20,000 is 35 points into the area, and its floor half-way down.
  const isRed = (x: number, y: number): boolean => {
    const [red, green, , alpha] = context.getImageData(x, y, 1, 1).data;
    return alpha > 100 && red > 150 && green < 100;
  };
  expect(isRed(4 * 45, 4 * 29)).toBe(true);
  expect(isRed(4 * 45 - 12, 4 * 29)).toBe(false);
  expect(isRed(4 * 45 + 12, 4 * 29)).toBe(false);
});
