import { mapTensors } from '../gradients.ts';
import { tf } from '../tf.ts';
import { adam, type AdamOptions } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdamWOptions extends Omit<AdamOptions, 'weightDecay'> {
  /** Share of a parameter that an update at rate 1 takes away. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, arXiv:1711.05101, algorithm 2) in PyTorch's form: θ ← θ − rate·wd·θ, then Adam's
 * update with the loss's own gradient. The decay is neither averaged nor scaled by the second moment.
 */
export function adamw({ weightDecay = 0.01, ...options }: AdamWOptions = {}): Optimizer {
  const { init, update } = adam(options);
  return {
    name: 'adamw',
    init,
    update(parameters, gradients, state, rate) {
      const kept = tf.sub(1, tf.mul(rate, weightDecay));
      return update(
        weightDecay === 0 ? parameters : mapTensors(parameters, (parameter) => tf.mul(parameter, kept)),
        gradients,
        state,
        rate,
      );
    },
  };
}
