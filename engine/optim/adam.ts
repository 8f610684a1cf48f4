import { mapTensors } from '../gradients.ts';
import { tf } from '../tf.ts';
import { float32, type Specs } from '../types.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Coefficient of ½‖θ‖² added to the loss (not decoupled). */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma & Ba, arXiv:1412.6980, algorithm 1). The state holds both moments and the powers of the betas,
 * so that the number of steps taken is part of it.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamOptions = {}): Optimizer {
  const first = (name: string): string => `${name}/first`;
  const second = (name: string): string => `${name}/second`;
  return {
    name: 'adam',
    init(parameters) {
      const moments = Object.entries(parameters).flatMap(
        ([name, spec]) =>
          [
            [first(name), spec],
            [second(name), spec],
          ] as const,
      );
      return { ...Object.fromEntries(moments), steps: float32() } as Specs;
    },
    update(parameters, gradients, state, rate) {
      const steps = tf.add(state.steps, 1);
      const correction = (beta: number) => tf.sub(1, tf.pow(beta, steps));
      const scale = tf.div(tf.mul(rate, tf.sqrt(correction(beta2))), correction(beta1));
      const next = { steps } as Record<string, typeof steps>;
      const updated = mapTensors(parameters, (parameter, name) => {
        const gradient = weightDecay === 0 ? gradients[name] : tf.add(gradients[name], tf.mul(parameter, weightDecay));
        const m = tf.add(tf.mul(state[first(name)], beta1), tf.mul(gradient, 1 - beta1));
        const v = tf.add(tf.mul(state[second(name)], beta2), tf.mul(tf.square(gradient), 1 - beta2));
        next[first(name)] = m;
        next[second(name)] = v;
        const root = tf.add(tf.sqrt(v), tf.mul(epsilon, tf.sqrt(correction(beta2))));
        return tf.sub(parameter, tf.mul(scale, tf.div(m, root)));
      });
      return { parameters: updated, state: next };
    },
  };
}
