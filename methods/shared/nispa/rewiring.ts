import type { Rng } from '../../../base/index.ts';
import type { Arrays } from '../../../engine/index.ts';
import { countActive } from '../masks/topology.ts';
import { isActive, setActive, type Connections } from './connections.ts';
import type { Units } from './stableUnits.ts';

/** Numbers of connections by their size in weights. */
export type Sizes = ReadonlyMap<number, number>;

/** How many connections of each size there are. */
export function sizesOf(layers: readonly Connections[], masks: Arrays): Sizes {
  const sizes = new Map<number, number>();
  for (const { weight, size } of layers)
    sizes.set(size, (sizes.get(size) ?? 0) + countActive(masks[weight] as Float32Array) / size);
  return sizes;
}

/** What a rewiring did. */
export interface Rewired {
  /** New connections, by weight name. */
  readonly grown: Readonly<Record<string, readonly number[]>>;
  /** Weights by which the network is now sparser than wanted, for want of places to grow at. */
  readonly lost: number;
}

/**
 * Drops all connections from plastic to stable units and grows as many into plastic units, in place. Of what a layer dropped, plastic units that lead
 * nowhere any more get one connection each to a plastic unit; the rest grows in the same layer at uniformly random places, from stable and plastic
 * units alike. Where a layer has no such places left, as an output layer without outputs to come, other layers take over, a connection for one
 * of the same size: all together stay as many as are wanted.
 * @param masks by weight name
 * @param stable of the inputs, then of each layer's units
 * @param wanted connections of all layers together; as many as there are unless given
 */
export function rewire(
  layers: readonly Connections[],
  masks: Arrays,
  stable: Units,
  rng: Rng,
  wanted = sizesOf(layers, masks),
): Rewired {
  const grown = layers.map((): number[] => []);
  const grow = (l: number, connection: number): void => {
    setActive(layers[l], masks[layers[l].weight], connection, 1);
    grown[l].push(connection);
  };
  const spare = layers.map((layer, l) => dropInto(layer, masks[layer.weight], stable[l], stable[l + 1]));

  for (let l = 1; l < layers.length; l++) {
    const layer = layers[l];
    const open = plasticIn(stable[l + 1]);
    if (open.length === 0) continue;
    for (const source of idleSources(layer, masks[layer.weight], stable[l])) {
      if (spare[l] === 0) break;
      grow(l, layer.between(source, open[rng.integer(open.length)], rng.integer(layer.positions)));
      spare[l]--;
    }
  }

  for (let l = 0; l < layers.length; l++) {
    if (spare[l] === 0) continue;
    const open = openPlaces(layers[l], masks[layers[l].weight], stable[l + 1]);
    const count = Math.min(spare[l], open.length);
    for (const i of rng.sample(open.length, count)) grow(l, open[i]);
    spare[l] -= count;
  }

  let lost = 0;
  for (const [size, active] of sizesOf(layers, masks)) {
    const missing = wanted.get(size)! - active;
    if (missing === 0) continue;
    const open = layers.flatMap((layer, l) =>
      layer.size !== size
        ? []
        : openPlaces(layer, masks[layer.weight], stable[l + 1]).map((connection) => ({ l, connection })),
    );
    const count = Math.min(missing, open.length);
    for (const i of rng.sample(open.length, count)) grow(open[i].l, open[i].connection);
    lost += (missing - count) * size;
  }
  return { grown: Object.fromEntries(layers.map(({ weight }, l) => [weight, grown[l]])), lost };
}

/** Drops a layer's connections from plastic to stable units. @returns how many there were */
function dropInto(layer: Connections, mask: Arrays[string], from: Float32Array, to: Float32Array): number {
  let dropped = 0;
  for (let connection = 0; connection < layer.count; connection++) {
    if (!isActive(layer, mask, connection)) continue;
    if (from[layer.sourceOf(connection)] === 1 || to[layer.targetOf(connection)] === 0) continue;
    setActive(layer, mask, connection, 0);
    dropped++;
  }
  return dropped;
}

/** Places without a connection that lead into plastic units. */
function openPlaces(layer: Connections, mask: Arrays[string], to: Float32Array): number[] {
  const places: number[] = [];
  for (let connection = 0; connection < layer.count; connection++)
    if (to[layer.targetOf(connection)] === 0 && !isActive(layer, mask, connection)) places.push(connection);
  return places;
}

/** Plastic units that a layer reads and that have no connection in it. */
function idleSources(layer: Connections, mask: Arrays[string], from: Float32Array): number[] {
  const leads = new Uint8Array(layer.sources);
  for (let connection = 0; connection < layer.count; connection++)
    if (isActive(layer, mask, connection)) leads[layer.sourceOf(connection)] = 1;
  return plasticIn(from).filter((unit) => leads[unit] === 0);
}

function plasticIn(units: Float32Array): number[] {
  return Array.from(units.keys()).filter((unit) => units[unit] === 0);
}
