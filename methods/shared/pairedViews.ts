import type { Rng } from '../../base/index.ts';
import type { Augmentation, ImageFormat } from '../../benchmarks/index.ts';
import { rotationTables } from './rotations.ts';
import type { Rows } from './rows.ts';

/** Writes images, their rotated versions and a changed view of each. */
export interface PairedViews {
  /** Versions of each image: 16, or 1 without rotations. */
  readonly versions: number;
  /** Rows that images take for which there is room for `capacity`. */
  rows(capacity: number): number;
  /**
   * Puts images into memory from row `start` on: version 0 of all of them, version 1, …, then the changed views of these in the same order,
   * each part `capacity` rows long. Row i of version v gets `groups[i] + v · stride` as its label and weight 1, the rows between weight 0.
   * @param x `[at least groups.length, inputSize]`
   */
  put(rows: Rows, start: number, capacity: number, x: Float32Array, groups: readonly number[], stride: number): void;
}

/** @param augment makes the changed view; its draws come from `rng` */
export function createPairedViews(
  { shape }: ImageFormat,
  rotations: boolean,
  augment: Augmentation,
  rng: Rng,
): PairedViews {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const tables = rotations ? rotationTables(width) : null;
  const versions = tables?.length ?? 1;

  function turn(x: Float32Array, count: number, table: Int32Array, out: Float32Array): void {
    for (let i = 0; i < count; i++)
      for (let pixel = 0; pixel < table.length; pixel++)
        for (let c = 0; c < channels; c++)
          out[i * size + pixel * channels + c] = x[i * size + table[pixel] * channels + c];
  }

  return {
    versions,
    rows: (capacity) => 2 * versions * capacity,
    put(rows, start, capacity, x, groups, stride) {
      const count = groups.length;
      for (let version = 0; version < versions; version++) {
        const first = start + version * capacity;
        const second = first + versions * capacity;
        const plain = rows.x.subarray(first * size, (first + count) * size);
        if (tables) turn(x, count, tables[version], plain);
        else plain.set(x.subarray(0, count * size));
        augment(plain, count, rng, rows.x.subarray(second * size, (second + count) * size));
        for (const block of [first, second]) {
          rows.weight.fill(1, block, block + count).fill(0, block + count, block + capacity);
          for (let i = 0; i < count; i++) rows.y[block + i] = groups[i] + version * stride;
        }
      }
    },
  };
}
