import { UserError, type Rng } from '../../base/index.ts';
import type { Scenario, StreamOptions, Task } from '../types.ts';
import { range, requireTaskCount } from './numbers.ts';
import { createTableSamples } from './table.ts';
import type { StandaloneContent, StandaloneStream } from './types.ts';
import { shapeOfViews, sharesOutputs } from './views.ts';

/**
 * Gaussian clusters that turn from task to task. Class k of task t is N(μ(t,k), I) with μ(t,k) = separation/√2 · u(t,k), where
 *
 *     u(1,k) = e(1,k),   u(t,k) = similarity · u(t-1,k) + √(1 - similarity²) · e(t,k)
 *
 * and all e(t,k) are orthonormal, a random basis of the seed's. What follows from it:
 * - the means of two classes of a task are `separation` standard deviations apart;
 * - cos(μ(t,k), μ(s,k)) = similarity^|t-s|, and the means of different classes are orthogonal whatever their tasks;
 * - the best accuracy on a task, its classes being equally frequent, is ∫ φ(z) Φ(z + separation/√2)^(classes-1) dz: Φ(separation/2) for two
 *   classes. The rule that reaches it is the largest u(t,k)·x.
 */
export const mixture: StandaloneStream = {
  name: 'mixture',
  version: 1,
  description: 'Gaussian clusters, two a task unless told, whose means turn by a given angle from task to task',
  options: [
    { name: 'tasks', unit: 'tasks', default: '5', description: 'number of tasks' },
    {
      name: 'similarity',
      unit: '0 to 1',
      default: '0.5',
      description: 'cosine between the means of a class in two tasks that follow each other; 1: tasks are alike',
    },
    { name: 'classes', unit: 'classes', default: '2', description: 'classes of a task' },
    {
      name: 'separation',
      unit: 'standard deviations',
      default: '3',
      description: 'distance between the means of two classes of a task',
    },
    {
      name: 'dimensions',
      unit: 'numbers',
      default: 'tasks · classes',
      description: 'numbers in an input, at least as many as there are classes in all tasks',
    },
    {
      name: 'samples',
      unit: 'samples',
      default: '500',
      description: 'training samples of each class of a task, and as many test samples',
    },
  ],
  plan(given) {
    const { scenario, tasks = 5, similarity = 0.5, classes = 2, separation = 3, samples = 500 } = given;
    requireTaskCount(tasks);
    requireWhole('classes', classes, 2);
    requireWhole('samples', samples, 1);
    requireNumber('similarity', similarity, 0, 1);
    requireNumber('separation', separation, 0, Infinity);
    const { dimensions = tasks * classes } = given;
    requireWhole('dimensions', dimensions, tasks * classes);
    const options = { scenario, tasks, similarity, classes, separation, dimensions, samples };
    return {
      options,
      shape: shapeOfViews(scenario, tasks, classes),
      build: async ({ rng }) => drawTasks(options, rng),
    };
  },
};

type Settled = Required<
  Pick<StreamOptions, 'tasks' | 'similarity' | 'classes' | 'separation' | 'dimensions' | 'samples'>
> & { readonly scenario: Scenario };

function drawTasks(options: Settled, rng: Rng): StandaloneContent {
  const { scenario, tasks, classes, dimensions } = options;
  const means = turnMeans(options, rng.fork('basis'));
  const table = {
    train: drawRows(means, options, 'train', rng),
    test: drawRows(means, options, 'test', rng),
  };
  const count = options.samples * classes;
  const shared = sharesOutputs(scenario);
  return {
    inputShape: [dimensions],
    outputCount: shared ? classes : tasks * classes,
    tasks: range(0, tasks).map((t): Task => {
      const first = shared ? 0 : t * classes;
      const ids = Int32Array.from(range(t * count, (t + 1) * count));
      const labels = ids.map((id) => first + (id % classes));
      return {
        name: `task-${t + 1}`,
        outputs: range(first, first + classes),
        train: createTableSamples({ values: table.train, columns: dimensions }, ids, labels),
        test: createTableSamples({ values: table.test, columns: dimensions }, ids, labels),
      };
    }),
  };
}

/** The means: class k of task t at place `t · classes + k`. */
function turnMeans({ tasks, classes, similarity, separation, dimensions }: Settled, rng: Rng): Float64Array[] {
  const basis = orthonormal(tasks * classes, dimensions, rng);
  const directions: Float64Array[] = [];
  const fresh = Math.sqrt(1 - similarity * similarity);
  basis.forEach((e, i) => {
    const last = directions[i - classes];
    directions.push(i < classes ? e : e.map((value, d) => similarity * last[d] + fresh * value));
  });
  return directions.map((u) => u.map((value) => (value * separation) / Math.SQRT2));
}

/** `count` orthonormal vectors, uniformly distributed: Gaussian ones made orthogonal by Gram and Schmidt, twice against rounding. */
function orthonormal(count: number, dimensions: number, rng: Rng): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    let v = Float64Array.from({ length: dimensions }, () => rng.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const e of basis) {
        const along = dot(e, v);
        v = v.map((value, d) => value - along * e[d]);
      }
      const norm = Math.sqrt(dot(v, v));
      v = v.map((value) => value / norm);
    }
    basis.push(v);
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d], 0);
}

/** `[tasks · samples · classes, dimensions]`, task by task, the classes of each taking turns. */
function drawRows(means: readonly Float64Array[], options: Settled, part: string, rng: Rng): Float32Array {
  const { tasks, classes, dimensions, samples } = options;
  const rows = new Float32Array(tasks * samples * classes * dimensions);
  let at = 0;
  for (let t = 0; t < tasks; t++) {
    const drawn = rng.fork(`${part}/${t}`);
    for (let i = 0; i < samples * classes; i++) {
      const mean = means[t * classes + (i % classes)];
      for (let d = 0; d < dimensions; d++) rows[at++] = mean[d] + drawn.normal();
    }
  }
  return rows;
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const reason = name === 'dimensions' ? ', the number of classes in all tasks' : '';
  throw new UserError(`invalid ${name}: ${value} (allowed: a whole number of at least ${least}${reason})`);
}

function requireNumber(name: string, value: number, least: number, most: number): void {
  if (Number.isFinite(value) && value >= least && value <= most) return;
  const allowed = most === Infinity ? `a number of at least ${least}` : `a number from ${least} to ${most}`;
  throw new UserError(`invalid ${name}: ${value} (allowed: ${allowed})`);
}
