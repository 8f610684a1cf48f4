import type { Dataset, Normalization, Samples } from '../types.ts';

/** How the rows of a data set look to a task. */
export interface View {
  /** `[count, size]`, the bytes of all rows of the data set. Called at every read, so that they can be made at the first. */
  bytes(): Uint8Array;
  /** The byte that stands for 1. */
  readonly maximum: number;
  /** `[size]`, for each place of a row as it is read, the place of the same channel that it is taken from; as they lie when left out. */
  readonly gather?: Int32Array;
}

/**
 * The samples of a task: the rows `ids` of a view.
 *
 * @param dataset what the view is of: the shape of its rows, and what they are normalised with
 * @param labels `[ids.length]`, the right outputs
 */
export function createSamples(
  view: View,
  { shape, normalization }: Pick<Dataset, 'shape' | 'normalization'>,
  ids: Int32Array,
  labels: Int32Array,
): Samples {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const scales = scaleTables(view.maximum, channels, normalization);
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
        if (view.gather === undefined) copyRow(bytes, id * size, out, i * size, size, scales);
        else gatherRow(bytes, id * size, out, i * size, view.gather, scales);
      }
    },
  };
}

/** For each channel what a byte becomes. A table instead of arithmetic a value: it is rounded once and costs one load. */
function scaleTables(maximum: number, channels: number, normalization?: Normalization): Float32Array[] {
  return Array.from({ length: channels }, (_, c) => {
    const { mean, std } = { mean: normalization?.mean[c] ?? 0, std: normalization?.std[c] ?? 1 };
    return Float32Array.from({ length: 256 }, (_value, byte) => (byte / maximum - mean) / std);
  });
}

function copyRow(
  bytes: Uint8Array,
  start: number,
  out: Float32Array,
  at: number,
  size: number,
  scales: readonly Float32Array[],
): void {
  const channels = scales.length;
  for (let c = 0; c < channels; c++) {
    const scale = scales[c];
    for (let i = c; i < size; i += channels) out[at + i] = scale[bytes[start + i]];
  }
}

function gatherRow(
  bytes: Uint8Array,
  start: number,
  out: Float32Array,
  at: number,
  gather: Int32Array,
  scales: readonly Float32Array[],
): void {
  const channels = scales.length;
  for (let c = 0; c < channels; c++) {
    const scale = scales[c];
    for (let i = c; i < gather.length; i += channels) out[at + i] = scale[bytes[start + gather[i]]];
  }
}
