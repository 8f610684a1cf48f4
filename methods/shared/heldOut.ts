import type { Rng } from '../../base/index.ts';
import type { Batch, LearnerTask } from '../contract.ts';
import { putBatch, type Rows } from './rows.ts';

/** A task whose rows are parted into those that are trained on and those that are not. */
export interface PartedTask {
  readonly task: LearnerTask;
  /** Samples that are not trained on, by id. */
  readonly hidden: ReadonlySet<number>;
  /** Rows of the task of which the sample is trained on. */
  readonly visible: Int32Array;
  /** The others. */
  readonly unseen: Int32Array;
}

/** Ids of samples of a task to be held out: a random share of its rows, at least one, and not all. */
export function drawHeldOut({ train }: LearnerTask, share: number, rng: Rng): Int32Array {
  const count = Math.max(1, Math.min(train.length - 1, Math.round(share * train.length)));
  return rng.sample(train.length, count).map((row) => train.ids[row]);
}

/** @param heldOut ids */
export function partTask(task: LearnerTask, heldOut: Int32Array): PartedTask {
  const hidden = new Set(heldOut);
  const all = Int32Array.from({ length: task.train.length }, (_, row) => row);
  const isHidden = (row: number): boolean => hidden.has(task.train.ids[row]);
  return { task, hidden, visible: all.filter((row) => !isHidden(row)), unseen: all.filter(isHidden) };
}

/** Copies a batch, its held-out rows at weight 0 and the others as parts of a mean. @returns how many those are */
export function putVisible(rows: Rows, batch: Batch, hidden: ReadonlySet<number>): number {
  putBatch(rows, batch, 0, 1);
  let kept = 0;
  for (let i = 0; i < batch.size; i++) {
    if (hidden.has(batch.ids[i])) rows.weight[i] = 0;
    else kept++;
  }
  for (let i = 0; i < batch.size; i++) rows.weight[i] /= Math.max(1, kept);
  return kept;
}
