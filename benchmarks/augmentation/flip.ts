import { requireWithin } from './requireWithin.ts';
import type { ImageFormat, Transform } from './types.ts';

/**
 * Mirrors an image left to right with a given probability, as torchvision's `RandomHorizontalFlip(p)`.
 *
 * @param probability 0 … 1
 */
export function randomFlip({ shape }: ImageFormat, probability = 0.5): Transform {
  requireWithin({ probability }, 0, 1);
  const [height, width, channels] = shape;
  return (images, start, rng) => {
    if (rng.uniform() >= probability) return;
    for (let y = 0; y < height; y++) {
      let left = start + y * width * channels;
      let right = left + (width - 1) * channels;
      for (; left < right; left += channels, right -= channels) {
        for (let c = 0; c < channels; c++) {
          const value = images[left + c];
          images[left + c] = images[right + c];
          images[right + c] = value;
        }
      }
    }
  };
}
