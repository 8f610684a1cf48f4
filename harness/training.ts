import { createAugmentation, type Augmentation, type ImageFormat } from '../benchmarks/index.ts';
import { adam, sgd, type Optimizer } from '../engine/index.ts';
import type { TrainingConfiguration } from './experimentSchema.ts';

/** The optimiser that training options name. */
export function createOptimizer({
  optimizer,
  momentum,
  weightDecay,
}: Pick<TrainingConfiguration, 'optimizer' | 'momentum' | 'weightDecay'>): Optimizer {
  return optimizer === 'sgd' ? sgd({ momentum, weightDecay }) : adam({ weightDecay });
}

/**
 * The augmentation that training options name; undefined if they name none.
 * @throws {UserError} if it does not fit the images
 */
export function augmentationOf(
  { augment }: Pick<TrainingConfiguration, 'augment'>,
  { inputShape, normalization }: { inputShape: ImageFormat['shape']; normalization?: ImageFormat['normalization'] },
): Augmentation | undefined {
  return augment.length === 0 ? undefined : createAugmentation(augment, { shape: inputShape, normalization });
}
