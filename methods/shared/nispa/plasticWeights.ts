import type { Rng } from '../../../base/index.ts';
import type { Arrays } from '../../../engine/index.ts';
import { isActive, type Connections } from './connections.ts';
import type { Units } from './stableUnits.ts';

/**
 * Starts all that computes plastic units from initial values: their connections, each √(inputs/connections of its unit) as large as in the dense
 * network, so that units vary as there (arXiv:2010.03533), zeros where there is none, and their biases, norms and running statistics.
 * @param initial of the dense network, by name
 * @param held what is written to, by name
 */
export function initializePlastic(
  layers: readonly Connections[],
  masks: Arrays,
  stable: Units,
  initial: Arrays,
  held: Arrays,
): void {
  layers.forEach((layer, l) => {
    const mask = masks[layer.weight];
    const units = stable[l + 1];
    const fanIn = new Float64Array(layer.targets);
    for (let connection = 0; connection < layer.count; connection++)
      if (isActive(layer, mask, connection)) fanIn[layer.targetOf(connection)]++;
    const inputs = layer.count / layer.targets;
    const weights = held[layer.weight];
    for (let connection = 0; connection < layer.count; connection++) {
      const target = layer.targetOf(connection);
      if (units[target] === 1) continue;
      const scale = isActive(layer, mask, connection) ? Math.sqrt(inputs / fanIn[target]) : 0;
      for (let i = connection * layer.size; i < (connection + 1) * layer.size; i++)
        weights[i] = scale === 0 ? 0 : scale * initial[layer.weight][i];
    }
    for (const [name, values] of ownOf(layer, initial))
      for (let unit = 0; unit < units.length; unit++) if (units[unit] === 0) held[name][unit] = values[unit];
  });
}

/** Draws new connections from N(mean, standard deviation) of the layer's weights that are not zero, before any of them is set. */
export function drawGrown(
  layers: readonly Connections[],
  grown: Readonly<Record<string, readonly number[]>>,
  parameters: Arrays,
  rng: Rng,
): void {
  for (const { weight, size } of layers) {
    if (grown[weight].length === 0) continue;
    const values = parameters[weight];
    let [count, sum, squares] = [0, 0, 0];
    for (const value of values) {
      if (value === 0) continue;
      count++;
      sum += value;
      squares += value ** 2;
    }
    const mean = count === 0 ? 0 : sum / count;
    const deviation = count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean ** 2));
    for (const connection of grown[weight])
      for (let i = 0; i < size; i++) values[connection * size + i] = mean + deviation * rng.normal();
  }
}

/** What a layer has for each of its units beside weights: biases, norms, running statistics. */
function ownOf({ layer, weight }: Connections, arrays: Arrays): [string, Arrays[string]][] {
  return Object.entries(arrays).filter(([name]) => name.startsWith(`${layer}/`) && name !== weight);
}
