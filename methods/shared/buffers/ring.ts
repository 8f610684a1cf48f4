import type { Batch, State } from '../../contract.ts';
import type { Rng } from '../../../base/index.ts';
import { distinctRows } from './drawViews.ts';
import { putRow } from './putRow.ts';
import { createStore, type Store } from './store.ts';

export interface RingBuffer {
  readonly store: Store;
  /** Stores the samples of a stream batch, each once. */
  add(batch: Batch): void;
  /** Up to `count` distinct slots that hold rows of tasks before `task`, drawn uniformly. */
  drawBefore(task: number, count: number): Int32Array;
  state(): State;
  restore(state: State): void;
}

/**
 * A first-in-first-out ring for every (task, output) pair, as A-GEM keeps its episodic memory: the last rows of each class of each task.
 * @param perRing slots of each ring
 * @param taskOutputs the outputs of each task
 */
export function createRingBuffer(
  perRing: number,
  taskOutputs: readonly (readonly number[])[],
  inputSize: number,
  rng: Rng,
): RingBuffer {
  const firstRing = taskOutputs.map((_, task) =>
    taskOutputs.slice(0, task).reduce((sum, outputs) => sum + outputs.length, 0),
  );
  const rings = taskOutputs.reduce((sum, outputs) => sum + outputs.length, 0);
  const store = createStore(rings * perRing, inputSize);
  const seen = new Int32Array(rings);
  return {
    store,
    add(batch) {
      for (const row of distinctRows(batch)) {
        const ring = firstRing[batch.task] + taskOutputs[batch.task].indexOf(batch.y[row]);
        const slot = ring * perRing + (seen[ring]++ % perRing);
        putRow(store, slot, batch, row);
      }
    },
    drawBefore(task, count) {
      const slots: number[] = [];
      for (let ring = 0; ring < firstRing[task]; ring++)
        for (let i = 0; i < Math.min(seen[ring], perRing); i++) slots.push(ring * perRing + i);
      return rng.sample(slots.length, Math.min(count, slots.length)).map((i) => slots[i]);
    },
    state: () => ({ store: store.state(), seen }),
    restore(state) {
      store.restore(state.store as State);
      seen.set(state.seen as Int32Array);
    },
  };
}
