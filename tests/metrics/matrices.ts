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
