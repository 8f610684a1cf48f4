import type { State } from '../../contract.ts';
import type { Rows } from '../rows.ts';

/**
 * Slots that hold labelled, un-augmented rows and, where a method wants it, one extra vector each (such as logits).
 * What goes into which slot is the buffer's business.
 */
export interface Store {
  readonly capacity: number;
  readonly task: Int32Array;
  readonly y: Int32Array;
  readonly extra: Float32Array;
  put(slot: number, x: Float32Array, y: number, task: number, extra?: Float32Array): void;
  /** Copies slots to `rows` from row `start` on, each with `weight`. */
  copyTo(rows: Rows, start: number, slots: ArrayLike<number>, weight: number): void;
  /** Copies the slots' extra vectors into `out` from its start on. */
  copyExtra(out: Float32Array, slots: ArrayLike<number>): void;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/** Bytes of one slot: input, label, task and extra vector, 4 bytes a number. */
export function rowBytes(inputSize: number, extraSize = 0): number {
  return 4 * (inputSize + 2 + extraSize);
}

/**
 * @param capacity slots
 * @param inputSize numbers in a row
 * @param extraSize numbers in a slot's extra vector
 */
export function createStore(capacity: number, inputSize: number, extraSize = 0): Store {
  const x = new Float32Array(capacity * inputSize);
  const y = new Int32Array(capacity);
  const task = new Int32Array(capacity);
  const extra = new Float32Array(capacity * extraSize);
  return {
    capacity,
    task,
    y,
    extra,
    put(slot, row, label, taskIndex, vector) {
      x.set(row, slot * inputSize);
      y[slot] = label;
      task[slot] = taskIndex;
      if (vector) extra.set(vector, slot * extraSize);
    },
    copyTo(rows, start, slots, weight) {
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i];
        const row = start + i;
        rows.x.set(x.subarray(slot * inputSize, (slot + 1) * inputSize), row * inputSize);
        rows.y[row] = y[slot];
        rows.task[row] = task[slot];
        rows.weight[row] = weight;
      }
    },
    copyExtra(out, slots) {
      for (let i = 0; i < slots.length; i++)
        out.set(extra.subarray(slots[i] * extraSize, (slots[i] + 1) * extraSize), i * extraSize);
    },
    bytes: capacity * rowBytes(inputSize, extraSize),
    state: () => ({ x, y, task, extra }),
    restore(state) {
      x.set(state.x as Float32Array);
      y.set(state.y as Int32Array);
      task.set(state.task as Int32Array);
      extra.set(state.extra as Float32Array);
    },
  };
}
