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
 *
 * With V views a batch holds batch/V samples, each V times in a row, and an epoch one of V parts of the samples, in the order of a shuffle that V
 * epochs share: as many updates and rows as without, each sample V times within V epochs, and V times as long until it comes again. Parts differ by
 * at most one sample; one that would leave the epoch's last batch empty gives it its last sample, or, if it has fewer samples than the epoch has
 * batches, begins with the sample before it.
 * @param views V, a divisor of `batch`
 */
export function createBatchOrder(
  rng: Rng,
  task: number,
  samples: number,
  batch: number,
  views = 1,
): (update: number) => Int32Array {
  const perEpoch = Math.ceil(samples / batch);
  const distinct = batch / views;
  let shuffle = -1;
  let order: Int32Array = new Int32Array();
  return (update) => {
    const epoch = Math.floor(update / perEpoch);
    const wanted = Math.floor(epoch / views);
    if (wanted !== shuffle) {
      shuffle = wanted;
      order = rng.fork(`order/${task}/${shuffle}`).permutation(samples);
    }
    const part = epoch % views;
    const first = Math.ceil((part * samples) / views);
    const size = Math.ceil(((part + 1) * samples) / views) - first;
    /** Where a batch of the part begins: one sample at least is left for each of those after it. */
    const beginning = (index: number): number => first + Math.min(index * distinct, size - (perEpoch - index));
    const index = update % perEpoch;
    const shown = order.subarray(beginning(index), beginning(index + 1));
    return views === 1
      ? shown
      : Int32Array.from({ length: shown.length * views }, (_, i) => shown[Math.floor(i / views)]);
  };
}

/** Whether the protocol evaluates after a task's `update`-th update, counted from 1: every ρ-th, and always the last. */
export function isEvaluated(update: number, updates: number, every: number): boolean {
  return update % every === 0 || update === updates;
}

/** The evaluation protocol in words, for the record. */
export function conventionsOf(every: EvaluateEvery, prequential: boolean): string[] {
  return [
    'accuracy and loss on a fixed subset of each test set, drawn once per run by a generator of its own',
    ...(every === 'adaptive'
      ? adaptiveConventions
      : ['evaluated before the first update of every task, after every ρ-th update of the task and after its last']),
    'tasks seen so far only; at the first evaluation of a task its own column is filled too',
    'step counts updates since the start of the run; the evaluation before the first update of a task repeats the step of the one before it',
    'class and task-free scenario: argmax over all outputs; task scenario: over the outputs of the evaluated task; domain scenario: over the shared outputs',
    'matrix.csv: whole test sets of all tasks, untrained and after each task',
    ...(prequential
      ? [
          'prequential.csv: before every update the model, in inference mode, predicts the rows that the update then learns, without augmentation; in every epoch; step counts the updates made before',
        ]
      : []),
  ];
}
