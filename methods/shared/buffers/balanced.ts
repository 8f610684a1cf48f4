import type { Rng } from '../../../base/index.ts';
import type { State } from '../../contract.ts';
import { drawSlots, type Buffer } from './buffer.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type ExtraSizes } from './store.ts';

/** A class, by its output, or a task, by its position, and the number of its rows that are held. */
type Count = [group: number, rows: number];

/** Of what as many rows are to be held. Where tasks share their outputs, classes do not tell them apart, and `y` keeps little of later ones. */
export type BalancedBy = 'y' | 'task';

/**
 * The greedy balancing sampler of GDumb (ECCV 2020): with C classes seen, that of the row at hand included, each may hold ⌊capacity / C⌋ rows. A
 * row of a class that holds fewer is taken, in place of a random row of the largest class if the buffer is full (among equally large ones that
 * of the lowest output); other rows are dropped. No knowledge of the number of classes to come. The same for tasks in place of classes.
 * @param extras sizes of the vectors that slots hold beside their rows
 */
export function createBalancedBuffer<E extends ExtraSizes = {}>(
  capacity: number,
  inputSize: number,
  rng: Rng,
  extras?: E,
  by: BalancedBy = 'y',
): Buffer<E> {
  const store = createStore(capacity, inputSize, extras);
  let size = 0;
  const counts = new Map<number, number>();

  /** Where a row of a class or task goes; null if it is to be dropped. */
  function slotFor(group: number): number | null {
    const held = counts.get(group) ?? 0;
    // What was seen holds a row at least: only the largest gives way, and only to one below its quota.
    const groups = held > 0 ? counts.size : counts.size + 1;
    if (held >= Math.floor(capacity / groups)) return null;
    counts.set(group, held + 1);
    if (size < capacity) return size++;
    const [largest, rows] = [...counts].filter(([other]) => other !== group).reduce(larger);
    counts.set(largest, rows - 1);
    let nth = rng.integer(rows);
    return store[by].findIndex((each) => each === largest && nth-- === 0);
  }

  return {
    store,
    get size() {
      return size;
    },
    add(batch, vectors) {
      let taken = 0;
      for (const row of distinctRows(batch)) {
        const slot = slotFor(by === 'y' ? batch.y[row] : batch.task);
        if (slot === null) continue;
        putRow(store, slot, batch, row, vectors);
        taken++;
      }
      return taken;
    },
    draw: (count, options) => drawSlots(store, size, count, rng, options),
    state: () => ({ store: store.state(), size }),
    restore(state) {
      store.restore(state.store as State);
      size = state.size as number;
      counts.clear();
      for (const group of store[by].subarray(0, size)) counts.set(group, (counts.get(group) ?? 0) + 1);
    },
  };
}

function larger(a: Count, b: Count): Count {
  return b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a;
}
