import type { Rng } from '../../base/index.ts';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './adjust.ts';
import { requireWithin } from './requireWithin.ts';
import type { ImageFormat, Transform } from './types.ts';

/** How much colours change. */
export interface ColorOptions {
  /** Probability that brightness, contrast, saturation and hue change at all; 0.8 unless given. */
  readonly jitter?: number;
  /** Largest deviation of the brightness factor from 1; 0.4 unless given, at most 1. */
  readonly brightness?: number;
  /** The same of contrast. */
  readonly contrast?: number;
  /** The same of saturation. */
  readonly saturation?: number;
  /** Largest turn of the hue, in whole turns; 0.1 unless given, at most 0.5. */
  readonly hue?: number;
  /** Probability that the image is made grey; 0.2 unless given. */
  readonly grey?: number;
}

/**
 * Random changes of colour: with probability `jitter` brightness, contrast, saturation and hue change, in random order, by amounts
 * drawn uniformly; then, with probability `grey`, the image is made grey.
 *
 * As torchvision's `RandomApply([ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8)` and `RandomGrayscale(0.2)`: the amounts of SimCLR's and
 * supervised contrastive learning's experiments on CIFAR-10 (Khosla et al., arXiv:2004.11362), which contrastive replay took over
 * (Mai et al., arXiv:2103.13885). Values are brought to [0, 1] for it and normalised again after.
 *
 * @throws RangeError on images that do not have three channels
 */
export function randomColor({ shape, normalization }: ImageFormat, options: ColorOptions = {}): Transform {
  const { jitter = 0.8, brightness = 0.4, contrast = 0.4, saturation = 0.4, hue = 0.1, grey = 0.2 } = options;
  requireWithin({ jitter, brightness, contrast, saturation, grey }, 0, 1);
  requireWithin({ hue }, 0, 0.5);
  const [height, width, channels] = shape;
  if (channels !== 3) throw new RangeError(`colours need images of 3 channels, not ${channels}`);
  const { mean, std } = normalization ?? { mean: [0, 0, 0], std: [1, 1, 1] };
  const image = new Float64Array(height * width * channels);
  const changes = [
    { adjust: adjustBrightness, center: 1, deviation: brightness },
    { adjust: adjustContrast, center: 1, deviation: contrast },
    { adjust: adjustSaturation, center: 1, deviation: saturation },
    { adjust: adjustHue, center: 0, deviation: hue },
  ];
  const order = new Uint8Array(changes.length);

  return (images, start, rng) => {
    const jitters = rng.uniform() < jitter;
    if (jitters) shuffle(order, rng);
    const amounts = jitters ? changes.map(() => 2 * rng.uniform() - 1) : [];
    const greys = rng.uniform() < grey;
    if (!jitters && !greys) return;

    for (let c = 0; c < 3; c++) {
      for (let i = c; i < image.length; i += 3) image[i] = images[start + i] * std[c] + mean[c];
    }
    if (jitters) {
      for (const i of order) {
        const { adjust, center, deviation } = changes[i];
        adjust(image, center + deviation * amounts[i]);
      }
    }
    if (greys) adjustSaturation(image, 0);
    for (let c = 0; c < 3; c++) {
      for (let i = c; i < image.length; i += 3) images[start + i] = (image[i] - mean[c]) / std[c];
    }
  };
}

/** Fills `order` with 0, 1, … in random order. */
function shuffle(order: Uint8Array, rng: Rng): void {
  for (let i = 0; i < order.length; i++) {
    const j = rng.integer(i + 1);
    order[i] = order[j];
    order[j] = i;
  }
}
