import { cifarPolicy, operations, type Operation } from './autoPolicy.ts';
import type { Canvas } from './geometry.ts';
import type { ImageFormat, Transform } from './types.ts';

/**
 * AutoAugment with the policy found on CIFAR-10 (Cubuk et al., arXiv:1805.09501): one of 25 pairs of operations, drawn uniformly; each of the
 * two happens with a probability of its own, by an amount of its own, to either side. Draws the pair, then for each of its operations whether
 * it happens and its sign.
 *
 * As torchvision's `AutoAugment(AutoAugmentPolicy.CIFAR10)` on PIL images: values are brought to whole numbers 0 … 255 for it, rounded, and
 * normalised again after. Grey images change as PIL's mode `L` does, so that `color` does nothing to them.
 *
 * @throws RangeError on images that have neither one nor three channels
 */
export function autoAugment({ shape, normalization }: ImageFormat): Transform {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) throw new RangeError(`auto needs images of 1 or 3 channels, not ${channels}`);
  const size = height * width * channels;
  const canvas: Canvas = { height, width, channels, pixels: new Uint8Array(size), copy: new Uint8Array(size) };
  const { pixels } = canvas;
  const { mean, std } = normalization ?? { mean: [0, 0, 0], std: [1, 1, 1] };

  return (images, start, rng) => {
    const pair = cifarPolicy[rng.integer(cifarPolicy.length)];
    let loaded = false;
    for (const { operation, probability, level } of pair) {
      const happens = rng.uniform() < probability;
      const sign = rng.integer(2) === 0 ? -1 : 1;
      if (!happens) continue;
      if (!loaded) load(images, start);
      loaded = true;
      const { signed, amount, apply }: Operation = operations[operation];
      apply(canvas, (signed ? sign : 1) * amount(level, canvas));
    }
    if (loaded) store(images, start);
  };

  function load(images: Float32Array, start: number): void {
    for (let c = 0; c < channels; c++) {
      for (let i = c; i < size; i += channels) {
        const value = Math.round(255 * (images[start + i] * std[c] + mean[c]));
        pixels[i] = Math.min(Math.max(value, 0), 255);
      }
    }
  }

  function store(images: Float32Array, start: number): void {
    for (let c = 0; c < channels; c++) {
      for (let i = c; i < size; i += channels) images[start + i] = (pixels[i] / 255 - mean[c]) / std[c];
    }
  }
}
