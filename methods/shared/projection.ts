import type { Rng } from '../../base/index.ts';
import { mlp, unitNorm, type Tensor2D, type Tensors } from '../../engine/index.ts';
import type { ExtraParameters } from './trainer.ts';

/** A small network between the features and the space that a contrastive loss compares them in; prediction does without it. */
export interface Projection {
  readonly width: number;
  /** To be trained beside the network's own parameters. */
  readonly extra: ExtraParameters;
  /** `[rows, inputs]` → `[rows, width]`, unit vectors. @param parameters those of the projection among others */
  project(parameters: Tensors, features: Tensor2D): Tensor2D;
}

const prefix = 'projection/';

/**
 * Linear layers with ReLU between them, then unit norm: a single one as OnPro has it, or two with a hidden layer as wide as the features, as in
 * supervised contrastive learning (arXiv:2004.11362).
 * @param inputs numbers in a feature vector
 * @param hidden widths of the hidden layers; none for a single linear layer
 * @param rng draws the initial parameters, uniform in ±1/√inputs
 */
export function createProjection(inputs: number, hidden: readonly number[], width: number, rng: Rng): Projection {
  const network = mlp({ inputs, hidden, outputs: width });
  const named = <T>(group: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(group).map(([name, value]) => [prefix + name, value]));
  return {
    width,
    extra: { specs: named(network.parameters), initial: named(network.init(rng)) },
    project(parameters, features) {
      const own = Object.keys(network.parameters).map((name) => [name, parameters[prefix + name]]);
      return unitNorm(network.apply(Object.fromEntries(own) as Tensors, features), 1);
    },
  };
}
