import type { Rng } from '../../../base/index.ts';
import type { Batch, State } from '../../contract.ts';
import { drawSlots, type Buffer } from './buffer.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type ExtraSizes } from './store.ts';

export interface RingBuffer<E extends ExtraSizes = {}> extends Buffer<E> {
  /** Up to `count` distinct slots that hold rows of tasks before `task`, drawn uniformly. */
  drawBefore(task: number, count: number): Int32Array;
}

/** Rings of which each belongs to a whole task. */
export interface TaskRings<E extends ExtraSizes = {}> extends Buffer<E> {
  /** The filled slots of a task. */
  slotsOf(task: number): Int32Array;
}

/**
 * A first-in-first-out ring for every (task, output) pair, as A-GEM keeps its episodic memory: the last rows of each class of each task.
 * @param perRing slots of each ring
 * @param taskOutputs the outputs of each task
 * @param extras sizes of the vectors that slots hold beside their rows
 */
export function createRingBuffer<E extends ExtraSizes = {}>(
  perRing: number,
  taskOutputs: readonly (readonly number[])[],
  inputSize: number,
  rng: Rng,
  extras?: E,
): RingBuffer<E> {
  const firstRing = taskOutputs.map((_, task) =>
    taskOutputs.slice(0, task).reduce((sum, outputs) => sum + outputs.length, 0),
  );
  const count = taskOutputs.reduce((sum, outputs) => sum + outputs.length, 0);
  const ringOf = ({ task, y }: Batch, row: number): number => firstRing[task] + taskOutputs[task].indexOf(y[row]);
  const { buffer } = createRings({ count, perRing, inputSize, rng, extras, ringOf });
  return Object.assign(buffer, {
    drawBefore: (task: number, most: number) => buffer.draw(most, { before: task }),
  });
}

/**
 * A first-in-first-out ring for every task, as GEM (arXiv:1706.08840) keeps its episodic memory: the last rows of each task, of whatever class.
 * @param perRing slots of each ring
 * @param extras sizes of the vectors that slots hold beside their rows
 */
export function createTaskRings<E extends ExtraSizes = {}>(
  perRing: number,
  taskCount: number,
  inputSize: number,
  rng: Rng,
  extras?: E,
): TaskRings<E> {
  const ringOf = ({ task }: Batch): number => task;
  const { buffer, filledOf } = createRings({ count: taskCount, perRing, inputSize, rng, extras, ringOf });
  return Object.assign(buffer, { slotsOf: (task: number) => Int32Array.from(filledOf(task)) });
}

interface RingsOptions<E extends ExtraSizes> {
  /** Number of rings. */
  readonly count: number;
  readonly perRing: number;
  readonly inputSize: number;
  readonly rng: Rng;
  readonly extras?: E;
  /** The ring that a row of a batch goes to. */
  readonly ringOf: (batch: Batch, row: number) => number;
}

function createRings<E extends ExtraSizes>({ count, perRing, inputSize, rng, extras, ringOf }: RingsOptions<E>) {
  const store = createStore(count * perRing, inputSize, extras);
  const seen = new Int32Array(count);
  const filledOf = (ring: number): number[] =>
    Array.from({ length: Math.min(seen[ring], perRing) }, (_, i) => ring * perRing + i);
  const buffer: Buffer<E> = {
    store,
    get size() {
      return seen.reduce((sum, rows) => sum + Math.min(rows, perRing), 0);
    },
    add(batch, vectors) {
      const rows = distinctRows(batch);
      for (const row of rows) {
        const ring = ringOf(batch, row);
        putRow(store, ring * perRing + (seen[ring]++ % perRing), batch, row, vectors);
      }
      return rows.length;
    },
    draw: (most, options) => drawSlots(store, [...seen.keys()].flatMap(filledOf), most, rng, options),
    state: () => ({ store: store.state(), seen }),
    restore(state) {
      store.restore(state.store as State);
      seen.set(state.seen as Int32Array);
    },
  };
  return { buffer, filledOf };
}
