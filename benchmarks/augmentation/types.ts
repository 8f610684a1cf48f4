import type { Rng } from '../../base/index.ts';
import type { Normalization } from '../types.ts';

/**
 * Changes images at random: writes to `out` what it makes of the first `count` rows of `rows`, both `[count, height, width, channels]`
 * as a stream gives them, normalised or not. `out` may be `rows` itself. Draws row by row, so the first rows come out the same
 * however many follow. Allocates nothing.
 */
export type Augmentation = (rows: Float32Array, count: number, rng: Rng, out: Float32Array) => void;

/** Changes at random, and in place, the one image that begins at `start`. */
export type Transform = (images: Float32Array, start: number, rng: Rng) => void;

/** The images that a transform is for. */
export interface ImageFormat {
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  /** What their values were normalised with; they lie in [0, 1] when it is left out. */
  readonly normalization?: Normalization;
}
