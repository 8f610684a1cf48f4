import type { Augmentation, ImageFormat, Transform } from './types.ts';

/**
 * Applies transforms to every image, one after the other in the order given. Without any, images are copied.
 *
 * @param format the images that all of the transforms are for
 */
export function augmentation(transforms: readonly Transform[], { shape }: ImageFormat): Augmentation {
  const size = shape[0] * shape[1] * shape[2];
  return (rows, count, rng, out) => {
    const length = count * size;
    if (rows.length < length || out.length < length) {
      throw new RangeError(`${count} images of ${size} values do not fit into ${Math.min(rows.length, out.length)}`);
    }
    if (out !== rows) for (let i = 0; i < length; i++) out[i] = rows[i];
    for (let start = 0; start < length; start += size) {
      for (const transform of transforms) transform(out, start, rng);
    }
  };
}
