import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import {
  createStream,
  datasetOf,
  resolveStreamOptions,
  resolveStreamShape,
  scenarios,
  type Samples,
  type Stream,
  type StreamOptions,
} from '../../../benchmarks/index.ts';
import { readRows } from '../fixtures.ts';

const make = (options: Partial<StreamOptions> = {}, seed = 1): Promise<Stream> =>
  createStream('mixture', { scenario: 'class', ...options }, { rng: createRng(seed) });

/** The rows of a task's part by place of the class in the task, as arrays. */
function rowsByClass(samples: Samples, dimensions: number, classes: number): number[][][] {
  const flat = readRows(samples, dimensions);
  const rows: number[][][] = Array.from({ length: classes }, () => []);
  samples.labels.forEach((label, i) =>
    rows[label % classes].push([...flat.subarray(i * dimensions, (i + 1) * dimensions)]),
  );
  return rows;
}

const meanOf = (rows: number[][]): number[] =>
  rows[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0) / rows.length);
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, d) => sum + value * b[d], 0);
const cosine = (a: number[], b: number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const distance = (a: number[], b: number[]): number => Math.hypot(...a.map((value, d) => value - b[d]));

describe.each([0, 0.3, 0.8, 1])('with similarity %d', (similarity) => {
  const [tasks, classes, dimensions] = [4, 3, 15];
  // Far apart, so that the means that are measured point where the true ones do: their cosines are off by 0.002 or so.
  const options = { similarity, tasks, classes, dimensions, separation: 20, samples: 1500 };

  test.each(['train', 'test'] as const)('the %s means turn as they are said to', async (part) => {
    const stream = await make(options);
    const means = stream.tasks.map((task) => rowsByClass(task[part], dimensions, classes).map(meanOf));
    for (let t = 0; t < tasks; t++)
      for (let s = 0; s <= t; s++)
        for (let k = 0; k < classes; k++)
          for (let j = 0; j < classes; j++) {
            // The closed form: similarity^|t-s| for one class, orthogonal for two.
            const expected = k === j ? similarity ** (t - s) : 0;
            expect(Math.abs(cosine(means[t][k], means[s][j]) - expected)).toBeLessThan(0.01);
          }
    for (const [a, b, c] of means)
      for (const apart of [distance(a, b), distance(b, c), distance(a, c)])
        expect(Math.abs(apart - 20)).toBeLessThan(0.25);
  });
});

test('around its mean a class is a standard normal distribution', async () => {
  const n = 4000;
  const { tasks } = await make({ tasks: 1, classes: 2, dimensions: 4, samples: n });
  for (const rows of rowsByClass(tasks[0].train, 4, 2)) {
    const mean = meanOf(rows);
    for (let a = 0; a < 4; a++)
      for (let b = 0; b <= a; b++) {
        const covariance = rows.reduce((sum, row) => sum + (row[a] - mean[a]) * (row[b] - mean[b]), 0) / n;
        // Standard errors: sqrt(2/n) of a variance, sqrt(1/n) of a covariance.
        expect(Math.abs(covariance - (a === b ? 1 : 0))).toBeLessThan(4.5 * Math.sqrt((a === b ? 2 : 1) / n));
      }
  }
});

/** Φ by Simpson's rule on the density from -12: off by less than 1e-10. */
function normalCdf(z: number): number {
  return simpson((x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI), -12, z);
}

function simpson(f: (x: number) => number, from: number, to: number, steps = 2000): number {
  const h = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

describe('the best accuracy', () => {
  test.each([
    [2, 1],
    [2, 3],
    [3, 2],
    [5, 3],
  ])('with %i classes, %d standard deviations apart, is the closed form', async (classes, separation) => {
    const options = { tasks: 2, classes, separation, dimensions: 12, samples: 3000 };
    const { tasks } = await make(options, 7);
    const best =
      classes === 2
        ? normalCdf(separation / 2)
        : simpson(
            (z) =>
              (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
              normalCdf(z + separation / Math.SQRT2) ** (classes - 1),
            -12,
            12,
            400,
          );
    for (const { train, test: held } of tasks) {
      // Linear discriminant analysis with a known covariance, the identity: the nearest of the means of the training samples.
      const means = rowsByClass(train, 12, classes).map(meanOf);
      const rows = rowsByClass(held, 12, classes);
      const right = rows.map((own, k) =>
        own.reduce((count, row) => {
          const nearest = means.map((mean) => distance(row, mean));
          return count + (nearest[k] === Math.min(...nearest) ? 1 : 0);
        }, 0),
      );
      const n = classes * 3000;
      const accuracy = right.reduce((sum, count) => sum + count, 0) / n;
      expect(Math.abs(accuracy - best)).toBeLessThan(4.5 * Math.sqrt((best * (1 - best)) / n));
    }
  });
});

test('the classes of a task are as many samples each, and every sample has an identity of its own', async () => {
  const { tasks, inputShape } = await make({ tasks: 3, classes: 4, samples: 7 });
  expect(inputShape).toEqual([12]);
  for (const part of ['train', 'test'] as const) {
    const ids = tasks.flatMap((task) => [...task[part].ids]);
    expect(ids).toEqual(Array.from({ length: 3 * 4 * 7 }, (_, i) => i));
    tasks.forEach((task, t) => {
      for (const output of task.outputs)
        expect([...task[part].labels].filter((label) => label === output)).toHaveLength(7);
      expect(task.outputs).toEqual([0, 1, 2, 3].map((k) => 4 * t + k));
    });
  }
});

test.each(scenarios)('the shape in the %s scenario is what is said beforehand', async (scenario) => {
  const stream = await make({ scenario, tasks: 3 });
  const shared = scenario === 'domain' || scenario === 'task-free';
  expect(stream.outputCount).toBe(shared ? 2 : 6);
  expect(stream.tasks.map(({ outputs }) => outputs)).toEqual(
    shared ? [[0, 1], [0, 1], [0, 1]] : [[0, 1], [2, 3], [4, 5]], // prettier-ignore
  );
  expect(resolveStreamShape('mixture', { scenario, tasks: 3 })).toEqual({
    taskCount: 3,
    outputCount: stream.outputCount,
    outputsPerTask: 2,
  });
  for (const { train, outputs } of stream.tasks) expect(new Set(train.labels)).toEqual(new Set(outputs));
});

test('the same seed gives the same rows, whatever was drawn before, another seed others, and test rows are new ones', async () => {
  const rows = (stream: Stream, part: 'train' | 'test' = 'train') =>
    stream.tasks.map((task) => readRows(task[part], 10));
  const used = createRng(3);
  used.permutation(100);
  const again = await createStream('mixture', { scenario: 'class' }, { rng: used });
  const first = await make({}, 3);
  expect(rows(again)).toEqual(rows(first));
  expect(rows(await make({}, 4))).not.toEqual(rows(first));
  expect(rows(first, 'test')).not.toEqual(rows(first));
});

test('a stream of more tasks begins like one of fewer in the same space', async () => {
  const rows = async (tasks: number) =>
    (await make({ tasks, dimensions: 12 })).tasks.slice(0, 2).map(({ train }) => readRows(train, 12));
  expect(await rows(5)).toEqual(await rows(2));
});

test('read(rows, out) allows repeated rows, and refuses what there is not', async () => {
  const { train } = (await make()).tasks[0];
  const out = new Float32Array(20);
  train.read([3, 3], out);
  expect(out.subarray(0, 10)).toEqual(out.subarray(10));
  expect(() => train.read([1000], out)).toThrow(new RangeError('row 1000 is not in 0..999'));
  expect(() => train.read([0, 1, 2], out)).toThrow(new RangeError('3 rows of 10 values do not fit into 20'));
});

test('no data set is needed, and what is not of mixture is refused', () => {
  expect(datasetOf('mixture')).toBeNull();
  expect(resolveStreamOptions('mixture', { scenario: 'task', tasks: 3 })).toEqual({
    scenario: 'task',
    tasks: 3,
    similarity: 0.5,
    classes: 2,
    separation: 3,
    dimensions: 6,
    samples: 500,
  });
});

test.each<[Partial<StreamOptions>, string]>([
  [{ similarity: 1.5 }, 'invalid similarity: 1.5 (allowed: a number from 0 to 1)'],
  [{ separation: -1 }, 'invalid separation: -1 (allowed: a number of at least 0)'],
  [{ classes: 1 }, 'invalid classes: 1 (allowed: a whole number of at least 2)'],
  [{ samples: 0.5 }, 'invalid samples: 0.5 (allowed: a whole number of at least 1)'],
  [
    { dimensions: 9 },
    'invalid dimensions: 9 (allowed: a whole number of at least 10, the number of classes in all tasks)',
  ],
  [{ normalize: true }, 'unknown option of mixture streams: normalize (known: classes, dimensions, samples, scenario,'],
])('%j is refused', async (options, message) => {
  await expect(make(options)).rejects.toThrow(UserError);
  await expect(make(options)).rejects.toThrow(message);
});
