import type { Rng } from '../../../base/index.ts';
import { placesOf, placesToDrop, placesToGrow, type DropCriterion, type GrowthCriterion } from './topology.ts';

/**
 * Where weights may grow. `inactive`: where there were none before the drop, so that one just dropped does not come straight back; `not-kept`: there
 * and where some were just dropped, which then keep their value and optimiser state, as in the code of RigL (arXiv:1911.11134).
 */
export const growthCandidates = ['inactive', 'not-kept'] as const;
export type GrowthCandidates = (typeof growthCandidates)[number];

/** What a topology update goes by. */
export interface TopologyRule {
  readonly drop: DropCriterion;
  readonly growth: GrowthCriterion;
  readonly candidates: GrowthCandidates;
}

/** A layer as a topology update sees it. All arrays are of one size. */
export interface LayerTopology {
  /** Changed in place. */
  readonly mask: Float32Array;
  readonly weights: Float32Array;
  /** ∂L/∂w, for the drop by `taylor`. */
  readonly gradients?: Float32Array;
  /** What growth by `gradient` or `momentum` takes the largest sizes of. */
  readonly scores?: Float32Array;
  /** 1 where a weight was ever active, for growth by `unfired`; changed in place. */
  readonly everActive?: Float32Array;
}

/** How many weights a layer loses and gains. */
export interface Replacement {
  readonly drop: number;
  readonly grow: number;
}

/**
 * As many weights as each layer drops: the share of its active ones, rounded down, but no more than it has places to grow at. All of them grow in the
 * same layer.
 */
export function replaceWithin(
  layers: readonly { readonly active: number; readonly size: number }[],
  fraction: number,
  candidates: GrowthCandidates,
): Replacement[] {
  return layers.map(({ active, size }) => {
    const dropped = Math.floor(fraction * active);
    const count = candidates === 'inactive' ? Math.min(dropped, size - active) : dropped;
    return { drop: count, grow: count };
  });
}

/** Drops and grows in one layer's mask. What is new to the mask is to start from zero, what left it to become zero: that is the caller's. */
export function evolveLayer(
  { drop, growth, candidates }: TopologyRule,
  { mask, weights, gradients, scores, everActive }: LayerTopology,
  count: Replacement,
  rng: Rng,
): void {
  const inactive = placesOf(mask, 0);
  for (const place of placesToDrop(drop, { weights, gradients }, placesOf(mask, 1), count.drop)) mask[place] = 0;
  const places = candidates === 'inactive' ? inactive : placesOf(mask, 0);
  for (const place of placesToGrow(growth, { scores, everActive }, places, count.grow, rng)) {
    mask[place] = 1;
    if (everActive) everActive[place] = 1;
  }
}
