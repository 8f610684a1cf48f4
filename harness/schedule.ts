import type { Rng } from '../base/index.ts';
import { adaptiveConventions } from './adaptive.ts';
import type { EvaluateEvery } from './evaluationSchedule.ts';

/** Number of updates that one task gets: every epoch ends with a short batch if the batch size does not divide the task. */
export function updatesPerTask(samples: number, batch: number, epochs: number): number {
  return epochs * Math.ceil(samples / batch);
}

/**
 * The rows of each batch of a task, as a function of the run's seed and the update's number alone: a resumed run finds its place by
 * counting, and what a method draws changes nothing.
 * @param ordered in the order in which they stand, in every epoch
 */
export function createBatchOrder(
  rng: Rng,
  task: number,
  samples: number,
  batch: number,
  ordered = false,
): (update: number) => Int32Array {
  const perEpoch = Math.ceil(samples / batch);
  let epoch = -1;
  let order: Int32Array = new Int32Array();
  return (update) => {
    const wanted = Math.floor(update / perEpoch);
    if (wanted !== epoch) {
      epoch = wanted;
      order = ordered
        ? Int32Array.from({ length: samples }, (_, row) => row)
        : rng.fork(`order/${task}/${epoch}`).permutation(samples);
    }
    const start = (update % perEpoch) * batch;
    return order.subarray(start, Math.min(start + batch, samples));
  };
}

/** Whether the protocol evaluates after a task's `update`-th update, counted from 1: every ρ-th, and always the last. */
export function isEvaluated(update: number, updates: number, every: number): boolean {
  return update % every === 0 || update === updates;
}

/** The evaluation protocol in words, for the record. */
export function conventionsOf(every: EvaluateEvery, ordered = false): string[] {
  return [
    ...(ordered ? ['the rows of a task are trained on in the order of the file, in every epoch'] : []),
    'accuracy and loss on a fixed subset of each test set, drawn once per run by a generator of its own',
    ...(every === 'adaptive'
      ? adaptiveConventions
      : ['evaluated before the first update of every task, after every ρ-th update of the task and after its last']),
    'tasks seen so far only; at the first evaluation of a task its own column is filled too',
    'step counts updates since the start of the run; the evaluation before the first update of a task repeats the step of the one before it',
    'class and task-free scenario: argmax over all outputs; task scenario: over the outputs of the evaluated task; domain scenario: over the shared outputs',
    'matrix.csv: whole test sets of all tasks, untrained and after each task',
  ];
}
