import { array, constant, integer, oneof, type Arbitrary } from 'fast-check';
import type { AccuracyMatrix } from '../../logs/index.ts';

/** A matrix with tasks a, b, c, … */
export function matrixOf(rows: AccuracyMatrix['rows'], initial: AccuracyMatrix['initial'] = null): AccuracyMatrix {
  return { tasks: rows[0]?.map((_, t) => String.fromCodePoint(97 + t)) ?? ['a'], initial, rows };
}

/**
 * A matrix of 4 tasks, and what other libraries make of it: Mammoth (aimagelab/mammoth, commit e75a491, `utils/metrics.py`) and
 * Continuum (Continvvm/continuum, commit 43ba009, `continuum/metrics/metrics.py`, on 100 predictions a cell).
 */
export const reference = {
  matrix: matrixOf(
    [
      [0.7, 0.12, 0.05, 0.31],
      [0.81, 0.95, 0.18, 0.22],
      [0.84, 0.62, 0.93, 0.4],
      [0.55, 0.71, 0.66, 0.9],
    ],
    [0.11, 0.09, 0.14, 0.1],
  ),
  mammoth: { backwardTransfer: -0.22, forwardTransfer: 0.12333333333333334, forgetting: 0.26666666666666666 },
  continuum: { forgetting: 0.26666666666666666, forwardTransferWithoutBaseline: 0.2333333333333333 },
};

/** A second matrix, in which tasks gain, and what the same functions make of it; `forgettingByRow` is Continuum's after each task. */
export const gaining = {
  matrix: matrixOf([
    [0.4, 0.12, 0.05, 0.31],
    [0.61, 0.35, 0.18, 0.22],
    [0.54, 0.62, 0.53, 0.4],
    [0.65, 0.41, 0.66, 0.9],
  ]),
  mammothForgetting: 0.07,
  continuum: {
    accuracy: 0.567,
    backwardTransfer: 0.17666666666666667,
    remembering: 1,
    positiveBackwardTransfer: 0.17666666666666667,
    forgettingByRow: [-0.21, -0.1, 0.013333333333333327],
  },
};

/** Of the first matrix, by Continuum's `accuracy_A`, `backward_transfer`, `remembering`, and `forgetting` after each task but the first. */
export const referenceTriangle = {
  accuracy: 0.767,
  backwardTransfer: -0.1233333333333333,
  remembering: 0.8766666666666667,
  positiveBackwardTransfer: 0,
  forgettingByRow: [-0.11, 0.15, 0.26666666666666666],
};

/** The matrix that the docstrings work through. */
export const worked = matrixOf([
  [0.7, 0.1, 0.1],
  [0.8, 0.9, 0.1],
  [0.6, 0.5, 0.9],
]);

const percent = integer({ min: 0, max: 100 }).map((value) => value / 100);

/** Finished runs of `least` to 6 tasks, every cell measured. */
export const fullMatrices = (least: number): Arbitrary<AccuracyMatrix> => square(least, percent);

/** The same with cells missing anywhere, about one in ten. */
export const holedMatrices: Arbitrary<AccuracyMatrix> = square(
  1,
  oneof({ weight: 9, arbitrary: percent }, { weight: 1, arbitrary: constant(null) }),
);

function square(least: number, cell: Arbitrary<number | null>): Arbitrary<AccuracyMatrix> {
  return integer({ min: least, max: 6 })
    .chain((k) => array(array(cell, { minLength: k, maxLength: k }), { minLength: k, maxLength: k }))
    .map((rows) => matrixOf(rows));
}

/** The matrix of the same run if its tasks had come in another order: rows and columns moved alike. */
export function reorder({ rows }: AccuracyMatrix, order: readonly number[]): AccuracyMatrix {
  return matrixOf(order.map((i) => order.map((j) => rows[i][j])));
}

/** The matrix with a task before all others, the same in every row, after which the others were not evaluated. */
export function withFlatTask({ rows }: AccuracyMatrix, value: number): AccuracyMatrix {
  return matrixOf([[value, ...rows.map(() => null)], ...rows.map((row) => [value, ...row])]);
}
