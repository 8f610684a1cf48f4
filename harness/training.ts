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
