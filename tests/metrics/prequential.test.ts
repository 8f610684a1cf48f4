import { array, assert, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrequentialLog } from '../../logs/index.ts';
import { prequentialAccuracy, prequentialCurve } from '../../metrics/index.ts';

type Row = readonly [count: number, accuracy: number];

function logOf(rows: readonly Row[]): PrequentialLog {
  return {
    steps: Float64Array.from(rows, (_, i) => i),
    tasks: rows.length > 0 ? ['a'] : [],
    trainingTask: new Int32Array(rows.length),
    counts: Float64Array.from(rows, ([count]) => count),
    accuracy: Float64Array.from(rows, ([, accuracy]) => accuracy),
    loss: new Float64Array(rows.length),
  };
}

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

describe('prequentialCurve', () => {
  it('is the share of right answers so far, worked by hand', () => {
    // Right answers 5, 5 + 0, 5 + 0 + 4 of 10, 20, 24.
    const log = logOf([
      [10, 0.5],
      [10, 0],
      [4, 1],
    ]);
    expect([...prequentialCurve(log)]).toEqual(near([0.5, 0.25, 9 / 24]));
  });

  it('with a fading factor follows S_i = αS + L_i, B_i = αB + 1, worked by hand', () => {
    // α = ½; right, wrong, right, right. S: 1, .5, 1.25, 1.625; B: 1, 1.5, 1.75, 1.875.
    const log = logOf([
      [1, 1],
      [1, 0],
      [1, 1],
      [1, 1],
    ]);
    expect([...prequentialCurve(log, 0.5)]).toEqual(near([1, 0.5 / 1.5, 1.25 / 1.75, 1.625 / 1.875]));
  });

  it('counts a batch as so many samples of its mean: the recurrence of Gama et al., sample by sample', () => {
    const rows = array(
      record({ count: integer({ min: 1, max: 20 }), accuracy: double({ min: 0, max: 1, noNaN: true }) }),
    );
    const fading = double({ min: 0.5, max: 1, noNaN: true });
    assert(
      property(rows, fading, (batches, alpha) => {
        const curve = prequentialCurve(logOf(batches.map(({ count, accuracy }) => [count, accuracy])), alpha);
        let [sum, weight] = [0, 0];
        batches.forEach(({ count, accuracy }, i) => {
          for (let sample = 0; sample < count; sample++) {
            sum = alpha * sum + accuracy;
            weight = alpha * weight + 1;
          }
          expect(curve[i]).toBeCloseTo(sum / weight, 8);
        });
      }),
    );
  });

  it('stays in [0, 1]', () => {
    const perfect = logOf(Array.from({ length: 1000 }, (_, i) => [1 + (i % 7), 1]));
    for (const fading of [1, 0.999, 0.3])
      expect(prequentialCurve(perfect, fading).every((value) => value <= 1 && value > 1 - 1e-9)).toBe(true);
  });

  it.each([0, -0.1, 1.001, NaN])('refuses the fading factor %d', (fading) => {
    expect(() => prequentialCurve(logOf([[1, 1]]), fading)).toThrow(RangeError);
  });
});

describe('prequentialAccuracy', () => {
  it('is the end of the curve', () => {
    const log = logOf([
      [2, 0.5],
      [1, 1],
    ]);
    expect(prequentialAccuracy(log)).toBeCloseTo(2 / 3, 12);
    // S: ¼·0 + .5·1.5 = .75, then .375 + 1; B: 1.5, then 1.75.
    expect(prequentialAccuracy(log, 0.5)).toBeCloseTo(1.375 / 1.75, 12);
  });

  it('is null where nothing was predicted', () => {
    expect(prequentialAccuracy(logOf([]))).toBeNull();
  });
});
