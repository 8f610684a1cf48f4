import { array, constant, integer, oneof, record, type Arbitrary } from 'fast-check';
import { matrixOf } from '../matrices.ts';
import type { Run } from './matrixMetrics.ts';

/** Accuracies in whole percent. */
export const percent = integer({ min: 0, max: 100 }).map((value) => value / 100);
/** The same, about one in ten missing. */
export const holed = oneof({ weight: 9, arbitrary: percent }, { weight: 1, arbitrary: constant(null) });

/** Runs of `least` to 6 tasks, with the untrained model and joint training. */
export function runs(least: number, cell: Arbitrary<number | null>): Arbitrary<Run> {
  return integer({ min: least, max: 6 }).chain((k) => {
    const row = array(cell, { minLength: k, maxLength: k });
    return record({ rows: array(row, { minLength: k, maxLength: k }), initial: row, joint: row }).map(
      ({ rows, initial, joint }) => ({ matrix: matrixOf(rows, initial), joint }),
    );
  });
}
