import { UserError } from '../base/index.ts';
import { createAugmentation, type Augmentation, type Stream } from '../benchmarks/index.ts';
import { adam, adamw, sgd, type Optimizer } from '../engine/index.ts';
import type { TrainingConfiguration } from './experimentSchema.ts';
import { imageFormatOf } from './streamInfo.ts';

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
 * @throws {UserError} if it does not fit the images, or there are none
 */
export function augmentationOf(
  { augment }: Pick<TrainingConfiguration, 'augment'>,
  stream: Pick<Stream, 'name' | 'inputShape' | 'normalization'>,
): Augmentation | undefined {
  if (augment.length === 0) return undefined;
  const image = imageFormatOf(stream);
  if (!image)
    throw new UserError(
      `augment: ${augment.join(', ')} is for images, and the inputs of stream ${stream.name} are rows of a table; leave augment out`,
    );
  return createAugmentation(augment, image);
}
