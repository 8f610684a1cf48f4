import type { Network, Pass, Tensor2D, Tensors } from '../../engine/index.ts';

/** What the output layer reads, `[rows, width]` (unit vectors under a cosine head), and what it makes of it, `[rows, outputs]`. */
export interface Seen {
  readonly features: Tensor2D;
  readonly logits: Tensor2D;
}

/** Numbers in a feature vector: what the output layer reads. */
export function featureSize(network: Network): number {
  return network.layers.at(-1)!.inputs;
}

/**
 * Runs a network and reads its features on the way.
 * @param pass inference without running statistics unless given
 */
export function seeFeatures(network: Network, parameters: Tensors, x: Tensor2D, pass?: Pass): Seen {
  const last = network.layers.at(-1)!.name;
  let features: Tensor2D | undefined;
  const logits = network.apply(parameters, x, {
    ...(pass ?? { mode: 'inference', statistics: {} }),
    tap(layer, input, output) {
      if (layer === last) features = input;
      return pass?.tap?.(layer, input, output) ?? output;
    },
  });
  if (!features) throw new Error(`network ${network.name}: its output layer ${last} shows no features`);
  return { features, logits };
}

/** What the linear layers compute before their activation, by layer, `[rows, width]`, and the logits. */
export interface SeenUnits {
  readonly sums: Readonly<Record<string, Tensor2D>>;
  readonly logits: Tensor2D;
}

/** Runs a network and reads its linear layers on the way. @param pass inference without running statistics unless given */
export function seeUnits(network: Network, parameters: Tensors, x: Tensor2D, pass?: Pass): SeenUnits {
  const sums: Record<string, Tensor2D> = {};
  const logits = network.apply(parameters, x, {
    ...(pass ?? { mode: 'inference', statistics: {} }),
    tap(layer, input, output) {
      sums[layer] = output;
      return pass?.tap?.(layer, input, output) ?? output;
    },
  });
  return { sums, logits };
}
