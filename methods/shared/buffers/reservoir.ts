import type { Rng } from '../../../base/index.ts';
import type { Batch, State } from '../../contract.ts';
import { createStore, type Store } from './store.ts';

export interface Reservoir {
  readonly store: Store;
  /** Filled slots. */
  readonly size: number;
  /** Offers the rows of a stream batch, `extras` being their `[capacity, extraSize]` vectors. */
  add(batch: Batch, extras?: Float32Array): void;
  /** Up to `count` distinct filled slots, drawn uniformly. */
  draw(count: number): Int32Array;
  state(): State;
  restore(state: State): void;
}

/**
 * Reservoir sampling (Vitter 1985, algorithm R): after n offered rows each of them is held with probability capacity / n,
 * whatever the order of tasks and with no knowledge of their boundaries.
 */
export function createReservoir(capacity: number, inputSize: number, rng: Rng, extraSize = 0): Reservoir {
  const store = createStore(capacity, inputSize, extraSize);
  let seen = 0;
  return {
    store,
    get size() {
      return Math.min(seen, capacity);
    },
    add(batch, extras) {
      for (let row = 0; row < batch.size; row++) {
        const slot = seen < capacity ? seen : rng.integer(seen + 1);
        seen++;
        if (slot >= capacity) continue;
        const x = batch.x.subarray(row * inputSize, (row + 1) * inputSize);
        store.put(slot, x, batch.y[row], batch.task, extras?.subarray(row * extraSize, (row + 1) * extraSize));
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
