import { UserError, type Rng } from '../../base/index.ts';
import type { Dataset, RawSamples, Task } from '../types.ts';
import { classOrderOption, nameOfClasses, orderClasses, requireClassesDivide } from './classOrder.ts';
import { range, requireTaskCount } from './numbers.ts';
import { createSamples } from './samples.ts';
import type { StreamContent, StreamKind } from './types.ts';

/**
 * i-Blurry-N-M: every class is a major class of one task. N % of the classes are disjoint: all their samples are in that task. The others
 * are blurry: M % of the samples that a task has of them are put into a pool, which is shuffled and dealt out over all tasks, the
 * one that a sample came from among them; so a blurry class keeps 1 - M/100 · (1 - 1/tasks) of its samples in its own task on average.
 * Each task gets as many out of the pool as it put in. The output of a class is its id in the data set.
 *
 * @see Koh et al., Online Continual Learning on Class Incremental Blurry Task Configuration with Anytime Inference, arXiv:2110.10031;
 * the dealing is that of the splits published with it
 */
export const blurry: StreamKind = {
  name: 'blurry',
  version: 1,
  description: 'some classes are in one task only, a share of the samples of the others is spread over all tasks',
  scenarios: ['class', 'task-free'],
  options: [
    {
      name: 'tasks',
      unit: 'tasks',
      default: '5',
      description: 'number of tasks; the classes must divide evenly over them',
    },
    {
      name: 'disjoint',
      unit: '% of classes',
      default: '50',
      description: 'classes that are in one task only (N); of each task’s classes it must be a whole number',
    },
    {
      name: 'blur',
      unit: '% of samples',
      default: '10',
      description: 'samples of the other classes that are dealt out over all tasks (M)',
    },
    classOrderOption,
  ],
  plan({ scenario, tasks = 5, disjoint = 50, blur = 10, classOrder = 'natural' }, classCount) {
    requireTaskCount(tasks);
    requireClassesDivide(classCount, tasks, classOrder);
    requirePercentage('disjoint', disjoint);
    requirePercentage('blur', blur);
    const majors = classCount / tasks;
    const disjointPerTask = requireShare(disjoint, majors);
    const foreign = blur === 0 ? 0 : (tasks - 1) * (majors - disjointPerTask);
    return {
      options: { scenario, tasks, disjoint, blur, classOrder },
      shape: { taskCount: tasks, outputCount: classCount, outputsPerTask: majors + foreign },
      build(dataset, rng) {
        const order = orderClasses(classCount, classOrder, rng);
        const classes = range(0, tasks).map((t) => order.slice(t * majors, (t + 1) * majors));
        return blurClasses(dataset, classes, disjointPerTask, blur / 100, rng.fork('blur'));
      },
    };
  },
};

/** @param classes the major classes of each task, the disjoint ones first */
function blurClasses(
  dataset: Dataset,
  classes: readonly number[][],
  disjointPerTask: number,
  blur: number,
  rng: Rng,
): StreamContent {
  const parts = classes.map((majors) => {
    const own = idsOf(dataset.train, majors.slice(0, disjointPerTask));
    const shared = idsOf(dataset.train, majors.slice(disjointPerTask));
    const order = rng.permutation(shared.length);
    const given = Math.round(blur * shared.length);
    const pick = (place: number): number => shared[place];
    return { kept: [...own, ...Array.from(order.slice(given), pick)], given: Array.from(order.slice(0, given), pick) };
  });
  const pool = parts.flatMap(({ given }) => given);
  const dealt = Array.from(rng.permutation(pool.length), (place) => pool[place]);

  let start = 0;
  const tasks = classes.map((majors, t): Task => {
    const { kept, given } = parts[t];
    const ids = [...kept, ...dealt.slice(start, (start += given.length))].toSorted((a, b) => a - b);
    const train = samplesOf(dataset, dataset.train, ids);
    const minors = [...new Set(train.labels)].filter((label) => !majors.includes(label)).toSorted((a, b) => a - b);
    return {
      name: nameOfClasses(majors, t),
      outputs: [...majors, ...minors],
      train,
      test: samplesOf(dataset, dataset.test, idsOf(dataset.test, majors)),
    };
  });
  return { outputCount: dataset.classNames.length, tasks };
}

/** The rows of the given classes, ascending. */
function idsOf(raw: RawSamples, classes: readonly number[]): number[] {
  const wanted = new Set(classes);
  return [...raw.labels.keys()].filter((id) => wanted.has(raw.labels[id]));
}

function samplesOf(dataset: Dataset, raw: RawSamples, rows: readonly number[]) {
  const ids = Int32Array.from(rows);
  const view = { bytes: () => raw.inputs, maximum: dataset.maximum };
  return createSamples(
    view,
    dataset,
    ids,
    ids.map((id) => raw.labels[id]),
  );
}

function requirePercentage(name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= 100) return;
  throw new UserError(`invalid ${name}: ${value} (allowed: a percentage from 0 to 100)`);
}

/** So many of a task's `majors` classes, within half a percent: a third may be written as 33. */
function requireShare(disjoint: number, majors: number): number {
  const count = Math.round((majors * disjoint) / 100);
  if (Math.abs((100 * count) / majors - disjoint) <= 0.5) return count;
  const allowed = range(0, majors + 1).map((each) => Number(((100 * each) / majors).toFixed(1)));
  throw new UserError(
    `invalid disjoint: ${disjoint} % of the ${majors} classes of a task is no whole number (allowed: ${allowed.join(', ')})`,
  );
}
