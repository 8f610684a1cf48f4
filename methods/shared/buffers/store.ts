import type { State } from '../../contract.ts';
import type { Rows } from '../rows.ts';

/** Sizes of the vectors that each slot holds beside its row, such as `{ logits: 10 }`. */
export type ExtraSizes = Readonly<Record<string, number>>;

/** One array for each kind of extra vector: `[rows or slots, size]`. */
export type Extras<E extends ExtraSizes> = { readonly [K in keyof E]: Float32Array };

/** Where a row of a stream comes from, and what is right for it. */
export interface RowFacts {
  /** The right output. */
  readonly y: number;
  /** Position of the task in the stream. */
  readonly task: number;
  /** Which sample of the data it shows. */
  readonly id: number;
}

/**
 * Slots that hold labelled, un-augmented rows and, where a method wants them, extra vectors (such as logits).
 * What goes into which slot is the buffer's business.
 */
export interface Store<E extends ExtraSizes = {}> {
  readonly capacity: number;
  /** `[capacity, inputSize]` */
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly id: Int32Array;
  readonly extras: Extras<E>;
  /** @param extras what of the slot's extra vectors is to be overwritten */
  put(slot: number, x: Float32Array, facts: RowFacts, extras?: Partial<Extras<E>>): void;
  /** Copies slots to `rows` from row `start` on, each with `weight`. */
  copyTo(rows: Rows, start: number, slots: ArrayLike<number>, weight: number): void;
  /** Copies one kind of the slots' extra vectors into `out` from its start on. */
  copyExtra(name: keyof E, out: Float32Array, slots: ArrayLike<number>): void;
  /** Moves what a slot holds to another one. */
  move(from: number, to: number): void;
  /** Bytes of all slots: rows, labels, tasks, sample ids and extra vectors. */
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/** Bytes of one slot: input, label, task, sample id and extra vectors, 4 bytes a number. */
export function rowBytes(inputSize: number, extras: ExtraSizes = {}): number {
  return 4 * (inputSize + 3 + Object.values(extras).reduce((sum, size) => sum + size, 0));
}

/**
 * @param capacity slots
 * @param inputSize numbers in a row
 * @param sizes numbers in each kind of a slot's extra vectors
 */
export function createStore<E extends ExtraSizes = {}>(capacity: number, inputSize: number, sizes?: E): Store<E> {
  const kinds: ExtraSizes = sizes ?? {};
  const x = new Float32Array(capacity * inputSize);
  const y = new Int32Array(capacity);
  const task = new Int32Array(capacity);
  const id = new Int32Array(capacity);
  const extras: Record<string, Float32Array> = Object.fromEntries(
    Object.entries(kinds).map(([name, size]) => [name, new Float32Array(capacity * size)]),
  );
  const rowOf = (slot: number) => x.subarray(slot * inputSize, (slot + 1) * inputSize);
  const vectorOf = (name: string, slot: number) => extras[name].subarray(slot * kinds[name], (slot + 1) * kinds[name]);
  return {
    capacity,
    x,
    y,
    task,
    id,
    extras: extras as Extras<E>,
    put(slot, row, facts, vectors = {}) {
      x.set(row, slot * inputSize);
      y[slot] = facts.y;
      task[slot] = facts.task;
      id[slot] = facts.id;
      for (const [name, vector] of Object.entries(vectors)) extras[name].set(vector!, slot * kinds[name]);
    },
    copyTo(rows, start, slots, weight) {
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i];
        const row = start + i;
        rows.x.set(rowOf(slot), row * inputSize);
        rows.y[row] = y[slot];
        rows.task[row] = task[slot];
        rows.id[row] = id[slot];
        rows.weight[row] = weight;
      }
    },
    copyExtra(name, out, slots) {
      const kind = name as string;
      for (let i = 0; i < slots.length; i++) out.set(vectorOf(kind, slots[i]), i * kinds[kind]);
    },
    move(from, to) {
      x.copyWithin(to * inputSize, from * inputSize, (from + 1) * inputSize);
      for (const facts of [y, task, id]) facts[to] = facts[from];
      for (const [name, size] of Object.entries(kinds))
        extras[name].copyWithin(to * size, from * size, (from + 1) * size);
    },
    bytes: capacity * rowBytes(inputSize, kinds),
    state: () => ({ x, y, task, id, extras }),
    restore(state) {
      x.set(state.x as Float32Array);
      y.set(state.y as Int32Array);
      task.set(state.task as Int32Array);
      id.set(state.id as Int32Array);
      for (const [name, values] of Object.entries(state.extras as Record<string, Float32Array>))
        extras[name].set(values);
    },
  };
}
