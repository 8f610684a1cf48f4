import type { Batch, State } from '../../contract.ts';

/** Full batches of what is left of a stream of batches from which rows are taken out. */
export interface Remainder {
  /** Takes the rows of a batch that are to be kept. @returns a full batch as soon as there is one, in arrays that the next call overwrites */
  take(batch: Batch, keeps: (id: number) => boolean): Batch | null;
  /** Forgets rows that wait. */
  clear(): void;
  readonly bytes: number;
  state(): State;
  restore(state: State): void;
}

/** @param rows of a full batch; no batch that comes has more */
export function createRemainder(rows: number, inputSize: number): Remainder {
  // Fewer than a batch wait, and one comes.
  const x = new Float32Array(2 * rows * inputSize);
  const y = new Int32Array(2 * rows);
  const ids = new Int32Array(2 * rows);
  const full = { x: new Float32Array(rows * inputSize), y: new Int32Array(rows), ids: new Int32Array(rows) };
  let waiting = 0;
  return {
    take(batch, keeps) {
      for (let row = 0; row < batch.size; row++) {
        if (!keeps(batch.ids[row])) continue;
        x.set(batch.x.subarray(row * inputSize, (row + 1) * inputSize), waiting * inputSize);
        y[waiting] = batch.y[row];
        ids[waiting++] = batch.ids[row];
      }
      if (waiting < rows) return null;
      full.x.set(x.subarray(0, rows * inputSize));
      full.y.set(y.subarray(0, rows));
      full.ids.set(ids.subarray(0, rows));
      waiting -= rows;
      x.copyWithin(0, rows * inputSize, (rows + waiting) * inputSize);
      y.copyWithin(0, rows, rows + waiting);
      ids.copyWithin(0, rows, rows + waiting);
      return { ...full, size: rows, task: batch.task };
    },
    clear() {
      waiting = 0;
    },
    bytes: 3 * rows * (inputSize + 2) * 4,
    state: () => ({ x: x.subarray(0, waiting * inputSize), y: y.subarray(0, waiting), ids: ids.subarray(0, waiting) }),
    restore(state) {
      x.set(state.x as Float32Array);
      y.set(state.y as Int32Array);
      ids.set(state.ids as Int32Array);
      waiting = (state.ids as Int32Array).length;
    },
  };
}
