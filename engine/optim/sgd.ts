import { mapTensors } from '../gradients.ts';
import { tf } from '../tf.ts';
import type { Tensors } from '../types.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  /** In [0, 1). */
  readonly momentum?: number;
  /** Looks a step of momentum ahead; needs momentum. */
  readonly nesterov?: boolean;
  /** Coefficient of ½‖θ‖² added to the loss. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum in PyTorch's form: g ← ∇ + wd·θ; v ← m·v + g; θ ← θ − rate·v, or with Nesterov's momentum
 * θ ← θ − rate·(g + m·v). Without momentum it keeps no state.
 * @throws {RangeError} for Nesterov's momentum without momentum
 */
export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  if (nesterov && momentum === 0) throw new RangeError('Nesterov momentum needs a momentum above 0');
  return {
    name: 'sgd',
    keepsSpan: weightDecay === 0,
    init: (parameters) => (momentum === 0 ? {} : parameters),
    update(parameters, gradients, state, rate) {
      const velocities: Tensors = {};
      const updated = mapTensors(parameters, (parameter, name) => {
        const gradient = weightDecay === 0 ? gradients[name] : tf.add(gradients[name], tf.mul(parameter, weightDecay));
        if (momentum === 0) return tf.sub(parameter, tf.mul(rate, gradient));
        const velocity = tf.add(tf.mul(state[name], momentum), gradient);
        velocities[name] = velocity;
        const direction = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
        return tf.sub(parameter, tf.mul(rate, direction));
      });
      return { parameters: updated, state: velocities };
    },
  };
}
