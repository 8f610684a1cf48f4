import type { Rng } from '../../../base/index.ts';
import type { State } from '../../contract.ts';
import { drawSlots, type Buffer } from './buffer.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type ExtraSizes } from './store.ts';

export type Reservoir<E extends ExtraSizes = {}> = Buffer<E>;

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
      let taken = 0;
      for (const row of distinctRows(batch)) {
        const slot = seen < capacity ? seen : rng.integer(seen + 1);
        seen++;
        if (slot >= capacity) continue;
        putRow(store, slot, batch, row, vectors);
        taken++;
      }
      return taken;
    },
    draw: (count, options) => drawSlots(store, Math.min(seen, capacity), count, rng, options),
    state: () => ({ store: store.state(), seen }),
    restore(state) {
      store.restore(state.store as State);
      seen = state.seen as number;
    },
  };
}
