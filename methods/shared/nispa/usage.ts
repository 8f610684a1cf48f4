import type { Arrays } from '../../../engine/index.ts';
import type { MaskCost } from '../../contract.ts';
import { activeIn, densitiesOf } from '../masks/layerMasks.ts';

/** Marks as used (1) what is active now, in place. */
export function markUsed(used: Arrays, masks: Arrays): void {
  for (const [name, mask] of Object.entries(masks))
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) used[name][i] = 1;
}

/**
 * Of a network whose connections move.
 * @param used 1 for weights that were active at the end of a task
 * @param kept sets of masks, the one at hand among them
 */
export function maskCost(masks: Arrays, used: Arrays, peakActive: number, kept: number): MaskCost {
  const all = Object.fromEntries(Object.entries(used).map(([name, mask]) => [name, mask.slice()]));
  markUsed(all, masks);
  const total = Object.values(masks).reduce((sum, { length }) => sum + length, 0);
  return {
    active: activeIn(masks),
    peakActive,
    union: activeIn(all),
    total,
    bits: kept * total,
    inference: densitiesOf(masks),
  };
}
