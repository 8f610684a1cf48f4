import * as z from 'zod';
import { UserError } from '../../../base/index.ts';
import type { WeightLayer } from '../../../engine/index.ts';
import { nonNegative, positiveInteger } from '../options.ts';

const share = z.number().min(0).max(1);

/** How the bases of a layer's inputs are made: the same for every method that projects gradients off them. */
export const subspaceOptions = {
  threshold: z
    .union([share, z.array(share).min(1)])
    .default(0.97)
    .meta({
      description:
        'share of the energy of a layer’s inputs that its basis holds (ε): a number, or a list with one for each layer',
      unit: '1',
      source: 'arXiv:2103.09762 (CIFAR-100)',
    }),
  thresholdStep: nonNegative(0.003, {
    description: 'added to the threshold at every task after the first, up to 1',
    unit: '1',
    source: 'arXiv:2103.09762 (CIFAR-100)',
  }),
  samples: positiveInteger(300, {
    description: 'training rows of a task that its bases are made of',
    unit: 'samples',
    source: 'sahagobinda/GPM (Permuted MNIST)',
  }),
  windows: positiveInteger(2000, {
    description: 'windows of a convolution that its basis is made of, over all rows',
    unit: 'windows',
    source: 'ours, see docs/methods/gpm.md',
  }),
};

export interface ThresholdOptions {
  readonly threshold: number | readonly number[];
  readonly thresholdStep: number;
}

/**
 * The threshold of every layer as a function of the task's position.
 * @throws {UserError} for a list of another length than the network has layers
 */
export function thresholdsOf(
  method: string,
  { threshold, thresholdStep }: ThresholdOptions,
  layers: readonly WeightLayer[],
): (layer: string, task: number) => number {
  if (typeof threshold !== 'number' && threshold.length !== layers.length)
    throw new UserError(
      `method ${method}: threshold: ${threshold.length} values for ${layers.length} layers (${layers.map(({ name }) => name).join(', ')}); give one for each, or a single number for all`,
    );
  return (layer, task) => {
    const first = typeof threshold === 'number' ? threshold : threshold[layers.findIndex(({ name }) => name === layer)];
    return Math.min(1, first + thresholdStep * task);
  };
}
