import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backwardTransfer,
  diazAccuracy,
  diazBackwardTransfer,
  diazForwardTransfer,
  diazPositiveBackwardTransfer,
  diazRemembering,
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

const all = { diazAccuracy, diazBackwardTransfer, diazRemembering, diazPositiveBackwardTransfer, diazForwardTransfer };
const none = { value: null, cells: 0 };

describe('metrics of Díaz-Rodríguez et al.', () => {
  it('agree with a matrix worked by hand', () => {
    const near = (value: number): unknown => expect.closeTo(value, 12);
    expect(diazAccuracy(worked)).toEqual({ value: near(4.4 / 6), cells: 6 });
    expect(diazBackwardTransfer(worked)).toEqual({ value: near(-0.4 / 3), cells: 5 });
    expect(diazRemembering(worked)).toEqual({ value: near(1 - 0.4 / 3), cells: 5 });
    expect(diazPositiveBackwardTransfer(worked)).toEqual({ value: 0, cells: 5 });
    expect(diazForwardTransfer(worked)).toEqual({ value: near(0.1), cells: 3 });
  });
  it.each([
    ['that forgets', reference.matrix, referenceTriangle],
    ['that gains', gaining.matrix, gaining.continuum],
  ])('agree with Continuum on a run %s', (_, matrix, expected) => {
    expect(diazAccuracy(matrix).value).toBeCloseTo(expected.accuracy, 12);
    expect(diazBackwardTransfer(matrix).value).toBeCloseTo(expected.backwardTransfer, 12);
    expect(diazRemembering(matrix).value).toBeCloseTo(expected.remembering, 12);
    expect(diazPositiveBackwardTransfer(matrix).value).toBeCloseTo(expected.positiveBackwardTransfer, 12);
  });
  it('have transfer for two tasks and more only, and nothing without a task', () => {
    const one = matrixOf([[0.5]]);
    expect(diazAccuracy(one)).toEqual({ value: 0.5, cells: 1 });
    for (const metric of [diazBackwardTransfer, diazRemembering, diazPositiveBackwardTransfer, diazForwardTransfer])
      expect(metric(one)).toEqual(none);
    for (const metric of Object.values(all)) expect(metric(matrixOf([]))).toEqual(none);
  });
  it('leave out tasks that are not finished', () => {
    const unfinished = matrixOf(worked.rows.slice(0, 2));
    expect(diazAccuracy(unfinished).cells).toBe(3);
    expect(diazForwardTransfer(unfinished)).toEqual({ value: 0.1, cells: 1 });
  });
  it('are null where a cell that they need is missing, and have as many cells as they need', () => {
    assert(
      property(holedMatrices, (matrix) => {
        const n = matrix.rows.length;
        const lacks = (needed: (i: number, j: number) => boolean): boolean =>
          matrix.rows.some((row, i) => row.some((value, j) => value === null && needed(i, j)));
        const triangle = (n * (n - 1)) / 2;
        const check = (metric: (typeof all)['diazAccuracy'], missing: boolean, cells: number): void => {
          const { value, cells: found } = metric(matrix);
          expect([value === null, found]).toEqual(missing ? [true, 0] : [false, cells]);
        };
        check(
          diazAccuracy,
          lacks((i, j) => i >= j),
          triangle + n,
        );
        check(diazBackwardTransfer, n === 1 || lacks((i, j) => i >= j && j < n - 1), triangle + n - 1);
        check(diazForwardTransfer, n === 1 || lacks((i, j) => i < j), triangle);
      }),
    );
  });
  it('lie in their ranges, BWT being BWT+ less what is not remembered', () => {
    assert(
      property(fullMatrices(2), (matrix) => {
        const values = Object.fromEntries(Object.entries(all).map(([name, metric]) => [name, metric(matrix).value!]));
        const { diazBackwardTransfer: change, diazRemembering: kept, diazPositiveBackwardTransfer: gained } = values;
        expect(Math.abs(change)).toBeLessThanOrEqual(1);
        for (const value of [values.diazAccuracy, kept, gained, values.diazForwardTransfer]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(gained - (1 - kept)).toBeCloseTo(change, 12);
      }),
    );
  });
  it('share the sum of changes with more pairs where a task that never changes comes first', () => {
    assert(
      property(fullMatrices(2), constantFrom(0, 0.3, 1), (matrix, level) => {
        const n = matrix.rows.length;
        const sum = (diazBackwardTransfer(matrix).value! * n * (n - 1)) / 2;
        expect(diazBackwardTransfer(withFlatTask(matrix, level)).value).toBeCloseTo((2 * sum) / (n * (n + 1)), 12);
      }),
    );
  });
  it('are GEM’s backward transfer for two tasks', () => {
    assert(
      property(fullMatrices(2), ({ rows }) => {
        const two = matrixOf(rows.slice(0, 2).map((row) => row.slice(0, 2)));
        expect(diazBackwardTransfer(two).value).toBeCloseTo(backwardTransfer(two)!, 12);
      }),
    );
  });
});
