import type { Rng } from '../../base/index.ts';
import type { State } from '../contract.ts';
import type { Reservoir } from './buffers/reservoir.ts';
import { mixPairs, mixWithin, pairProbabilities, roundShares, type MixedRow } from './pairMixup.ts';

export interface FeedbackOptions {
  /** Share of the rows that is mixed within the draw (β). */
  readonly baseShare: number;
  /** Probability that rows are mixed at all. */
  readonly mixing: number;
  /** Largest share of the second row within the draw. */
  readonly baseMix: number;
  /** Both parameters of the Beta distribution of the second row's share in pairs of classes. */
  readonly pairMix: number;
}

/** Chooses what is replayed by how close the classes' prototypes are. */
export interface PrototypeFeedback {
  /** Keeps the class means of replayed slots; those of other classes are forgotten. To be called before the slots are overwritten. */
  remember(means: Float32Array, slots: Int32Array): void;
  /**
   * `count` rows: the first floor(β·count) slots mixed within themselves, the rest pairs of classes that have a mean and rows in the buffer.
   * Where there is no such pair, or the draw is too small, as many as the draw has slots are mixed within themselves instead.
   */
  mix(slots: Int32Array, count: number): MixedRow[];
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/**
 * Adaptive prototypical feedback (APF, arXiv:2308.00301): confused classes, whose means are close, are replayed mixed with each other.
 * @param width numbers in a class mean
 */
export function createPrototypeFeedback(
  buffer: Reservoir,
  classes: number,
  width: number,
  { baseShare, mixing, baseMix, pairMix }: FeedbackOptions,
  rng: Rng,
): PrototypeFeedback {
  const kept = new Float32Array(classes * width);
  const present = new Int32Array(classes);

  function storedByClass(): Map<number, number[]> {
    const slots = new Map<number, number[]>();
    for (let slot = 0; slot < buffer.size; slot++) {
      const label = buffer.store.y[slot];
      if (!slots.has(label)) slots.set(label, []);
      slots.get(label)!.push(slot);
    }
    return slots;
  }

  return {
    remember(means, slots) {
      kept.set(means);
      present.fill(0);
      for (const slot of slots) present[buffer.store.y[slot]] = 1;
    },
    mix(slots, count) {
      const stored = storedByClass();
      // In the order of the buffer: which numbers the classes have changes no draw.
      const known = [...stored.keys()].filter((label) => present[label] === 1);
      const pairs = pairProbabilities(kept, width, known);
      const base = Math.min(pairs.length === 0 ? count : Math.floor(baseShare * count), slots.length);
      const within = mixWithin(slots.subarray(0, base), mixing, baseMix, rng);
      if (pairs.length === 0) return within;
      const counts = roundShares(
        pairs.map(({ probability }) => probability),
        count - base,
        rng,
      );
      return [...within, ...mixPairs(pairs, counts, stored, { mixing, alpha: pairMix }, rng)];
    },
    bytes: kept.byteLength + present.byteLength,
    state: () => ({ means: kept, present }),
    restore(state) {
      kept.set(state.means as Float32Array);
      present.set(state.present as Int32Array);
    },
  };
}
