import type { Rng } from '../../base/index.ts';
import type { ImageFormat } from '../../benchmarks/index.ts';

export interface CutMix {
  /** `[count]`, the row whose piece each row has got. */
  readonly partners: Int32Array;
  /** Share of every image that is still its own, in [0, 1]: the weight of its own label. */
  readonly share: number;
}

/**
 * CutMix (arXiv:1905.04899) within a batch, with α = 1: λ is uniform on [0, 1), and a rectangle of √(1 − λ) times the height and the width,
 * rounded down to whole pixels, around a uniform pixel, cut off where it leaves the image, is overwritten in every image with that of a random
 * partner. Draws λ, the partners, then the centre’s row and column.
 * @param x `[count, height·width·channels]` at its start, changed in place
 * @returns the share as it is in pixels, after rounding and cutting off
 */
export function cutMix(x: Float32Array, count: number, { shape }: Pick<ImageFormat, 'shape'>, rng: Rng): CutMix {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const extent = Math.sqrt(1 - rng.uniform());
  const partners = rng.permutation(count);
  const [top, bottom] = span(height, extent, rng);
  const [left, right] = span(width, extent, rng);
  const before = x.slice(0, count * size);
  for (let row = 0; row < count; row++)
    for (let i = top; i < bottom; i++) {
      const [from, to] = [left, right].map((column) => (i * width + column) * channels);
      const source = partners[row] * size;
      x.set(before.subarray(source + from, source + to), row * size + from);
    }
  return { partners, share: 1 - ((bottom - top) * (right - left)) / (height * width) };
}

/** First pixel of a piece along one axis, and the one after its last. */
function span(length: number, extent: number, rng: Rng): [number, number] {
  const half = Math.floor(Math.floor(length * extent) / 2);
  const centre = rng.integer(length);
  return [Math.max(0, centre - half), Math.min(length, centre + half)];
}
