import { createAugmentation, type Augmentation, type ImageFormat } from '../benchmarks/index.ts';
import { adam, adamw, sgd, type Optimizer } from '../engine/index.ts';
import type { TrainingConfiguration } from './experimentSchema.ts';

/** The optimiser that training options name. */
export function createOptimizer({
  optimizer,
  momentum,
  nesterov,
  weightDecay,
}: Pick<TrainingConfiguration, 'optimizer' | 'momentum' | 'nesterov' | 'weightDecay'>): Optimizer {
  switch (optimizer) {
    case 'sgd':
      return sgd({ momentum, nesterov, weightDecay });
    case 'adam':
      return adam({ weightDecay });
    case 'adamw':
      return adamw({ weightDecay });
  }
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
