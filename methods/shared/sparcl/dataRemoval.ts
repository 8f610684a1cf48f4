import type { Rng } from '../../../base/index.ts';
import type { State } from '../../contract.ts';
import { bytesOf } from '../trainer.ts';

/** Dynamic data removal: the samples of the task that are trained on still. */
export interface DataRemoval {
  /** Starts a task with all of its samples. @param ids of its training rows */
  begin(ids: Int32Array): void;
  keeps(id: number): boolean;
  /** Samples removed from the task so far. */
  readonly removed: number;
  /** Share of the task's samples that is left. */
  readonly left: number;
  /** A prediction of a sample in training was wrong. */
  missed(id: number): void;
  /** Removes the samples that were least often missed since the last time, unless enough are gone. */
  endInterval(): void;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/**
 * @param share of a task's samples that are gone in the end, ρ
 * @param intervals over which they go, the same number at the end of each
 */
export function createDataRemoval(
  { share, intervals }: { readonly share: number; readonly intervals: number },
  rng: Rng,
): DataRemoval {
  let ids = new Int32Array();
  let misses = new Int32Array();
  let gone = new Uint8Array();
  let ended = 0;
  let removed = 0;
  let placeOf = new Map<number, number>();
  const index = () => (placeOf = new Map(Array.from(ids, (id, place) => [id, place])));

  return {
    begin(all) {
      ids = Int32Array.from(new Set(all));
      misses = new Int32Array(ids.length);
      gone = new Uint8Array(ids.length);
      ended = 0;
      removed = 0;
      index();
    },
    keeps(id) {
      const place = placeOf.get(id);
      return place === undefined || gone[place] === 0;
    },
    get removed() {
      return removed;
    },
    get left() {
      return ids.length === 0 ? 1 : 1 - removed / ids.length;
    },
    missed(id) {
      const place = placeOf.get(id);
      if (place !== undefined) misses[place]++;
    },
    endInterval() {
      if (ended < intervals) {
        ended++;
        const wanted = Math.round((share * ids.length * ended) / intervals) - removed;
        for (const place of leastMissed(misses, gone, wanted, rng)) gone[place] = 1;
        removed += wanted;
      }
      misses.fill(0);
    },
    get bytes() {
      return bytesOf({ ids, misses }) + gone.byteLength;
    },
    state: () => ({ ids, misses, gone, ended, removed }),
    restore(state) {
      ids = (state.ids as Int32Array).slice();
      misses = (state.misses as Int32Array).slice();
      gone = (state.gone as Uint8Array).slice();
      ended = state.ended as number;
      removed = state.removed as number;
      index();
    },
  };
}

/** The `count` samples of fewest misses among those that are not gone; which of equal ones is drawn. */
export function leastMissed(misses: Int32Array, gone: Uint8Array, count: number, rng: Rng): Int32Array {
  const left = rng.permutation(misses.length).filter((place) => gone[place] === 0);
  // Sorting is stable: equal ones stay in the order of the draw.
  return left.toSorted((a, b) => misses[a] - misses[b]).slice(0, count);
}
