import type { ImageFormat, Transform } from './types.ts';

/**
 * Random crop with zero padding: the image is put in the middle of a black one that is larger by `padding` on each side, and a part of
 * the old size is cut out, every place equally likely. The same as moving the image by up to `padding` pixels in both directions;
 * what comes in is black, which is `-mean / std` in a normalised image. Draws the row, then the column.
 *
 * As torchvision's `RandomCrop(size, padding)` before `Normalize`; the usual one for CIFAR has padding 4 (He et al., arXiv:1512.03385).
 *
 * @param padding pixels
 */
export function randomCrop({ shape, normalization }: ImageFormat, padding = 4): Transform {
  if (!Number.isSafeInteger(padding) || padding < 0) throw new RangeError(`invalid padding: ${padding}`);
  const [height, width, channels] = shape;
  const black = Array.from({ length: channels }, (_, c) =>
    normalization === undefined ? 0 : (0 - normalization.mean[c]) / normalization.std[c],
  );
  const line = width * channels;

  /** Blackens pixels of a row, from one column up to another. */
  const blacken = (images: Float32Array, row: number, from: number, to: number): void => {
    for (let i = row + from * channels; i < row + to * channels; i += channels) {
      for (let c = 0; c < channels; c++) images[i + c] = black[c];
    }
  };

  return (images, start, rng) => {
    const down = rng.integer(2 * padding + 1) - padding;
    const right = rng.integer(2 * padding + 1) - padding;
    /** The columns that come from inside the image. */
    const first = Math.min(Math.max(-right, 0), width);
    const last = Math.max(Math.min(width - right, width), first);
    for (let i = 0; i < height; i++) {
      // Rows that are still to be moved are not overwritten.
      const y = down > 0 ? i : height - 1 - i;
      const row = start + y * line;
      const source = y + down;
      if (source < 0 || source >= height) {
        blacken(images, row, 0, width);
        continue;
      }
      const from = start + source * line + (first + right) * channels;
      images.copyWithin(row + first * channels, from, from + (last - first) * channels);
      blacken(images, row, 0, first);
      blacken(images, row, last, width);
    }
  };
}
