import type { Rng } from '../../base/index.ts';
import { allocate, type Arrays, type ArraySpec, type Network, type Signature, type Specs } from '../../engine/index.ts';

/** Shapes of the dropout masks for every group of rows among a step's inputs; none for a network without dropout. */
export function maskSpecs(network: Network, inputs: Signature): Record<string, Specs> {
  if (network.dropout === 0) return {};
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, group]) => {
      const rows = (group as { weight?: ArraySpec }).weight?.shape?.[0];
      return rows === undefined ? [] : [[name, network.dropoutMasks(rows)]];
    }),
  );
}

/** Memory for masks, which each call fills anew: 1 with probability 1 − rate, else 0. */
export function createMasks(specs: Readonly<Record<string, Specs>>, rate: number, rng: Rng) {
  const masks: Record<string, Arrays> = Object.fromEntries(
    Object.entries(specs).map(([name, group]) => [name, allocate(group)]),
  );
  return () => {
    for (const group of Object.values(masks))
      for (const mask of Object.values(group))
        for (let i = 0; i < mask.length; i++) mask[i] = rng.uniform() < rate ? 0 : 1;
    return masks;
  };
}
