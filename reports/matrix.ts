import type { Run } from '../logs/index.ts';
import { meanAndStd } from '../metrics/index.ts';

/** The accuracy matrix of several seeds: `cells[i][j]` is the mean on task j after training task i, null where no run has it. */
export interface MeanMatrix {
  /** Rows of the matrix: -1 for the untrained model, else the index of the task just trained. */
  readonly after: readonly number[];
  readonly cells: readonly (readonly (number | null)[])[];
}

/** Averages the runs' accuracy matrices, cell by cell over the runs that have the cell. */
export function meanMatrix(runs: readonly Run[], tasks: number): MeanMatrix {
  const columns = Array.from({ length: tasks }, (_, j) => j);
  const rowsOf = ({ matrix }: Run) => [matrix.initial, ...matrix.rows];
  const after = [-1, ...columns].filter((i) => runs.some((run) => rowsOf(run)[i + 1]?.some((value) => value !== null)));
  return {
    after,
    cells: after.map((i) => columns.map((j) => meanAndStd(runs.map((run) => rowsOf(run)[i + 1]?.[j] ?? null)).mean)),
  };
}
