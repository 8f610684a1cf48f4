import type { Samples } from '../types.ts';

/** Rows of numbers, as a stream hands them out. */
export interface Table {
  /** `[rows, columns]` */
  readonly values: Float32Array;
  readonly columns: number;
}

/**
 * The samples of a task: the rows `ids` of a table.
 *
 * @param labels `[ids.length]`, the right outputs
 */
export function createTableSamples({ values, columns }: Table, ids: Int32Array, labels: Int32Array): Samples {
  return {
    length: ids.length,
    labels,
    ids,
    read(rows, out) {
      if (out.length < rows.length * columns) {
        throw new RangeError(`${rows.length} rows of ${columns} values do not fit into ${out.length}`);
      }
      for (let i = 0; i < rows.length; i++) {
        const id = ids[rows[i]];
        if (id === undefined) throw new RangeError(`row ${rows[i]} is not in 0..${ids.length - 1}`);
        for (let c = 0; c < columns; c++) out[i * columns + c] = values[id * columns + c];
      }
    },
  };
}
