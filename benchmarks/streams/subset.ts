import type { Rng } from '../../base/index.ts';
import type { Samples, Task } from '../types.ts';

/**
 * Leaves so many training samples of each task, drawn by a fork of its own: all others are as if they were not there.
 *
 * @param count samples a task; tasks that have fewer keep them all
 */
export function limitTraining(tasks: readonly Task[], count: number, rng: Rng): Task[] {
  return tasks.map((task) => {
    const { length } = task.train;
    if (length <= count) return task;
    const rows = rng.fork(`samples/${task.name}`).sample(length, count).toSorted();
    return { ...task, train: subsetOf(task.train, rows) };
  });
}

/** The given rows of some samples, in that order. */
export function subsetOf(samples: Samples, rows: Int32Array): Samples {
  const labels = rows.map((row) => samples.labels[row]);
  const ids = rows.map((row) => samples.ids[row]);
  let scratch = new Int32Array(0);
  return {
    length: rows.length,
    labels,
    ids,
    read(wanted, out) {
      if (scratch.length < wanted.length) scratch = new Int32Array(wanted.length);
      for (let i = 0; i < wanted.length; i++) {
        const row = rows[wanted[i]];
        if (row === undefined) throw new RangeError(`row ${wanted[i]} is not in 0..${rows.length - 1}`);
        scratch[i] = row;
      }
      samples.read(scratch.subarray(0, wanted.length), out);
    },
  };
}
