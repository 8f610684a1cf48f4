import type { Rng } from '../../base/index.ts';
import { allocate, type ArraySpec, type Arrays, type Signature } from '../../engine/index.ts';
import type { TrainingOptions } from '../contract.ts';
import type { FoundViews } from './views.ts';

/**
 * Changes the images of every group of rows among a step's inputs at random, in arrays of its own: what a method holds, and keeps in its
 * buffers, stays as the stream gave it. Rows that show a sample again change once more, as the training's views say.
 * @returns what is given, without an augmentation
 */
export function createAugmenter(
  inputs: Signature,
  { augmentation, views }: Pick<TrainingOptions, 'augmentation' | 'views'>,
  rng: Rng,
) {
  const again = views?.later;
  if (!augmentation && !again) return <T>(arrays: T, _found: FoundViews): T => arrays;
  const groups = Object.entries(inputs).flatMap(([name, group]) => {
    const { x, weight } = group as { x?: ArraySpec; weight?: ArraySpec };
    return x?.shape && weight?.shape ? [{ name, count: x.shape[0], changed: allocate({ x }).x as Float32Array }] : [];
  });
  return <T>(arrays: T, found: FoundViews): T => {
    const result = { ...arrays } as Record<string, Arrays>;
    for (const { name, count, changed } of groups) {
      const x = result[name].x as Float32Array;
      if (augmentation) augmentation(x, count, rng, changed);
      else changed.set(x);
      const size = x.length / count;
      found[name]?.later.forEach((later, row) => {
        if (!again || later === 0) return;
        const image = changed.subarray(row * size, (row + 1) * size);
        again(image, 1, rng, image);
      });
      result[name] = { ...result[name], x: changed };
    }
    return result as T;
  };
}
