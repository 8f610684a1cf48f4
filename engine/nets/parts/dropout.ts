import { dropout } from '../layers/dropout.ts';
import type { Part } from './part.ts';

/** Dropout of a layer's activations, by the mask `<name>/dropout`. A rate of 0 drops nothing and takes no mask. */
export function dropoutPart(name: string, shape: readonly number[], rate: number): Part {
  if (rate === 0) return { apply: (x) => x };
  const mask = `${name}/dropout`;
  return {
    masks: { [mask]: shape },
    apply: (x, { pass }) => (pass.masks ? dropout(x, pass.masks[mask], rate) : x),
  };
}
