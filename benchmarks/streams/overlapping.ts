import { UserError, unknownName } from '../../base/index.ts';
import type { Dataset, Scenario, Task } from '../types.ts';
import { nameOfClasses } from './classOrder.ts';
import { samplesOfClasses } from './classSamples.ts';
import { range } from './numbers.ts';
import type { StreamContent, StreamKind } from './types.ts';

const heads = ['own', 'shared'] as const;
type Heads = (typeof heads)[number];

/** The tasks of OL-CIFAR100 (Lin et al. 2022, arXiv:2211.00789): the first 50 classes, some of them in two tasks. */
const cifar100Windows = ['0-9', '5-14', '10-19', '20-29', '25-34', '30-39', '40-49'];

/**
 * Tasks of neighbouring classes that overlap: a class, with all its samples, is in every task whose window holds it. What is learnt later can make old
 * tasks better, so that backward transfer can be positive.
 *
 * Heads of their own: every task has an output for each of its classes, whoever else has the class. Shared: one output a class, its id.
 *
 * @see Lin et al., Beyond Not-Forgetting, arXiv:2211.00789 (OL-CIFAR100)
 */
export const overlapping: StreamKind = {
  name: 'overlapping',
  version: 1,
  description: 'tasks of neighbouring classes that overlap',
  scenarios: ['class', 'task', 'task-free'],
  options: [
    {
      name: 'windows',
      unit: 'first-last class',
      default: 'those of OL-CIFAR100 for 100 classes; else 2/5 of the classes, each half over the one before',
      description: 'the classes of each task, such as 0-3,2-5; two tasks or more',
    },
    {
      name: 'heads',
      unit: heads.join(' | '),
      default: 'own in the task scenario, else shared',
      description: 'an output for each class of each task, or one for each class',
    },
  ],
  plan(given, classCount) {
    const { scenario, windows = defaultWindows(classCount), heads: kind = headsOf(scenario) } = given;
    const tasks = windows.map((window) => classesOf(window, classCount));
    requireSeveral(windows);
    requireDifferent(windows);
    requireHeads(kind, scenario);
    const sizes = tasks.map(({ length }) => length);
    const seen = Math.max(...tasks.flat()) + 1;
    return {
      options: { scenario, windows, heads: kind },
      shape: {
        taskCount: tasks.length,
        outputCount: kind === 'own' ? sizes.reduce((sum, size) => sum + size, 0) : seen,
        outputsPerTask: Math.max(...sizes),
      },
      build: (dataset) => overlappingTasks(dataset, tasks, kind),
    };
  },
};

/** Of ten classes 0-3, 2-5, 4-7 and 6-9. */
function defaultWindows(classCount: number): string[] {
  if (classCount === 100) return cifar100Windows;
  const width = Math.max(2, 2 * Math.round(classCount / 5));
  const count = Math.max(1, Math.floor((2 * (classCount - width)) / width) + 1);
  return range(0, count).map((i) => `${(i * width) / 2}-${(i * width) / 2 + width - 1}`);
}

/** @throws UserError on what is no window of classes that there are */
function classesOf(window: string, classCount: number): number[] {
  const [first, last] = /^(\d+)-(\d+)$/.exec(window)?.slice(1).map(Number) ?? [];
  if (first === undefined || last <= first || last >= classCount)
    throw new UserError(
      `invalid windows: ${window} (allowed: <first>-<last> class, at least two of the classes 0 to ${classCount - 1}, such as 0-${Math.min(3, classCount - 1)})`,
    );
  return range(first, last + 1);
}

/** @throws UserError where there are not two tasks that could overlap */
function requireSeveral(windows: readonly string[]): void {
  if (windows.length < 2)
    throw new UserError(
      `invalid windows: ${windows.join(', ') || 'none'} (allowed: two tasks or more, such as 0-3,2-5, or a split stream for one)`,
    );
}

/** @throws UserError where two tasks are the same */
function requireDifferent(windows: readonly string[]): void {
  const twice = windows.find((window, i) => windows.indexOf(window) !== i);
  if (twice !== undefined)
    throw new UserError(`invalid windows: ${twice} stands twice (allowed: every task with classes of its own choice)`);
}

const headsOf = (scenario: Scenario): Heads => (scenario === 'task' ? 'own' : 'shared');

/** @throws UserError on other heads than there are, and where a class would have two right outputs */
function requireHeads(kind: string, scenario: Scenario): void {
  if (!(heads as readonly string[]).includes(kind)) throw unknownName('heads', kind, heads);
  if (kind === 'own' && scenario !== 'task')
    throw new UserError(
      `heads own: in the ${scenario} scenario a class of two tasks would have two right outputs; use heads shared, or the task scenario`,
    );
}

function overlappingTasks(dataset: Dataset, tasks: readonly number[][], kind: Heads): StreamContent {
  let next = 0;
  const content = tasks.map((classes, t): Task => {
    const outputs = kind === 'own' ? range(next, next + classes.length) : classes;
    next = kind === 'own' ? next + classes.length : Math.max(next, classes.at(-1)! + 1);
    return {
      name: nameOfClasses(classes, t),
      outputs,
      train: samplesOfClasses(dataset, dataset.train, classes, outputs),
      test: samplesOfClasses(dataset, dataset.test, classes, outputs),
    };
  });
  return { outputCount: next, tasks: content };
}
