import { UserError } from '../../base/index.ts';
import type { Dataset, Scenario, Task } from '../types.ts';
import { samplesOfClasses } from './classSamples.ts';
import { classOrderOption, nameOfClasses, orderClasses, requireClassesDivide } from './classOrder.ts';
import { range, requireTaskCount } from './numbers.ts';
import type { StreamContent, StreamKind } from './types.ts';

/**
 * The classes of a data set divided over the tasks, as many each; every sample is in the one task that has its class.
 *
 * Class- and task-incremental: the output of a class is its id in the data set, whatever the order of the classes.
 * Domain-incremental: the output is the place of the class in its task, so the first classes of all tasks share one, and so on.
 *
 * @see van de Ven & Tolias, Three scenarios for continual learning, arXiv:1904.07734
 */
export const split: StreamKind = {
  name: 'split',
  version: 1,
  description: 'the classes are divided over the tasks',
  options: [
    {
      name: 'tasks',
      unit: 'tasks',
      default: 'classes / 2',
      description: 'number of tasks; the classes must divide evenly over them',
    },
    classOrderOption,
  ],
  plan(given, classCount) {
    const { scenario, tasks = Math.ceil(classCount / 2), classOrder = 'natural' } = given;
    requireTaskCount(tasks);
    requireClassesDivide(classCount, tasks, classOrder);
    if (tasks === classCount && (scenario === 'task' || scenario === 'domain')) {
      throw new UserError(
        `${tasks} tasks of one class each leave nothing to tell apart in the ${scenario} scenario; use fewer tasks`,
      );
    }
    return {
      options: { scenario, tasks, classOrder },
      shape: {
        taskCount: tasks,
        outputCount: scenario === 'domain' ? classCount / tasks : classCount,
        outputsPerTask: classCount / tasks,
      },
      build(dataset, rng) {
        return splitClasses(dataset, scenario, orderClasses(classCount, classOrder, rng), classCount / tasks);
      },
    };
  },
};

function splitClasses(dataset: Dataset, scenario: Scenario, order: number[], classesPerTask: number): StreamContent {
  const shared = scenario === 'domain';
  const tasks = range(0, order.length / classesPerTask).map((t): Task => {
    const classes = order.slice(t * classesPerTask, (t + 1) * classesPerTask);
    const outputs = shared ? range(0, classesPerTask) : classes;
    return {
      name: nameOfClasses(classes, t),
      outputs,
      train: samplesOfClasses(dataset, dataset.train, classes, outputs),
      test: samplesOfClasses(dataset, dataset.test, classes, outputs),
    };
  });
  return { outputCount: shared ? classesPerTask : order.length, tasks };
}
