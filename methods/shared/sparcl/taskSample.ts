import type { Rng } from '../../../base/index.ts';
import type { LearnerTask, State } from '../../contract.ts';
import { createStore } from '../buffers/store.ts';
import { storedRows, type RowSource } from './importance.ts';

/** Some rows of the current task, to measure importance on: drawn and read at its start, and kept until its end. */
export interface TaskSample {
  begin(task: LearnerTask): void;
  /** Its rows, but for those of samples that are not kept. */
  rows(keeps: (id: number) => boolean): RowSource;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/** @param capacity most rows; all of a task that has fewer */
export function createTaskSample(capacity: number, inputSize: number, rng: Rng): TaskSample {
  const store = createStore(capacity, inputSize);
  let size = 0;
  return {
    begin({ index, train }) {
      const selected = rng.sample(train.length, Math.min(capacity, train.length));
      size = selected.length;
      train.read(selected, store.x);
      selected.forEach((row, slot) => {
        store.y[slot] = train.labels[row];
        store.id[slot] = train.ids[row];
      });
      store.task.fill(index);
    },
    rows: (keeps) =>
      storedRows(
        store,
        Int32Array.from(Array(size).keys()).filter((slot) => keeps(store.id[slot])),
      ),
    bytes: store.bytes,
    state: () => ({ store: store.state(), size }),
    restore(state) {
      store.restore(state.store as State);
      size = state.size as number;
    },
  };
}
