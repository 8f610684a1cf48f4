import type { Rng } from '../../base/index.ts';
import type { Augmentation } from '../../benchmarks/index.ts';
import { allocate, type ArraySpec, type Arrays, type Signature } from '../../engine/index.ts';

/**
 * Changes the images of every group of rows among a step's inputs at random, in arrays of its own: what a method holds, and keeps in its
 * buffers, stays as the stream gave it.
 * @returns what is given, without an augmentation
 */
export function createAugmenter(inputs: Signature, augmentation: Augmentation | undefined, rng: Rng) {
  if (!augmentation) return <T>(arrays: T): T => arrays;
  const groups = Object.entries(inputs).flatMap(([name, group]) => {
    const { x, weight } = group as { x?: ArraySpec; weight?: ArraySpec };
    return x?.shape && weight?.shape ? [{ name, count: x.shape[0], changed: allocate({ x }).x as Float32Array }] : [];
  });
  return <T>(arrays: T): T => {
    const result = { ...arrays } as Record<string, Arrays>;
    for (const { name, count, changed } of groups) {
      augmentation(result[name].x as Float32Array, count, rng, changed);
      result[name] = { ...result[name], x: changed };
    }
    return result as T;
  };
}
