import type { Rng } from '../../../base/index.ts';
import type { Batch, State } from '../../contract.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type Extras, type ExtraSizes, type Store } from './store.ts';

export interface Reservoir<E extends ExtraSizes = {}> {
  readonly store: Store<E>;
  /** Filled slots. */
  readonly size: number;
  /** Offers the samples of a stream batch, each once, with its vectors among `extras` (`[capacity, size]`). */
  add(batch: Batch, extras?: Extras<E>): void;
  /** Up to `count` distinct filled slots, drawn uniformly. */
  draw(count: number): Int32Array;
  state(): State;
  restore(state: State): void;
}

/**
 * Reservoir sampling (Vitter 1985, algorithm R): after n offered rows each of them is held with probability capacity / n,
 * whatever the order of tasks and with no knowledge of their boundaries.
 * @param extras sizes of the vectors that slots hold beside their rows
 */
export function createReservoir<E extends ExtraSizes = {}>(
  capacity: number,
  inputSize: number,
  rng: Rng,
  extras?: E,
): Reservoir<E> {
  const store = createStore(capacity, inputSize, extras);
  let seen = 0;
  return {
    store,
    get size() {
      return Math.min(seen, capacity);
    },
    add(batch, vectors) {
      for (const row of distinctRows(batch)) {
        const slot = seen < capacity ? seen : rng.integer(seen + 1);
        seen++;
        if (slot < capacity) putRow(store, slot, batch, row, vectors);
      }
    },
    draw(count) {
      const size = Math.min(seen, capacity);
      return rng.sample(size, Math.min(count, size));
    },
    state: () => ({ store: store.state(), seen }),
    restore(state) {
      store.restore(state.store as State);
      seen = state.seen as number;
    },
  };
}
