export { augmentation } from './augmentation.ts';
export { autoAugment } from './auto.ts';
export { randomColor, type ColorOptions } from './color.ts';
export { augmentations, createAugmentation, type AugmentationEntry } from './createAugmentation.ts';
export { randomCrop } from './crop.ts';
export { randomFlip } from './flip.ts';
export { randomGrey } from './grey.ts';
export { randomResizedCrop, type ResizedCropOptions } from './resizedCrop.ts';
export type { Augmentation, ImageFormat, Transform } from './types.ts';
