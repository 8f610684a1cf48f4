import type { Dataset, RawSamples, Scenario, Task } from '../types.ts';
import { range } from './numbers.ts';
import { createSamples, type View } from './samples.ts';
import type { StreamContent, StreamShape } from './types.ts';

/** A task that shows the whole data set in its own way: how its rows look, for the training and the test part alike. */
export interface TaskView {
  readonly name: string;
  view(raw: RawSamples): View;
}

/** Whether all tasks of such a stream have the same outputs, the classes. */
export const sharesOutputs = (scenario: Scenario): boolean => scenario === 'domain' || scenario === 'task-free';

/** The shape of a stream of so many views. */
export function shapeOfViews(scenario: Scenario, taskCount: number, classCount: number): StreamShape {
  const outputCount = sharesOutputs(scenario) ? classCount : taskCount * classCount;
  return { taskCount, outputCount, outputsPerTask: classCount };
}

/**
 * One task a view, each with every sample and all classes. Domain-incremental and task-free: the outputs are the classes. Class- and
 * task-incremental: every task has an output for each class of its own, `task index · classes + class`.
 */
export function viewTasks(dataset: Dataset, scenario: Scenario, views: readonly TaskView[]): StreamContent {
  const classCount = dataset.classNames.length;
  const shared = sharesOutputs(scenario);

  const ids = { train: allRows(dataset.train), test: allRows(dataset.test) };
  const tasks = views.map(({ name, view }, t): Task => {
    const first = shared ? 0 : t * classCount;
    const samples = (part: 'train' | 'test') => {
      const raw = dataset[part];
      return createSamples(
        view(raw),
        dataset,
        ids[part],
        Int32Array.from(raw.labels, (label) => first + label),
      );
    };
    return { name, outputs: range(first, first + classCount), train: samples('train'), test: samples('test') };
  });
  return { outputCount: shared ? classCount : views.length * classCount, tasks };
}

const allRows = (raw: RawSamples): Int32Array => Int32Array.from(raw.labels.keys());
