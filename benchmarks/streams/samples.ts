import type { Samples } from '../types.ts';

/** How the rows of a data set look to a task. */
export interface View {
  /** `[count, size]`, the bytes of all rows of the data set. Called at every read, so that they can be made at the first. */
  bytes(): Uint8Array;
  /** The byte that stands for 1. */
  readonly maximum: number;
  /** `[size]`, for each place of a row as it is read, the place in `bytes` that it is taken from; as they lie when left out. */
  readonly gather?: Int32Array;
}

/**
 * The samples of a task: the rows `ids` of a view.
 *
 * @param size the number of values a row
 * @param labels `[ids.length]`, the right outputs
 */
export function createSamples(view: View, size: number, ids: Int32Array, labels: Int32Array): Samples {
  // A table instead of a division a value: it gives the correctly rounded quotient and costs one load.
  const scale = Float32Array.from({ length: 256 }, (_, byte) => byte / view.maximum);
  return {
    length: ids.length,
    labels,
    ids,
    read(rows, out) {
      if (out.length < rows.length * size) {
        throw new RangeError(`${rows.length} rows of ${size} values do not fit into ${out.length}`);
      }
      const bytes = view.bytes();
      for (let i = 0; i < rows.length; i++) {
        const id = ids[rows[i]];
        if (id === undefined) throw new RangeError(`row ${rows[i]} is not in 0..${ids.length - 1}`);
        if (view.gather === undefined) copyRow(bytes, id * size, out, i * size, size, scale);
        else gatherRow(bytes, id * size, out, i * size, view.gather, scale);
      }
    },
  };
}

function copyRow(
  bytes: Uint8Array,
  start: number,
  out: Float32Array,
  at: number,
  size: number,
  scale: Float32Array,
): void {
  for (let i = 0; i < size; i++) out[at + i] = scale[bytes[start + i]];
}

function gatherRow(
  bytes: Uint8Array,
  start: number,
  out: Float32Array,
  at: number,
  gather: Int32Array,
  scale: Float32Array,
): void {
  for (let i = 0; i < gather.length; i++) out[at + i] = scale[bytes[start + gather[i]]];
}
