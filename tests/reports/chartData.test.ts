import { array, assert, constant, double, integer, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thinned } from '../../reports/charts/thin.ts';
import { alignLines } from '../../reports/page/client/decode.js';
import { pack, stretches } from '../../reports/page/chartData.ts';
import type { ChartData, ChartLine } from '../../reports/page/chartData.ts';

const chartOf = (lines: readonly ChartLine[]): ChartData => ({
  title: '',
  subtitle: '',
  xLabel: '',
  parts: [{ label: '', color: '', lines }],
  strip: [],
  window: null,
  dots: [],
});

describe('numbers of a chart', () => {
  test('come back in the page as they went in, to 8 · 10⁻⁶, and breaks as breaks', () => {
    const value = oneof(double({ min: 0, max: 1, noNaN: true }), constant(NaN));
    assert(
      property(array(value, { minLength: 1 }), (values) => {
        const x = stretches(values.map((_, i) => i));
        const { xs, lines } = alignLines(chartOf([{ x, y: pack(values) }]));
        expect(xs).toEqual(values.map((_, i) => i));
        const back = lines[0].y.map((one) => one ?? NaN);
        expect(back.map(Number.isNaN)).toEqual(values.map(Number.isNaN));
        const errors = back.map((one, i) => Math.abs(one - values[i])).filter((error) => !Number.isNaN(error));
        expect(Math.max(0, ...errors)).toBeLessThan(8e-6);
      }),
    );
  });

  test('outside of 0 to 1 are 32-bit floats', () => {
    expect(alignLines(chartOf([{ x: [[0, 1, 2]], y: pack([-1.5, NaN]) }])).lines[0].y).toEqual([-1.5, null]);
  });

  test('of steps come back whatever they are', () => {
    assert(
      property(array(integer({ min: 0, max: 50 }), { minLength: 1 }), (steps) => {
        const sorted = steps.toSorted((a, b) => a - b);
        expect(alignLines(chartOf([{ x: stretches(sorted), y: pack(sorted.map(() => 0)) }])).xs).toEqual(sorted);
      }),
    );
    expect(stretches([0, 1, 2, 2, 12, 22])).toEqual([
      [0, 1, 3],
      [2, 10, 3],
    ]);
  });

  test('of lines over unlike steps share one column, where a line without a value is passed over', () => {
    const a = { x: stretches([0, 2, 2]), y: pack([0, 1, 0]) };
    const b = { x: stretches([1, 2]), y: pack([1, 1]) };
    expect(alignLines(chartOf([a, b]))).toMatchObject({
      xs: [0, 1, 2, 2],
      lines: [{ y: [0, undefined, 1, 0] }, { y: [undefined, 1, 1, undefined] }],
    });
  });
});

describe('thinned', () => {
  test('keeps few points as they are', () => {
    const points = Array.from({ length: 40 }, (_, x) => ({ x, y: x }));
    expect(thinned(points, 3)).toBe(points);
  });

  test('keeps every dip of one evaluation at its depth and its place', () => {
    assert(
      property(integer({ min: 1, max: 9998 }), integer({ min: 1, max: 9998 }), (dip, peak) => {
        const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === dip ? 0.1 : x === peak ? 0.99 : 0.9 }));
        const kept = thinned(points, 100.5);
        expect(kept.length).toBeLessThanOrEqual(400);
        expect(kept).toContain(points[dip]);
        expect(kept).toContain(points[peak]);
        expect(kept.every(({ x }, i) => i === 0 || x > kept[i - 1].x)).toBe(true);
        expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps breaks', () => {
    const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: x === 500 ? NaN : 1 }));
    expect(thinned(points, 100).filter(({ y }) => Number.isNaN(y))).toEqual([points[500]]);
  });
});
