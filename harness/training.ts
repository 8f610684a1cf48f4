import { adam, sgd, type Optimizer } from '../engine/index.ts';

export const optimizerNames = ['sgd', 'adam'] as const;

/** The optimiser that training options name. */
export function createOptimizer(options: {
  optimizer: (typeof optimizerNames)[number];
  momentum: number;
  weightDecay: number;
}): Optimizer {
  const { momentum, weightDecay } = options;
  return options.optimizer === 'sgd' ? sgd({ momentum, weightDecay }) : adam({ weightDecay });
}
