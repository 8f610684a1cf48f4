import type { Arrays, LowRankChange, Network, Specs } from '../../engine/index.ts';
import { createTrail } from './trail.ts';

/** The trail of the first layer, if that is a linear one that reads the rows themselves, with what the optimiser keeps for its weights. */
export function followFirstLayer(
  { layers, parameters }: Network,
  inputSize: number,
  optimizer: Specs,
  current: () => { parameters: Arrays; optimizer: Arrays },
) {
  const layer = layers[0].name;
  const weight = `${layer}/weight`;
  const shape = parameters[weight]?.shape ?? [];
  const [inputs, outputs] = shape;
  if (shape.length !== 2 || inputs !== inputSize) return null;
  const slots = Object.entries(optimizer)
    .filter(([name, spec]) => (name === weight || name.startsWith(`${weight}/`)) && spec.shape.join() === shape.join())
    .map(([name]) => name);
  const matrices = () =>
    [current().parameters[weight], ...slots.map((slot) => current().optimizer[slot])] as Float32Array[];
  const mix = [weight, ...slots].map((_, i, all) => all.map((_name, j) => Number(i === 0 && j === 0)));
  return {
    ...createTrail({ layer, inputs, outputs, matrices, count: 1 + slots.length }),
    paths: [`parameters/${weight}`, ...slots.map((slot) => `optimizer/${slot}`)],
    /** Zeroing the optimiser's state. */
    reset: { mix, products: [] } satisfies LowRankChange,
  };
}
