import type { Rng } from '../../../base/index.ts';
import { sizeOf, tf, type Arrays, type Loss, type Network, type Specs, type Tensors } from '../../../engine/index.ts';
import type { Trainer } from '../trainer.ts';
import { masked } from '../masks/layerMasks.ts';

/** The name of a weight's scores, among the parameters that are trained. */
export function scoresOf(weight: string): string {
  return `scores/${weight}`;
}

/** Specs of the scores of some weights, by the names of scores. */
export function scoreSpecs({ parameters }: Network, weights: readonly string[]): Specs {
  return Object.fromEntries(weights.map((name) => [scoresOf(name), parameters[name]]));
}

/** Scores uniform in ±1/√fan-in, as PyTorch’s layers start (Kaiming’s uniform with a = √5), by the names of scores. */
export function drawScores(network: Network, weights: readonly string[], rng: Rng): Arrays {
  return Object.fromEntries(
    weights.map((name) => {
      const bound = 1 / Math.sqrt(fanIn(network, name));
      const size = sizeOf(network.parameters[name].shape);
      return [scoresOf(name), Float32Array.from({ length: size }, () => bound * (2 * rng.uniform() - 1))];
    }),
  );
}

/** How many numbers a unit, or a channel at one place, is computed from. */
export function fanIn({ layers }: Network, weight: string): number {
  const { inputs, kernel = [] } = layers.find(({ name }) => `${name}/weight` === weight)!;
  return inputs * sizeOf(kernel);
}

/**
 * A loss of the network with masked weights w·m, and its gradients g = ∂L/∂(w·m) handed on: to the weights g·m, and straight through the choice of the
 * mask to their scores, whose sizes it is made of, g·w·sign(s) (Ramanujan et al., arXiv:1911.13299, with |s| as in Wortsman et al., arXiv:2006.14769).
 * @param parameters with the scores among them
 */
export function lossThroughMasks(
  trainer: Trainer,
  network: Network,
  parameters: Tensors,
  masks: Tensors,
  loss: (effective: Tensors) => Loss,
) {
  const own = Object.fromEntries(Object.keys(network.parameters).map((name) => [name, parameters[name]]));
  const found = trainer.lossGradients(loss, masked(own, masks));
  const gradients: Tensors = { ...found.gradients };
  for (const [name, mask] of Object.entries(masks)) {
    const gradient = found.gradients[name];
    gradients[name] = tf.mul(gradient, mask);
    gradients[scoresOf(name)] = tf.mul(tf.mul(gradient, own[name]), tf.sign(parameters[scoresOf(name)]));
  }
  return { loss: found.loss, gradients };
}
