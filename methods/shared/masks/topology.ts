import type { Rng } from '../../../base/index.ts';

/** A 0/1 mask with exactly `active` ones at uniformly random places. */
export function randomMask(size: number, active: number, rng: Rng): Float32Array {
  const mask = new Float32Array(size);
  for (const place of rng.sample(size, active)) mask[place] = 1;
  return mask;
}

/** The `count` active places of smallest |weight|; ties go to the lower index. */
export function smallestActive(weights: Float32Array, mask: Float32Array, count: number): Int32Array {
  const active = placesOf(mask, 1);
  return active.toSorted((a, b) => Math.abs(weights[a]) - Math.abs(weights[b]) || a - b).slice(0, count);
}

/** Up to `count` inactive places, drawn uniformly. */
export function randomInactive(mask: Float32Array, count: number, rng: Rng): Int32Array {
  const inactive = placesOf(mask, 0);
  return rng.sample(inactive.length, Math.min(count, inactive.length)).map((i) => inactive[i]);
}

function placesOf(mask: Float32Array, value: 0 | 1): Int32Array {
  const places: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] === value) places.push(i);
  return Int32Array.from(places);
}
