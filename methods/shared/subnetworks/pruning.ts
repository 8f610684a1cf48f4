import { UserError } from '../../../base/index.ts';
import { sizeOf, type Network } from '../../../engine/index.ts';
import { inTask } from '../options.ts';
import { placesOf, smallest } from '../masks/topology.ts';

/** The mask without the share of its places where |weight| is smallest, rounded to a whole number of them; ties go to the lower index. */
export function pruneSmallest(weights: Float32Array, mask: Float32Array, share: number): Float32Array {
  const places = placesOf(mask, 1);
  const survivors = mask.slice();
  for (const place of smallest(places, (i) => Math.abs(weights[i]), prunedOf(places.length, share)))
    survivors[place] = 0;
  return survivors;
}

/** How many of some weights are pruned. */
export function prunedOf(count: number, share: number): number {
  return Math.round(share * count);
}

/**
 * Refuses shares that leave a task without a weight to train in some layer, since what a task does not prune is never free again, or the first
 * task without any to keep.
 * @param names of the weights that are pruned
 * @param shares that tasks prune of their weights in every layer
 * @throws {UserError} naming the layer and the task
 */
export function requireCapacity(
  method: string,
  { parameters }: Network,
  names: readonly string[],
  shares: number | readonly number[],
  taskCount: number,
): void {
  for (const name of names) {
    const size = sizeOf(parameters[name].shape);
    const layer = `layer ${name.replace(/\/weight$/, '')} (${size} weights)`;
    let free = size;
    for (let task = 0; task < taskCount; task++) {
      if (free === 0)
        throw new UserError(
          `method ${method}: prune: task ${task + 1} finds no free weight in ${layer}, since the tasks before it prune too few of theirs; choose a larger share than ${inTask(shares, task - 1)} for them, or a wider network`,
        );
      const pruned = prunedOf(free, inTask(shares, task));
      if (task === 0 && pruned === free)
        throw new UserError(
          `method ${method}: prune: ${inTask(shares, 0)} leaves the first task without a weight in ${layer}; choose a smaller share`,
        );
      free = pruned;
    }
  }
}
