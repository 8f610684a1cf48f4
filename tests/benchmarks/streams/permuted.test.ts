import { expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { buildStream, type Samples, type Stream, type StreamOptions } from '../../../benchmarks/index.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const tiny = tinyDataset(3);
const permuteTiny = (options: Partial<StreamOptions> = {}, seed = 1): Stream =>
  buildStream('permuted', tiny, { scenario: 'domain', ...options }, createRng(seed));

/** For each row, where its six values come from: they differ within a row of the tiny data set. */
function sources(samples: Samples, part: 'train' | 'test'): number[][] {
  return [...samples.ids].map((id, row) => {
    const original = [...tiny[part].inputs.subarray(id * 6, id * 6 + 6)];
    return [...readRows(samples, 6, [row])].map((value) => original.indexOf(value * 16));
  });
}

test('a task rearranges the pixels by one permutation, the same for all rows, training and test', () => {
  for (const task of permuteTiny({ tasks: 4 }).tasks) {
    const [first, ...others] = [...sources(task.train, 'train'), ...sources(task.test, 'test')];
    expect(first.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const other of others) expect(other).toEqual(first);
  }
});

const permutations = (stream: Stream): string[] =>
  stream.tasks.map((task) => sources(task.train, 'train')[0].join(' '));

test('every task has another permutation, the first too is not the identity', () => {
  const seen = permutations(permuteTiny({ tasks: 5 }));
  expect(new Set([...seen, '0 1 2 3 4 5']).size).toBe(6);
});

test('the permutations depend on the seed alone, and not on how many tasks follow', () => {
  expect(permutations(permuteTiny({ tasks: 3 }))).toEqual(permutations(permuteTiny({ tasks: 5 })).slice(0, 3));
  expect(permutations(permuteTiny({ tasks: 3 }, 2))).not.toEqual(permutations(permuteTiny({ tasks: 3 }, 1)));
});

test('the channels of a pixel stay together', () => {
  const coloured = { ...tiny, shape: [1, 3, 2] as const };
  const { train } = buildStream('permuted', coloured, { scenario: 'domain', tasks: 1 }, createRng(1)).tasks[0];
  const [source] = sources(train, 'train');
  expect([0, 2, 4].map((i) => source[i] % 2)).toEqual([0, 0, 0]);
  expect([1, 3, 5].map((i) => source[i])).toEqual([0, 2, 4].map((i) => source[i] + 1));
});

test('there are ten tasks by default, numbered from 1, each with all samples', () => {
  const { tasks } = permuteTiny();
  expect(tasks.map((task) => task.name)).toEqual(Array.from({ length: 10 }, (_, i) => `permutation-${i + 1}`));
  for (const task of tasks) {
    expect([...task.train.ids]).toEqual([...tiny.train.labels.keys()]);
    expect([...task.test.ids]).toEqual([...tiny.test.labels.keys()]);
  }
});

test('domain-incremental: the outputs are the classes', () => {
  const stream = permuteTiny({ tasks: 2 });
  expect(stream.outputCount).toBe(3);
  for (const task of stream.tasks) {
    expect(task.outputs).toEqual([0, 1, 2]);
    expect([...task.train.labels]).toEqual([...tiny.train.labels]);
  }
});

test('class- and task-incremental: every task has outputs of its own', () => {
  for (const scenario of ['class', 'task'] as const) {
    const stream = permuteTiny({ tasks: 2, scenario });
    expect(stream.outputCount).toBe(6);
    expect(stream.tasks.map((task) => task.outputs)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect([...stream.tasks[1].train.labels]).toEqual([...tiny.train.labels].map((label) => 3 + label));
    expect([...stream.tasks[1].test.labels]).toEqual([...tiny.test.labels].map((label) => 3 + label));
  }
});

test.each<[Partial<StreamOptions>, string]>([
  [{ tasks: 0 }, 'invalid tasks: 0 (allowed: a whole number of at least 1)'],
  [{ tasks: 2.5 }, 'invalid tasks: 2.5 (allowed: a whole number of at least 1)'],
  [
    { classOrder: 'random' },
    'unknown option of permuted streams: classOrder (known: normalize, pad, scenario, tasks, trainSamples)',
  ],
])('%j is refused', (options, message) => {
  expect(() => permuteTiny(options)).toThrow(UserError);
  expect(() => permuteTiny(options)).toThrow(message);
});
