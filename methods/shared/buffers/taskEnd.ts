import type { Rng } from '../../../base/index.ts';
import type { LearnerTask, State } from '../../contract.ts';
import { drawSlots } from './buffer.ts';
import { createStore, type Store } from './store.ts';

/** A memory with equal shares of the classes, filled at the end of each task from its training data. */
export interface TaskEndBuffer {
  readonly store: Store<{ logits: number }>;
  /** Filled slots. */
  readonly size: number;
  /** Up to `count` distinct filled slots, drawn uniformly. */
  draw(count: number): Int32Array;
  /**
   * Makes room for a task: every class keeps its first ⌊capacity / classes so far⌋ slots. Then takes as many random rows of the task's classes as
   * there are slots left, equally many of each; what is left over goes to random ones of them.
   * @returns the new slots, of which logits are still to be written, and the rows of the task that they show
   */
  take(task: LearnerTask): { slots: number[]; rows: number[] };
  state(): State;
  restore(state: State): void;
}

export function createTaskEndBuffer(capacity: number, inputSize: number, outputs: number, rng: Rng): TaskEndBuffer {
  const store = createStore(capacity, inputSize, { logits: outputs });
  let size = 0;

  function shrink(quota: number): void {
    const counts = new Map<number, number>();
    let kept = 0;
    for (let slot = 0; slot < size; slot++) {
      const count = (counts.get(store.y[slot]) ?? 0) + 1;
      counts.set(store.y[slot], count);
      if (count <= quota) store.move(slot, kept++);
    }
    size = kept;
  }

  /** Random rows of a task, so many of each class. */
  function choose({ train }: LearnerTask, room: number): number[] {
    const classes = [...new Set(train.labels)].toSorted((a, b) => a - b);
    const extra = new Set(rng.sample(classes.length, room % classes.length).map((i) => classes[i]));
    const left = new Map(classes.map((label) => [label, Math.floor(room / classes.length) + Number(extra.has(label))]));
    return [...rng.permutation(train.length)].filter((row) => {
      const count = left.get(train.labels[row])!;
      left.set(train.labels[row], count - 1);
      return count > 0;
    });
  }

  return {
    store,
    get size() {
      return size;
    },
    draw: (count) => drawSlots(store, size, count, rng),
    take(task) {
      const classes = new Set([...store.y.subarray(0, size), ...task.train.labels]);
      if (size > 0) shrink(Math.floor(capacity / classes.size));
      const rows = choose(task, capacity - size);
      const x = new Float32Array(inputSize);
      const slots = rows.map((row) => {
        task.train.read([row], x);
        store.put(size, x, { y: task.train.labels[row], task: task.index, id: task.train.ids[row] });
        return size++;
      });
      return { slots, rows };
    },
    state: () => ({ store: store.state(), size }),
    restore(state) {
      store.restore(state.store as State);
      size = state.size as number;
    },
  };
}
