import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import {
  buildStream,
  resolveStreamShape,
  type Dataset,
  type Stream,
  type StreamOptions,
} from '../../../benchmarks/index.ts';
import { countClasses, readRows, tinyDataset } from '../fixtures.ts';

const make = (dataset: Dataset, options: Partial<StreamOptions> = {}, seed = 1): Stream =>
  buildStream('blurry', dataset, { scenario: 'class', ...options }, createRng(seed));

const ten = tinyDataset(10, 40);

/** For each task, how many training samples it has of each class. */
const counts = ({ tasks }: Stream, classCount: number): number[][] =>
  tasks.map(({ train }) => countClasses(train.labels, classCount));

describe.each(['natural', 'random'] as const)('with classes in %s order', (classOrder) => {
  test.each([0, 50, 100])('%i %% disjoint: every sample is in one task, and its output is its class', (disjoint) => {
    const stream = make(ten, { disjoint, blur: 30, classOrder });
    for (const part of ['train', 'test'] as const) {
      const ids = stream.tasks.flatMap((task) => [...task[part].ids]);
      expect(ids.toSorted((a, b) => a - b)).toEqual([...ten[part].labels.keys()]);
      for (const task of stream.tasks)
        expect([...task[part].labels]).toEqual([...task[part].ids].map((id) => ten[part].labels[id]));
    }
    expect(stream.outputCount).toBe(10);
  });

  test('a task is tested on all test samples of its own classes, and lists all outputs that occur in it', () => {
    const { tasks } = make(ten, { classOrder });
    const tested = tasks.map(({ test: { labels } }) => [...new Set(labels)]);
    expect(tested.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
    expect(tested.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    tasks.forEach(({ name, outputs, train }, t) => {
      expect(tested[t]).toHaveLength(2);
      expect(outputs.slice(0, 2).toSorted()).toEqual(tested[t].toSorted());
      expect(name).toBe(outputs.slice(0, 2).join('/'));
      expect(new Set(outputs)).toEqual(new Set([...train.labels, ...tested[t]]));
    });
  });
});

test('by hand: two tasks of a disjoint and a blurry class, and two of five samples change places', () => {
  // Classes of 5; 40 % of the 5 samples of classes 1 and 3 go into a pool of 4, and each task takes 2 out of it.
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const [first, second] = counts(
      make(tinyDataset(4, 5), { tasks: 2, disjoint: 50, blur: 40, classOrder: 'natural' }, seed),
      4,
    );
    const away = first[3];
    expect(first).toEqual([5, 5 - away, 0, away]);
    expect(second).toEqual([0, away, 5, 5 - away]);
    seen.add(String(away));
  }
  expect(seen).toEqual(new Set(['0', '1', '2']));
});

test('every task keeps the size of its classes, also where those differ', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, i) => (i < 10 ? 0 : i < 30 ? 1 : i < 60 ? 2 : 3));
  const uneven = { ...tinyDataset(4, 25), train: { inputs: new Uint8Array(600), labels } };
  const { tasks } = make(uneven, { tasks: 2, disjoint: 0, blur: 50 });
  expect(tasks.map(({ train }) => train.length)).toEqual([30, 70]);
});

describe('the shares are those of the splits of CIFAR-10 that the authors of i-Blurry publish', () => {
  const cifar: Dataset = {
    ...tinyDataset(10),
    shape: [1, 1, 1],
    train: { inputs: new Uint8Array(50_000), labels: Uint8Array.from({ length: 50_000 }, (_, i) => i % 10) },
  };
  test.each([
    // Samples that each blurry class has in the task where it is a major class: cifar10_split5_n50_m<M>_rand1 at
    // github.com/naver-ai/i-Blurry, counted.
    [10, [4586, 4583, 4616, 4602, 4599]],
    [30, [3776, 3797, 3788, 3807, 3789]],
    [50, [2997, 2998, 3037, 2994, 3004]],
  ])('i-Blurry-50-%i', (blur, published) => {
    const ours = counts(make(cifar, { blur }), 10).map((task, t) => {
      // The disjoint classes, whose ids are even here, are in their own task with all their samples and in no other.
      expect([0, 2, 4, 6, 8].map((id) => task[id])).toEqual([0, 1, 2, 3, 4].map((own) => (own === t ? 5000 : 0)));
      expect(task.reduce((sum, each) => sum + each, 0)).toBe(10_000);
      return task[2 * t + 1];
    });
    // The pool holds 5 · 50 M samples, and each class gets a hypergeometric number of its 50 M back into its own task.
    const given = 50 * blur;
    const expected = 5000 - given * (1 - 1 / 5);
    const deviation = Math.sqrt((given * 0.2 * 0.8 * (4 * given)) / (5 * given - 1));
    for (const count of [...published, ...ours]) expect(Math.abs(count - expected)).toBeLessThan(4 * deviation);
  });
});

