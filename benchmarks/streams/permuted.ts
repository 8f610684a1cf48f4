import type { Rng } from '../../base/index.ts';
import type { Dataset } from '../types.ts';
import { range, requireTaskCount } from './numbers.ts';
import type { StreamKind } from './types.ts';
import { shapeOfViews, viewTasks, type TaskView } from './views.ts';

/**
 * The whole data set a task, its pixels rearranged by a permutation of the task's own. Every task is permuted, the first too, as
 * in van de Ven & Tolias (arXiv:1904.07734), so that no task differs from the others in kind.
 */
export const permuted: StreamKind = {
  name: 'permuted',
  version: 1,
  description: 'every task shows all images with their pixels rearranged by a permutation of its own',
  options: [{ name: 'tasks', unit: 'tasks', default: '10', description: 'number of tasks, each another permutation' }],
  plan({ scenario, tasks = 10 }, classCount) {
    requireTaskCount(tasks);
    return {
      options: { scenario, tasks },
      shape: shapeOfViews(scenario, tasks, classCount),
      build: (dataset, rng) =>
        viewTasks(
          dataset,
          scenario,
          range(1, tasks + 1).map((number) => permutationView(dataset, `permutation-${number}`, rng)),
        ),
    };
  },
};

function permutationView({ shape, maximum }: Dataset, name: string, rng: Rng): TaskView {
  const [height, width, channels] = shape;
  const gather = new Int32Array(height * width * channels);
  // A fork a task: the first permutations stay the same when more tasks follow. The channels of a pixel stay together.
  rng
    .fork(name)
    .permutation(height * width)
    .forEach((pixel, p) => {
      for (let c = 0; c < channels; c++) gather[p * channels + c] = pixel * channels + c;
    });
  return { name, view: (raw) => ({ bytes: () => raw.inputs, maximum, gather }) };
}
