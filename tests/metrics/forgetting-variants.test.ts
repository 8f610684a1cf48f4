import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backwardTransfer,
  backwardTransferAndInterference,
  averageAccuracy,
  forgettingByRow,
  forgettingFromMaximum,
  forgettingMammoth,
  learningAccuracy,
} from '../../metrics/index.ts';
import {
  fullMatrices,
  gaining,
  holedMatrices,
  matrixOf,
  reference,
  referenceTriangle,
  withFlatTask,
  worked,
} from './matrices.ts';

describe('forgettingByRow', () => {
  it('agrees with a matrix worked by hand', () => {
    expect(forgettingByRow(worked)).toEqual([
      { value: null, cells: 0 },
      { value: expect.closeTo(-0.1, 12), cells: 2 },
      { value: expect.closeTo(0.3, 12), cells: 6 },
    ]);
  });
  it.each([
    [reference.matrix, referenceTriangle.forgettingByRow],
    [gaining.matrix, gaining.continuum.forgettingByRow],
  ])('agrees with Continuum after every task, which looks at the diagonal and below', ({ rows }, expected) => {
    const lower = matrixOf(rows.map((row, i) => row.map((value, j) => (j <= i ? value : null))));
    const values = forgettingByRow(lower).map(({ value }) => value);
    expect(values).toEqual([null, ...expected.map((value) => expect.closeTo(value, 12))]);
  });
  it('is the maximum over rows taken anew for every row, and ends in forgettingFromMaximum', () => {
    assert(
      property(holedMatrices, (matrix) => {
        const { rows } = matrix;
        const byDefinition = rows.map((_, k) => forgettingFromMaximum(matrixOf(rows.slice(0, k + 1))));
        const scores = forgettingByRow(matrix);
        for (const [k, { value, cells }] of scores.entries()) {
          expect(value === null).toBe(byDefinition[k] === null);
          expect(value ?? 0).toBeCloseTo(byDefinition[k] ?? 0, 12);
          expect(cells > 0).toBe(value !== null);
          expect(Math.abs(value ?? 0)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
  it('shares its sum with one task more where a task that never changes comes first', () => {
    assert(
      property(fullMatrices(2), constantFrom(0, 0.3, 1), (matrix, level) => {
        const k = matrix.rows.length;
        const grown = forgettingByRow(withFlatTask(matrix, level)).at(-1)!.value!;
        const sum = forgettingByRow(matrix).at(-1)!.value! * (k - 1);
        expect(grown).toBeCloseTo(sum / k, 12);
      }),
    );
  });
});

describe('forgettingMammoth', () => {
  it('agrees with a matrix worked by hand', () => {
    expect(forgettingMammoth(worked)).toEqual({ value: expect.closeTo(0.3, 12), cells: 6 });
    expect(
      forgettingMammoth(
        matrixOf([
          [0.7, 0.1],
          [0.8, 0.9],
        ]),
      ),
    ).toEqual({ value: 0, cells: 2 });
  });
  it('agrees with Mammoth, rows padded or whole', () => {
    for (const [{ rows }, expected] of [
      [reference.matrix, reference.mammoth.forgetting],
      [gaining.matrix, gaining.mammothForgetting],
    ] as const) {
      const lower = matrixOf(rows.map((row, i) => row.map((value, j) => (j <= i ? value : null))));
      expect(forgettingMammoth(matrixOf(rows)).value).toBeCloseTo(expected, 12);
      expect(forgettingMammoth(lower)).toEqual({ value: expect.closeTo(expected, 12), cells: 9 });
    }
  });
  it('counts a missing cell as 0, but not one of the last row', () => {
    expect(
      forgettingMammoth(
        matrixOf([
          [null, 0],
          [0.25, 0.5],
        ]),
      ),
    ).toEqual({ value: 0, cells: 1 });
    expect(
      forgettingMammoth(
        matrixOf([
          [0.5, 0],
          [null, 0.5],
        ]),
      ),
    ).toEqual({ value: null, cells: 0 });
  });
  it('is null, not NaN or 0, with one task', () => {
    expect(forgettingMammoth(matrixOf([[0.9]]))).toEqual({ value: null, cells: 0 });
    expect(forgettingMammoth(matrixOf([]))).toEqual({ value: null, cells: 0 });
  });
  it('lies between 0 and 1, never below forgettingFromMaximum, and does not hang on the order of earlier rows', () => {
    assert(
      property(fullMatrices(2), (matrix) => {
        const { value } = forgettingMammoth(matrix);
        expect(value).toBeGreaterThanOrEqual(Math.max(0, forgettingFromMaximum(matrix)! - 1e-12));
        expect(value).toBeLessThanOrEqual(1);
        const { rows } = matrix;
        const turned = matrixOf([...rows.slice(0, -1).toReversed(), rows.at(-1)!]);
        expect(forgettingMammoth(turned).value).toBeCloseTo(value!, 12);
      }),
    );
  });
});

describe('backwardTransferAndInterference', () => {
  it('agrees with a matrix worked by hand', () => {
    expect(backwardTransferAndInterference(worked)).toEqual({ value: expect.closeTo(-1 / 6, 12), cells: 5 });
  });
  it('is 0 after one task, and null where a cell is missing', () => {
    expect(backwardTransferAndInterference(matrixOf([[0.9]]))).toEqual({ value: 0, cells: 1 });
    expect(backwardTransferAndInterference(matrixOf([]))).toEqual({ value: null, cells: 0 });
    expect(backwardTransferAndInterference(matrixOf([[null]])).value).toBeNull();
  });
  it('is ACC − LA, and BWT with the last task counted in', () => {
    assert(
      property(fullMatrices(2), (matrix) => {
        const value = backwardTransferAndInterference(matrix).value!;
        const k = matrix.rows.length;
        expect(value).toBeCloseTo(averageAccuracy(matrix)! - learningAccuracy(matrix)!, 12);
        expect(value).toBeCloseTo((backwardTransfer(matrix)! * (k - 1)) / k, 12);
      }),
    );
  });
});
