import { UserError, type Rng } from '../../../base/index.ts';
import { sizeOf, type Arrays, type Network } from '../../../engine/index.ts';
import type { StreamInfo } from '../../contract.ts';

/**
 * The connections of a layer, each from a unit of the layer before to one of its own: single weights of a linear layer, whole kernels of a
 * convolution, whose units are channels. They are numbered as they lie in the weight: connection c holds its numbers from c·size on.
 */
export interface Connections {
  readonly layer: string;
  /** Name of the parameter. */
  readonly weight: string;
  /** Units that it reads, and units that it computes. */
  readonly sources: number;
  readonly targets: number;
  /** Inputs that are of one unit: pixels of a map that a linear layer reads; 1 elsewhere. */
  readonly positions: number;
  /** Weights in a connection. */
  readonly size: number;
  readonly count: number;
  sourceOf(connection: number): number;
  targetOf(connection: number): number;
  /** The connection between two units. @param position in 0 … positions − 1 */
  between(source: number, target: number, position: number): number;
}

/** Networks of which each layer reads the units of the one before and nothing else. */
const chains = ['mlp', 'cnn'];

/**
 * The connections of each layer, first to last.
 * @throws {UserError} for networks in which what a unit computes depends on more than its connections, so that none can be kept as it is
 */
export function connectionsOf(method: string, network: Network): Connections[] {
  const { name, layers, parameters, statistics, inputShape } = network;
  const head = layers.at(-1)!.name;
  if (!chains.includes(name))
    throw new UserError(
      `method ${method}: network ${name} is not a chain of layers: its units are sums over several layers, which cannot be kept apart as stable and plastic; choose --network ${chains.join(' or ')}`,
    );
  if (`${head}/scale` in parameters)
    throw new UserError(
      `method ${method}: the outputs of a cosine head depend on the length of all features, of plastic units too; choose --head linear`,
    );
  if (Object.keys(parameters).some((each) => each.endsWith('/gamma')) && Object.keys(statistics).length === 0)
    throw new UserError(
      `method ${method}: group norm mixes the channels of stable and plastic units; choose --norm none or --norm batch`,
    );
  return layers.map(({ name: layer, kind, inputs, outputs: targets }, i) => {
    const before = layers[i - 1];
    const sources = before ? before.outputs : kind === 'conv' ? inputShape.at(-1)! : inputs;
    const weight = `${layer}/weight`;
    const positions = inputs / sources;
    const count = inputs * targets;
    const shared = {
      layer,
      weight,
      sources,
      targets,
      positions,
      count,
      size: sizeOf(parameters[weight].shape) / count,
    };
    return kind === 'conv'
      ? {
          ...shared,
          sourceOf: (connection) => connection % sources,
          targetOf: (connection) => Math.floor(connection / sources),
          between: (source, target) => target * sources + source,
        }
      : {
          ...shared,
          // Maps are flattened with the channels last.
          sourceOf: (connection) => Math.floor(connection / targets) % sources,
          targetOf: (connection) => connection % targets,
          between: (source, target, position) => (position * sources + source) * targets + target,
        };
  });
}

/** @throws {UserError} where tasks share outputs: what is connected to them is frozen by the first of these tasks */
export function requireOwnOutputs(method: string, { taskOutputs }: Pick<StreamInfo, 'taskOutputs'>): void {
  const all = taskOutputs.flat();
  const shared = all.find((output, i) => all.indexOf(output) < i);
  if (shared !== undefined)
    throw new UserError(
      `method ${method}: tasks share output ${shared}, which the first of them freezes, so that the others could not learn it; choose a stream of which every task has outputs of its own`,
    );
}

/** Masks, by weight name, with as many connections as these counts of weights make, to a rounding where a connection is a kernel, at random places. */
export function randomConnections(
  layers: readonly Connections[],
  weights: Readonly<Record<string, number>>,
  rng: Rng,
): Arrays {
  return Object.fromEntries(
    layers.map((layer) => {
      const mask = new Float32Array(layer.count * layer.size);
      const active = Math.max(1, Math.round(weights[layer.weight] / layer.size));
      for (const connection of rng.sample(layer.count, active)) setActive(layer, mask, connection, 1);
      return [layer.weight, mask];
    }),
  );
}

export function isActive({ size }: Connections, mask: Arrays[string], connection: number): boolean {
  return mask[connection * size] === 1;
}

export function setActive({ size }: Connections, mask: Arrays[string], connection: number, value: 0 | 1): void {
  mask.fill(value, connection * size, (connection + 1) * size);
}
