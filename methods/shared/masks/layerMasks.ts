import { UserError, type Rng } from '../../../base/index.ts';
import { mapTensors, sizeOf, tf, type Arrays, type Network, type Specs, type Tensors } from '../../../engine/index.ts';
import { choice, fraction } from '../options.ts';
import type { Trainer } from '../trainer.ts';
import { distributions, layerDensities, type Distribution } from './density.ts';
import { countActive, randomMask } from './topology.ts';

/** Options of every method that is sparse from the start. */
export const sparsityOption = fraction(0.8, {
  description: 'share of weights that are zero, over all layers',
  unit: '1',
  source: 'the lowest of Yildirim et al. (CPAL 2024, PMLR 234)',
});
export const distributionOptionOf = (initial: Distribution, source: string) =>
  choice(distributions, initial, { description: 'how the density is spread over layers', source });
export const distributionOption = distributionOptionOf('erk', 'arXiv:1911.11134');

/**
 * How many weights of each layer are active: exact counts, by weight name.
 * @throws {UserError} naming the layer that would be left without a weight
 */
export function activeCounts(
  method: string,
  { layers, parameters }: Pick<Network, 'layers' | 'parameters'>,
  { sparsity, distribution }: { readonly sparsity: number; readonly distribution: Distribution },
): Record<string, number> {
  const densities = layerDensities(layers, 1 - sparsity, distribution);
  return Object.fromEntries(
    layers.map(({ name }, i) => {
      const weight = `${name}/weight`;
      const size = sizeOf(parameters[weight].shape);
      const active = Math.round(densities[i] * size);
      if (active === 0)
        throw new UserError(
          `method ${method}: sparsity: ${sparsity} leaves layer ${name} (${size} weights) without a single one; choose a smaller sparsity`,
        );
      return [weight, active];
    }),
  );
}

/** A mask for each layer, by weight name, with the given number of ones at random places. */
export function randomMasks({ parameters }: Network, counts: Readonly<Record<string, number>>, rng: Rng): Arrays {
  return Object.fromEntries(
    Object.entries(counts).map(([name, active]) => [name, randomMask(sizeOf(parameters[name].shape), active, rng)]),
  );
}

/** The specs of masks, as an input of a step. */
export function maskSpecsOf({ parameters }: Network, masks: Arrays): Specs {
  return Object.fromEntries(Object.keys(masks).map((name) => [name, parameters[name]]));
}

/** Parameters, or their optimiser state, with zero where a mask has it. What has no mask stays. To be the `constrain` of a step. */
export function masked(tensors: Tensors, masks: Tensors): Tensors {
  return mapTensors(tensors, (tensor, name) => {
    const mask = maskOf(name, masks);
    return mask ? tf.mul(tensor, mask) : tensor;
  });
}

/** Sets to exactly zero all parameters and optimiser state that are masked. */
export function clearMasked(trainer: Trainer, masks: Arrays): void {
  for (const arrays of [trainer.parameters, trainer.optimizerState])
    for (const [name, values] of Object.entries(arrays)) {
      const mask = maskOf(name, masks);
      if (mask) for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = 0;
    }
}

/** Sets the optimiser state of some places of a parameter to zero. */
export function clearSlots(trainer: Trainer, parameter: string, places: Iterable<number>): void {
  const slots = Object.entries(trainer.optimizerState).filter(
    // A velocity goes by the name of its parameter.
    ([name]) => name === parameter || name.startsWith(`${parameter}/`),
  );
  for (const place of places) for (const [, values] of slots) values[place] = 0;
}

/**
 * Starts from a sparse network whose outputs vary as those of the dense one. Of weights kept at random, a share d, those that stay are 1/√d as large;
 * where they were `chosen`, and so are no fair sample, √(Σ w² over all / Σ w² over those that stay) as large.
 */
export function startSparse(trainer: Trainer, masks: Arrays, kept: 'random' | 'chosen' = 'random'): void {
  for (const [name, mask] of Object.entries(masks)) {
    const weights = trainer.parameters[name];
    const [whole, left] = kept === 'random' ? [mask.length, countActive(mask as Float32Array)] : powers(weights, mask);
    const scale = left === 0 ? 1 : Math.sqrt(whole / left);
    for (let i = 0; i < weights.length; i++) weights[i] = mask[i] === 0 ? 0 : scale * weights[i];
  }
}

/** Σ w² over all weights, and over those that a mask keeps. */
function powers(weights: ArrayLike<number>, mask: ArrayLike<number>): [number, number] {
  let [whole, left] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    whole += weights[i] ** 2;
    left += mask[i] * weights[i] ** 2;
  }
  return [whole, left];
}

/** How many weights of all layers are active. */
export function activeIn(masks: Arrays): number {
  return Object.values(masks).reduce((sum, mask) => sum + countActive(mask as Float32Array), 0);
}

/** The share of weights that are active, by weight name. */
export function densitiesOf(masks: Arrays): Record<string, number> {
  return Object.fromEntries(
    Object.entries(masks).map(([name, mask]) => [name, countActive(mask as Float32Array) / mask.length]),
  );
}

/** The mask of a parameter or of optimiser state that belongs to one (`<parameter>`, `<parameter>/<slot>`), if it has one. */
export function maskOf<M>(name: string, masks: Readonly<Record<string, M>>): M | undefined {
  if (name in masks) return masks[name];
  const owner = Object.keys(masks).find((parameter) => name.startsWith(`${parameter}/`));
  return owner === undefined ? undefined : masks[owner];
}
