import { UserError } from '../../../base/index.ts';
import { lossGradients, type Arrays, type Specs } from '../../../engine/index.ts';
import type { Batch, LearnerTask, Setup } from '../../contract.ts';
import { crossEntropy } from '../classifier.ts';
import { createRowMeans, type ReadRows } from '../rowMeans.ts';
import type { Trainer } from '../trainer.ts';
import { largest } from './topology.ts';

/**
 * Where the first mask comes from. `random`: uniformly at random within each layer; `snip`: the weights of largest |g·w| on some rows of the first
 * task, all layers ranked together (Lee et al., arXiv:1810.02340); `snip-layers`: the same with the number of each layer given by the distribution
 * (as in the code of RigL, arXiv:1911.11134).
 */
export const maskInits = ['random', 'snip', 'snip-layers'] as const;
export type MaskInit = (typeof maskInits)[number];

/** Rows that one run of the program takes. */
const chunk = 100;

/** |w·∂L/∂w| by weight name, L being the mean cross-entropy over `total` rows. */
export type Saliency = (total: number, read: ReadRows) => Promise<Arrays>;

/**
 * Compiles the connection sensitivity of all weights of layers: how much the loss changes with a factor on each weight, at the trainer's parameters
 * and in inference mode. All outputs compete whatever the scenario: those of later tasks would have no gradient otherwise, and lose their weights.
 */
export async function createSaliency(setup: Setup, trainer: Trainer): Promise<Saliency> {
  const { network } = setup;
  const names = network.layers.map(({ name }) => `${name}/weight`);
  const specs: Specs = Object.fromEntries(names.map((name) => [name, network.parameters[name]]));
  const means = await createRowMeans(
    setup,
    trainer,
    { name: 'snip', specs, chunk },
    ({ parameters, statistics }, rows) => {
      const loss = (values: typeof parameters) => ({
        loss: crossEntropy(network.apply(values, rows.x, { mode: 'inference', statistics }), rows.y, rows.weight),
      });
      return lossGradients(loss, parameters).gradients;
    },
  );
  return async (total, read) => {
    const gradients = await means(total, read);
    return Object.fromEntries(
      names.map((name) => [
        name,
        (gradients[name] as Float32Array).map((gradient, i) => Math.abs(gradient * trainer.parameters[name][i])),
      ]),
    );
  };
}

/** Reads chosen training rows of a task with their labels. */
export function labelledRowsOf({ train }: LearnerTask, selected: Int32Array): ReadRows {
  return (rows, start, count) => {
    train.read(selected.subarray(start, start + count), rows.x);
    for (let i = 0; i < count; i++) rows.y[i] = train.labels[selected[start + i]];
  };
}

/** Reads rows of a batch with their labels. */
export function rowsOfBatch({ x, y }: Batch): ReadRows {
  const inputSize = x.length / y.length;
  return (rows, start, count) => {
    rows.x.set(x.subarray(start * inputSize, (start + count) * inputSize));
    rows.y.set(y.subarray(start, start + count));
  };
}

/**
 * Masks of the share 1 − sparsity of all weights whose saliency is largest; ties go to the earlier layer and the lower place.
 * @throws {UserError} naming a layer that would be left without a weight: nothing would pass it, and nothing grow in it again
 */
export function snipMasks(method: string, saliency: Arrays, sparsity: number): Arrays {
  const entries = Object.entries(saliency);
  const total = entries.reduce((sum, [, { length }]) => sum + length, 0);
  const scores = new Float32Array(total);
  let offset = 0;
  for (const [, values] of entries) {
    scores.set(values, offset);
    offset += values.length;
  }
  const mask = maskOfLargest(scores, Math.round((1 - sparsity) * total));
  offset = 0;
  return Object.fromEntries(
    entries.map(([name, { length }]) => {
      const own = mask.slice(offset, (offset += length));
      if (!own.includes(1))
        throw new UserError(
          `method ${method}: init: snip at sparsity ${sparsity} leaves layer ${name.replace('/weight', '')} (${length} weights) without a single one; choose a smaller sparsity, or init=snip-layers, which gives each layer its number`,
        );
      return [name, own];
    }),
  );
}

/** Masks with the given number of weights of each layer, those of largest saliency; ties go to the lower place. */
export function snipLayerMasks(saliency: Arrays, counts: Readonly<Record<string, number>>): Arrays {
  return Object.fromEntries(
    Object.entries(counts).map(([name, active]) => [name, maskOfLargest(saliency[name] as Float32Array, active)]),
  );
}

function maskOfLargest(scores: Float32Array, active: number): Float32Array {
  const mask = new Float32Array(scores.length);
  for (const place of largest(Int32Array.from(scores.keys()), (i) => scores[i], active)) mask[place] = 1;
  return mask;
}
