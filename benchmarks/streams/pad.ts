import { UserError } from '../../base/index.ts';
import type { Dataset, Normalization, RawSamples } from '../types.ts';
import type { StreamOption } from './types.ts';

/** How wide a border images get. */
export const padOption: StreamOption = {
  name: 'pad',
  unit: 'pixels',
  default: 'none',
  description: 'border of zeros around every image, before anything else is done to it',
};

/** The widest border: an image of 32 × 32 grows ninefold. */
const widest = 32;

/** @throws UserError on what is no width of a border */
export function requirePad(pad: number | undefined): void {
  if (pad === undefined || (Number.isSafeInteger(pad) && pad >= 1 && pad <= widest)) return;
  throw new UserError(`invalid pad: ${pad} (allowed: a whole number from 1 to ${widest})`);
}

/** The data set with a border of so many zeros around every image, its mean and deviation those of the larger images. */
export function padImages(dataset: Dataset, pad: number): Dataset {
  const [height, width, channels] = dataset.shape;
  const shape = [height + 2 * pad, width + 2 * pad, channels] as const;
  const around = (raw: RawSamples): RawSamples => ({ ...raw, inputs: padRows(raw, dataset.shape, pad) });
  return {
    ...dataset,
    shape,
    normalization: dataset.normalization && diluted(dataset.normalization, (height * width) / (shape[0] * shape[1])),
    train: around(dataset.train),
    test: around(dataset.test),
  };
}

function padRows({ inputs, labels }: RawSamples, [height, width, channels]: Dataset['shape'], pad: number): Uint8Array {
  const [line, wide] = [width * channels, (width + 2 * pad) * channels];
  const size = wide * (height + 2 * pad);
  const padded = new Uint8Array(labels.length * size);
  for (let image = 0; image < labels.length; image++) {
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * line;
      padded.set(inputs.subarray(from, from + line), image * size + (y + pad) * wide + pad * channels);
    }
  }
  return padded;
}

/** Mean and deviation where only a `share` of the values are as they were, and all others are 0: E[x] and E[x²] shrink by the share. */
function diluted({ mean, std }: Normalization, share: number): Normalization {
  const means = mean.map((value) => share * value);
  return {
    mean: means,
    std: std.map((value, c) => Math.sqrt(share * (value ** 2 + mean[c] ** 2) - means[c] ** 2)),
  };
}