test('without disjoint classes all are blurry, without blur none are', () => {
  for (const task of counts(make(ten, { disjoint: 0, blur: 60 }), 10))
    expect(task.filter((count) => count > 0).length).toBeGreaterThan(6);
  const pure = [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]; // prettier-ignore
  const outputs = (options: Partial<StreamOptions>) => make(ten, options).tasks.map((task) => task.outputs);
  expect(outputs({ disjoint: 0, blur: 0 })).toEqual(pure);
  expect(outputs({ disjoint: 100, blur: 50 })).toEqual(pure);
});

test('the same seed gives the same tasks, whatever was drawn before, and another seed others', () => {
  const ids = ({ tasks }: Stream) => tasks.map(({ train }) => [...train.ids]);
  const used = createRng(5);
  used.permutation(100);
  expect(ids(buildStream('blurry', ten, { scenario: 'class' }, used))).toEqual(ids(make(ten, {}, 5)));
  expect(ids(make(ten, {}, 6))).not.toEqual(ids(make(ten, {}, 5)));
});

test('the order of the classes is drawn from the seed, if asked for', () => {
  const names = (seed: number) => make(ten, { classOrder: 'random' }, seed).tasks.map(({ name }) => name);
  expect(names(1)).not.toEqual(['0/1', '2/3', '4/5', '6/7', '8/9']);
  expect(names(1)).not.toEqual(names(2));
});

test('rows are those of the data set', () => {
  const { train } = make(ten).tasks[2];
  const expected = [...train.ids].flatMap((id) =>
    [...ten.train.inputs.subarray(id * 6, id * 6 + 6)].map((v) => v / 16),
  );
  expect([...readRows(train, 6)]).toEqual(expected);
});

test('the shape is known beforehand: no task has more outputs', () => {
  const shape = (options: Partial<StreamOptions>) =>
    resolveStreamShape('blurry-cifar100', { scenario: 'class', ...options });
  // Ten tasks of 10 classes, 5 of them blurry, and 5 blurry classes of each of the 9 others.
  expect(shape({ tasks: 10 })).toMatchObject({ taskCount: 10, outputCount: 100, outputsPerTask: 55 });
  expect(shape({ tasks: 10, blur: 0 })).toMatchObject({ outputsPerTask: 10 });
  const largest = Math.max(...make(ten, { blur: 80 }).tasks.map(({ outputs }) => outputs.length));
  expect(largest).toBe(6);
});

test.each<[Partial<StreamOptions>, string]>([
  [{ scenario: 'task' }, 'blurry streams make no sense in the task scenario (allowed: class, task-free)'],
  [{ scenario: 'domain' }, 'blurry streams make no sense in the domain scenario (allowed: class, task-free)'],
  [{ tasks: 3 }, '10 classes do not divide evenly over 3 tasks (allowed: 1, 2, 5, 10)'],
  [{ disjoint: -1 }, 'invalid disjoint: -1 (allowed: a percentage from 0 to 100)'],
  [{ blur: 101 }, 'invalid blur: 101 (allowed: a percentage from 0 to 100)'],
  [{ blur: Number.NaN }, 'invalid blur: NaN (allowed: a percentage from 0 to 100)'],
  [
    { tasks: 2 },
    'invalid disjoint: 50 % of the 5 classes of a task is no whole number (allowed: 0, 20, 40, 60, 80, 100)',
  ],
  [{ classOrder: 'sorted' as never }, 'unknown classOrder: sorted (known: natural, random)'],
])('%j is refused', (options, message) => {
  expect(() => make(ten, options)).toThrow(UserError);
  expect(() => make(ten, options)).toThrow(message);
});

test('a third may be written as 33', () => {
  expect(make(tinyDataset(6), { tasks: 2, disjoint: 33 }).tasks[0].outputs.length).toBeGreaterThanOrEqual(3);
});
