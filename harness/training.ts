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
