import { mapTensors } from '../gradients.ts';
import { tf } from '../tf.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  /** In [0, 1). */
  readonly momentum?: number;
  /** Coefficient of ½‖θ‖² added to the loss. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum in PyTorch's form: g ← ∇ + wd·θ; v ← m·v + g; θ ← θ − rate·v.
 * Without momentum it keeps no state.
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  return {
    name: 'sgd',
    init: (parameters) => (momentum === 0 ? {} : parameters),
    update(parameters, gradients, state, rate) {
      const directions = mapTensors(parameters, (parameter, name) => {
        const gradient = weightDecay === 0 ? gradients[name] : tf.add(gradients[name], tf.mul(parameter, weightDecay));
        return momentum === 0 ? gradient : tf.add(tf.mul(state[name], momentum), gradient);
      });
      return {
        parameters: mapTensors(parameters, (parameter, name) => tf.sub(parameter, tf.mul(rate, directions[name]))),
        state: momentum === 0 ? {} : directions,
      };
    },
  };
}
