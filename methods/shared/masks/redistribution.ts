import type { GrowthCandidates, Replacement } from './evolve.ts';

/** A layer as redistribution sees it. */
export interface LayerShare {
  readonly active: number;
  readonly size: number;
  /** Mean |m| over its active weights, m being the running mean of gradients. */
  readonly mean: number;
}

/**
 * How many weights each layer drops and grows where all that are dropped are given out anew: to each layer in proportion to its mean |m|, what a
 * layer has no room for equally to the others (Dettmers and Zettlemoyer, arXiv:1907.04840). A layer that is less than a fifth empty and would grow
 * (whose share is above the average) drops no more than its empty share. As many grow as are dropped, to the last one.
 */
export function redistribute(
  layers: readonly LayerShare[],
  fraction: number,
  candidates: GrowthCandidates,
): Replacement[] {
  const total = sum(layers.map(({ mean }) => mean));
  const wanted = layers.map(({ active, size, mean }) => {
    const empty = 1 - active / size;
    const growing = total > 0 && mean / total > 1 / layers.length;
    return Math.floor((empty < 0.2 && growing ? Math.min(empty, fraction) : fraction) * active);
  });
  const inactive = layers.map(({ active, size }) => size - active);
  // Dense layers can have more to drop than there is room for in all of them, if what was dropped may not come back.
  const dropped = candidates === 'inactive' ? apportion(Math.min(sum(wanted), sum(inactive)), wanted, wanted) : wanted;
  const room = layers.map((_, i) => inactive[i] + (candidates === 'not-kept' ? dropped[i] : 0));
  // Without any gradient yet there is nothing to go by: each layer grows what it dropped, as far as it can.
  const grown = apportion(sum(dropped), total > 0 ? layers.map(({ mean }) => mean) : dropped, room);
  return layers.map((_, i) => ({ drop: dropped[i], grow: grown[i] }));
}

/**
 * Whole numbers that add up to `total`, in proportion to the weights but none above its limit: what one has no room for goes equally to those that
 * have. Rounded by largest remainders, ties to the first.
 * @throws {RangeError} if the limits leave no room for the total
 */
export function apportion(total: number, weights: readonly number[], limits: readonly number[]): number[] {
  if (sum(limits) < total) throw new RangeError(`${total} do not fit into ${sum(limits)}`);
  const whole = sum(weights);
  let parts = weights.map((weight) => (whole > 0 ? (total * weight) / whole : total / weights.length));
  for (;;) {
    const excess = sum(parts.map((part, i) => Math.max(0, part - limits[i])));
    parts = parts.map((part, i) => Math.min(part, limits[i]));
    const open = parts.flatMap((part, i) => (part < limits[i] ? [i] : []));
    if (excess === 0 || open.length === 0) break;
    for (const i of open) parts[i] += excess / open.length;
  }
  // A part that is whole but for rounding is whole.
  const floors = parts.map((part) => Math.floor(part + 1e-9));
  const order = [...parts.keys()].toSorted((a, b) => parts[b] - floors[b] - (parts[a] - floors[a]) || a - b);
  let left = total - sum(floors);
  while (left > 0)
    for (const i of order)
      if (left > 0 && floors[i] < limits[i]) {
        floors[i]++;
        left--;
      }
  return floors;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
