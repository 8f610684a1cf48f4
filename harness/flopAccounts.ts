import { analyze, float32, sizeOf, type Network, type Tensor2D, type WeightProduct } from '../engine/index.ts';
import type { Learner, Sparsity } from '../methods/index.ts';
import type { RunRecord } from '../logs/index.ts';
import { metered, sparseSum, type FlopLedger, type LayerFlops } from './flopLedger.ts';

type RunFlops = NonNullable<NonNullable<RunRecord['cost']>['flops']>;

/** Rows of the program by which a network's operations for one row are counted. */
const rows = 2;

/** Operations of a network's layers for one row on the way forward. */
export function forwardFlopsPerRow(network: Network): number {
  const { parameters, statistics, inputShape } = network;
  const { products } = analyze(
    'forward',
    (all) => ({
      logits: network.apply(all.parameters, all.x as Tensor2D, { mode: 'inference', statistics: all.statistics }),
    }),
    { parameters, statistics, x: float32(rows, sizeOf(inputShape)) },
  );
  return products.reduce((sum, { flops }) => sum + flops, 0) / rows;
}

/**
 * Which share of its backward passes a run is charged for by the rule of the papers on sparse continual learning, which charge replayed rows
 * forward only: those of as many rows as the stream presented, in [0, 1].
 * @param layers of the whole run, dense: a row takes as much for the gradients of weights as on its way forward
 */
export function chargedBackwards({ weightGradient }: LayerFlops, presented: number, perRow: number): number {
  return weightGradient === 0 ? 1 : Math.min(1, (presented * perRow) / weightGradient);
}

/** Operations with so much of the backward passes: forward + share·(input gradients + weight gradients). */
export function withBackwards({ forward, inputGradient, weightGradient }: LayerFlops, share: number): number {
  return forward + share * (inputGradient + weightGradient);
}

export interface Accounts {
  readonly ledger: Pick<FlopLedger, 'layers' | 'sparse'>;
  /** Rows that the stream presented, the padding of short batches included, since it is computed with. */
  readonly presented: number;
  /** Operations of the network on the way forward, for one row. */
  readonly perRow: number;
  /** The products that a prediction takes for each row. */
  readonly inference: readonly WeightProduct[] | null;
}

/** What the record of a run says of a learner's operations and memory. */
export function learnerCost(learner: Pick<Learner, 'cost' | 'sparsity'>, accounts: Accounts) {
  const { flops: trainingFlops, extraBytes, masks } = learner.cost();
  const flops = layerCost(accounts, masks?.inference ?? learner.sparsity?.().weights ?? {});
  if (!masks) return { trainingFlops, extraBytes, ...(flops && { flops }) };
  const { active, peakActive, union, total, bits } = masks;
  return { trainingFlops, extraBytes, ...(flops && { flops }), masks: { active, peakActive, union, total, bits } };
}

/**
 * Operations of layers; null where they are not known.
 * @param densities of the weights that a prediction goes through
 */
export function layerCost(
  { ledger: { layers, sparse }, presented, perRow, inference }: Accounts,
  densities: Sparsity['weights'],
): RunFlops | null {
  if (!layers || !sparse || !inference) return null;
  const share = chargedBackwards(layers, presented, perRow);
  const prediction = metered({ flops: null, products: inference });
  return {
    layers,
    sparse,
    forwardOnlyReplay: withBackwards(layers, share),
    forwardOnlyReplaySparse: withBackwards(sparse, share),
    inference: prediction.dense.forward,
    inferenceSparse: sparseSum(prediction, { weights: densities }).forward,
  };
}
