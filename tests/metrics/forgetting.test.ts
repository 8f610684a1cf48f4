import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardTransfer, forgettingAfterLearning, forgettingFromMaximum } from '../../metrics/index.ts';
import { matrixOf, reference } from './matrices.ts';

const matrix = matrixOf([
  [0.7, 0.1, 0.1],
  [0.8, 0.9, 0.1],
  [0.6, 0.5, 0.9],
]);

const matrices = integer({ min: 2, max: 6 })
  .chain((k) => {
    const row = array(integer({ min: 0, max: 100 }), { minLength: k, maxLength: k });
    return array(row, { minLength: k, maxLength: k });
  })
  .map((rows) => matrixOf(rows.map((row) => row.map((percent) => percent / 100))));

describe('forgettingAfterLearning', () => {
  it('agrees with a matrix worked by hand', () => expect(forgettingAfterLearning(matrix)).toBeCloseTo(0.25, 12));
  it('is negative where old tasks gained', () => {
    expect(
      forgettingAfterLearning(
        matrixOf([
          [0.5, 0],
          [0.75, 1],
        ]),
      ),
    ).toBe(-0.25);
  });
  it('is null, not 0, with one task', () => {
    expect(forgettingAfterLearning(matrixOf([[0.9]]))).toBeNull();
    expect(forgettingAfterLearning(matrixOf([]))).toBeNull();
  });
  it('is null where a cell is missing', () => {
    expect(
      forgettingAfterLearning(
        matrixOf([
          [0.5, 0],
          [null, 1],
        ]),
      ),
    ).toBeNull();
  });
  it('is the negative of backward transfer', () => {
    assert(
      property(matrices, (m) => {
        expect(forgettingAfterLearning(m)! + backwardTransfer(m)!).toBeCloseTo(0, 12);
      }),
    );
  });
});

describe('forgettingFromMaximum', () => {
  it('agrees with a matrix worked by hand', () => expect(forgettingFromMaximum(matrix)).toBeCloseTo(0.3, 12));
  it('agrees with Mammoth and Continuum', () => {
    expect(forgettingFromMaximum(reference.matrix)).toBeCloseTo(reference.mammoth.forgetting, 12);
    expect(forgettingFromMaximum(reference.matrix)).toBeCloseTo(reference.continuum.forgetting, 12);
  });
  it('agrees with the example in the tests of Continuum', () => {
    expect(
      forgettingFromMaximum(
        matrixOf([
          [1, 0.25],
          [0.25, 0.25],
        ]),
      ),
    ).toBe(0.75);
  });
  it('is negative where the last boundary is the best', () => {
    expect(
      forgettingFromMaximum(
        matrixOf([
          [0.5, 0],
          [0.75, 1],
        ]),
      ),
    ).toBe(-0.25);
  });
  it('is null, not 0, with one task', () => expect(forgettingFromMaximum(matrixOf([[0.9]]))).toBeNull());
  it('is null where a cell from the diagonal down is missing', () => {
    const rows = [
      [0.5, 0, 0],
      [null, 0.5, 0],
      [0.5, 0.5, 0.5],
    ];
    expect(forgettingFromMaximum(matrixOf(rows))).toBeNull();
  });
  it('does not need evaluations of tasks that are not learnt', () => {
    expect(
      forgettingFromMaximum(
        matrixOf([
          [0.7, null, null],
          [0.8, 0.9, null],
          [0.6, 0.5, 0.9],
        ]),
      ),
    ).toBeCloseTo(0.3, 12);
  });
  it('lies between the forgetting since learning and 1', () => {
    assert(
      property(matrices, (m) => {
        expect(forgettingFromMaximum(m)).toBeGreaterThanOrEqual(forgettingAfterLearning(m)! - 1e-12);
        expect(forgettingFromMaximum(m)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
