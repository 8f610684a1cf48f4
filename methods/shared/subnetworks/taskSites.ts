import { float32, sizeOf, type Network } from '../../../engine/index.ts';
import type { Distribution } from '../masks/density.ts';
import { activeCounts } from '../masks/layerMasks.ts';

/** Where the subnetwork of a task can have its weights: everywhere, but of the output layer only at the task's outputs. */
export interface TaskSites {
  /** How many weights of each layer it has, by weight name. */
  readonly counts: Readonly<Record<string, number>>;
  /** The places of a layer that are open to it, in ascending order. */
  openIn(name: string): Int32Array;
}

/**
 * Densities are spread over the network as the task sees it: with an output layer as wide as the task has outputs.
 * @param method for errors
 * @param outputs of the task
 * @throws {UserError} naming a layer that would be left without a weight
 */
export function taskSites(
  method: string,
  { layers, parameters }: Pick<Network, 'layers' | 'parameters'>,
  options: { readonly sparsity: number; readonly distribution: Distribution },
  outputs: readonly number[],
): TaskSites {
  const head = layers.at(-1)!;
  const output = `${head.name}/weight`;
  const seen = {
    layers: [...layers.slice(0, -1), { ...head, outputs: outputs.length }],
    parameters: { ...parameters, [output]: float32(head.inputs, outputs.length) },
  };
  const own = new Set(outputs);
  return {
    counts: activeCounts(method, seen, options),
    openIn(name) {
      const all = Int32Array.from({ length: sizeOf(parameters[name].shape) }, (_, place) => place);
      return name === output ? all.filter((place) => own.has(place % head.outputs)) : all;
    },
  };
}
