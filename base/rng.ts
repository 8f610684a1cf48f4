import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** The whole state of a generator, as plain data for a checkpoint. */
export type RngState = readonly number[];

/** A seeded stream of random numbers. Every random draw of a run comes from one of these, never from `Math.random`. */
export interface Rng {
  /** A float in [0, 1) with 32 random bits. */
  uniform(): number;
  /** An integer in [0, bound), without modulo bias. `bound` must be at least 1. */
  integer(bound: number): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
  /** The integers 0 … length-1 in uniformly random order. */
  permutation(length: number): Int32Array;
  /** `count` distinct integers out of [0, population), in random order. `count` may not exceed `population`. */
  sample(population: number, count: number): Int32Array;
  /**
   * An independent generator that depends on this one's seed and `label` only, not on how much has been drawn here:
   * a part of the program that draws more or less never changes what another part sees.
   */
  fork(label: string): Rng;
  state(): RngState;
  restore(state: RngState): void;
}

/**
 * Makes a generator (xoroshiro128+ of `pure-rand`) whose stream is a function of `seed` alone.
 * Its 128-bit state is a hash of the seed, so that near seeds do not give related streams.
 */
export function createRng(seed: number | string): Rng {
  const digest = createHash('sha256').update(`stabgap:${seed}`).digest();
  let generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));

  const uniform = (): number => (generator.next() >>> 0) / 2 ** 32;
  const integer = (bound: number): number => uniformInt(generator, 0, bound - 1);
  const sample = (population: number, count: number): Int32Array => {
    if (count > population) throw new RangeError(`cannot draw ${count} distinct items out of ${population}`);
    // Fisher–Yates on the virtual array 0 … population-1: only the places that were swapped are stored.
    const moved = new Map<number, number>();
    return Int32Array.from({ length: count }, (_, i) => {
      const j = i + integer(population - i);
      const drawn = moved.get(j) ?? j;
      moved.set(j, moved.get(i) ?? i);
      return drawn;
    });
  };

  return {
    uniform,
    integer,
    sample,
    permutation: (length) => sample(length, length),
    // Box–Muller; 1 - u keeps the logarithm away from zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fork: (label) => createRng(`${seed}/${label}`),
    state: () => generator.getState(),
    restore: (state) => {
      generator = xoroshiro128plusFromState(state);
    },
  };
}
