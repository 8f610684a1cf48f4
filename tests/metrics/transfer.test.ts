import { describe, expect, it } from 'vitest';
import { backwardTransfer, forwardTransfer } from '../../metrics/index.ts';
import { matrixOf, reference } from './matrices.ts';

describe('backwardTransfer', () => {
  it('agrees with Mammoth', () => {
    expect(backwardTransfer(reference.matrix)).toBeCloseTo(reference.mammoth.backwardTransfer, 12);
  });
  it('agrees with the example in the tests of Continuum', () => {
    expect(
      backwardTransfer(
        matrixOf([
          [1, 0],
          [0.5, 0.5],
        ]),
      ),
    ).toBe(-0.5);
  });
  it('is null, not 0, with one task', () => expect(backwardTransfer(matrixOf([[0.9]]))).toBeNull());
  it('is null where a cell is missing', () => {
    expect(
      backwardTransfer(
        matrixOf([
          [null, 0],
          [0.5, 0.5],
        ]),
      ),
    ).toBeNull();
  });
});

describe('forwardTransfer', () => {
  it('agrees with Mammoth', () => {
    expect(forwardTransfer(reference.matrix)).toBeCloseTo(reference.mammoth.forwardTransfer, 12);
  });
  it('agrees with Continuum, which has no baseline, where the untrained model is always wrong', () => {
    const untrained = { ...reference.matrix, initial: [0, 0, 0, 0] };
    expect(forwardTransfer(untrained)).toBeCloseTo(reference.continuum.forwardTransferWithoutBaseline, 12);
    expect(
      forwardTransfer(
        matrixOf(
          [
            [1, 0.125],
            [0.25, 0.25],
          ],
          [0, 0],
        ),
      ),
    ).toBe(0.125);
  });
  it('agrees with a matrix worked by hand', () => {
    const rows = [
      [0.9, 0.6, 0.5],
      [0.8, 0.9, 0.7],
      [0.8, 0.8, 0.9],
    ];
    expect(forwardTransfer(matrixOf(rows, [0.5, 0.5, 0.4]))).toBeCloseTo(0.2, 12);
  });
  it('is null without the untrained model', () => {
    expect(forwardTransfer({ ...reference.matrix, initial: null })).toBeNull();
    expect(
      forwardTransfer(
        matrixOf(
          [
            [1, 0.125],
            [0.25, 0.25],
          ],
          [0, null],
        ),
      ),
    ).toBeNull();
  });
  it('is null where a task was not evaluated before it was learnt', () => {
    expect(
      forwardTransfer(
        matrixOf(
          [
            [1, null],
            [0.25, 0.25],
          ],
          [0, 0],
        ),
      ),
    ).toBeNull();
  });
  it('is null with one task', () => expect(forwardTransfer(matrixOf([[0.9]], [0.1]))).toBeNull());
});
