import { UserError } from '../../base/index.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { augmentation } from './augmentation.ts';
import { autoAugment } from './auto.ts';
import { randomColor } from './color.ts';
import { randomCrop } from './crop.ts';
import { randomFlip } from './flip.ts';
import { randomGrey } from './grey.ts';
import { randomResizedCrop } from './resizedCrop.ts';
import type { Augmentation, ImageFormat, Transform } from './types.ts';

/** A random change of images that can be asked for by name. */
export interface AugmentationEntry {
  readonly name: string;
  readonly description: string;
  /** The number of channels that images must have, if it matters. */
  readonly channels?: number;
  /** The change with its usual amounts. */
  create(format: ImageFormat): Transform;
}

/** Every augmentation there is. */
export const augmentations: Registry<AugmentationEntry> = createRegistry('augmentation', [
  {
    name: 'crop',
    description: 'moves the image by up to 4 pixels in both directions; what comes in is black',
    create: (format) => randomCrop(format),
  },
  {
    name: 'flip',
    description: 'mirrors half of the images left to right',
    create: (format) => randomFlip(format),
  },
  {
    name: 'color',
    description: 'changes brightness, contrast, saturation and hue of 80 % of the images, and makes 20 % grey',
    channels: 3,
    create: (format) => randomColor(format),
  },
  {
    name: 'resized-crop',
    description: 'enlarges a part of 20 to 100 % of the image, 3/4 to 4/3 as wide as high, to the size of the whole',
    create: (format) => randomResizedCrop(format),
  },
  {
    name: 'grey',
    description: 'makes 20 % of the images grey',
    channels: 3,
    create: (format) => randomGrey(format),
  },
  {
    name: 'auto',
    description:
      'one of the 25 pairs of changes that AutoAugment found on CIFAR-10: of place, tones, colour and sharpness',
    create: (format) => autoAugment(format),
  },
]);

/**
 * Makes an augmentation of named changes, applied in the order given.
 *
 * @param names of {@link augmentations}, each once; none at all gives one that copies
 * @throws UserError on a name that is not known or stands twice, and on images that a change is not for
 */
export function createAugmentation(names: readonly string[], format: ImageFormat): Augmentation {
  const transforms = names.map((name, i) => {
    const { channels, create } = augmentations.get(name);
    if (names.indexOf(name) !== i) throw new UserError(`augmentation ${name} stands twice; leave one out`);
    const found = format.shape[2];
    if (channels !== undefined && channels !== found) {
      throw new UserError(
        `augmentation ${name} is for images of ${channels} channels, these have ${found}; leave it out, or choose other images`,
      );
    }
    return create(format);
  });
  return augmentation(transforms, format);
}
