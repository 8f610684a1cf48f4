import { luma } from './adjust.ts';
import { requireWithin } from './requireWithin.ts';
import type { ImageFormat, Transform } from './types.ts';

/**
 * Makes an image grey with a given probability, as torchvision's `RandomGrayscale(p)` with three channels: each of them becomes the luma of
 * the image as it was before it was normalised.
 *
 * @param probability 0 … 1; 0.2 unless given, as in supervised contrastive learning (Khosla et al., arXiv:2004.11362)
 * @throws RangeError on images that do not have three channels
 */
export function randomGrey({ shape, normalization }: ImageFormat, probability = 0.2): Transform {
  requireWithin({ probability }, 0, 1);
  const [height, width, channels] = shape;
  if (channels !== 3) throw new RangeError(`making images grey needs 3 channels, not ${channels}`);
  const { mean, std } = normalization ?? { mean: [0, 0, 0], std: [1, 1, 1] };
  const end = height * width * channels;
  return (images, start, rng) => {
    if (rng.uniform() >= probability) return;
    for (let i = start; i < start + end; i += 3) {
      const value = (c: number): number => images[i + c] * std[c] + mean[c];
      const grey = luma(value(0), value(1), value(2));
      for (let c = 0; c < 3; c++) images[i + c] = (grey - mean[c]) / std[c];
    }
  };
}
