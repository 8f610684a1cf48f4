import type { Batch, State } from '../../contract.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type Store } from './store.ts';

/** Places of the `count` largest losses, of equal ones the first. */
export function hardest(losses: readonly number[], count: number): number[] {
  return losses
    .map((_, place) => place)
    .toSorted((a, b) => losses[b] - losses[a] || a - b)
    .slice(0, count);
}

/** The rows with the largest losses among those that it holds and those of each new batch. */
export interface HardBuffer {
  readonly store: Store;
  /** Filled slots: the first ones. */
  readonly size: number;
  /**
   * Keeps the hardest of what it holds and of a stream batch, whose samples count once each, and those that it holds already not again.
   * @param held losses of its slots @param fresh losses of the batch's rows
   */
  offer(batch: Batch, held: ArrayLike<number>, fresh: ArrayLike<number>): void;
  state(): State;
  restore(state: State): void;
}

export function createHardBuffer(capacity: number, inputSize: number): HardBuffer {
  const store = createStore(capacity, inputSize);
  let size = 0;

  /** Two tasks of a task-free stream may show one sample in two ways, so that pixels decide. */
  function holds(batch: Batch, row: number): boolean {
    for (let slot = 0; slot < size; slot++) {
      if (store.id[slot] !== batch.ids[row] || store.task[slot] !== batch.task) continue;
      const held = store.x.subarray(slot * inputSize, (slot + 1) * inputSize);
      if (held.every((value, i) => value === batch.x[row * inputSize + i])) return true;
    }
    return false;
  }

  return {
    store,
    get size() {
      return size;
    },
    offer(batch, held, fresh) {
      const rows = distinctRows(batch).filter((row) => !holds(batch, row));
      const losses = [...Array.from({ length: size }, (_, slot) => held[slot]), ...rows.map((row) => fresh[row])];
      const chosen = hardest(losses, capacity);
      const kept = new Set(chosen.filter((place) => place < size));
      const free = Array.from({ length: capacity }, (_, slot) => slot).filter((slot) => !kept.has(slot));
      for (const [i, place] of chosen.filter((each) => each >= size).entries())
        putRow(store, free[i], batch, rows[place - size]);
      size = chosen.length;
    },
    state: () => ({ store: store.state(), size }),
    restore(state) {
      store.restore(state.store as State);
      size = state.size as number;
    },
  };
}
