import type { Rng } from '../../base/index.ts';
import { mlp, unitNorm, type Tensor2D, type Tensors } from '../../engine/index.ts';
import type { ExtraParameters } from './trainer.ts';

/** A small network between the features and the space that a contrastive loss compares them in; prediction does without it. */
export interface ProjectionHead {
  /** To be trained beside the network's own parameters. */
  readonly extra: ExtraParameters;
  /** `[rows, inputs]` → `[rows, outputs]`, unit vectors. @param parameters those of the head among others */
  project(parameters: Tensors, features: Tensor2D): Tensor2D;
}

const prefix = 'projection/';

/**
 * The two-layer head of supervised contrastive learning (arXiv:2004.11362): linear, ReLU, linear, unit norm.
 * @param inputs numbers in a feature vector; the hidden layer has as many
 * @param rng draws the initial parameters, uniform in ±1/√inputs
 */
export function createProjectionHead(inputs: number, outputs: number, rng: Rng): ProjectionHead {
  const head = mlp({ inputs, hidden: [inputs], outputs });
  const named = <T>(group: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(group).map(([name, value]) => [prefix + name, value]));
  return {
    extra: { specs: named(head.parameters), initial: named(head.init(rng)) },
    project(parameters, features) {
      const own = Object.keys(head.parameters).map((name) => [name, parameters[prefix + name]]);
      return unitNorm(head.apply(Object.fromEntries(own) as Tensors, features), 1);
    },
  };
}
