import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { buildStream, type Stream, type StreamOptions } from '../../../benchmarks/index.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const six = tinyDataset(6);
const splitSix = (options: Partial<StreamOptions> = {}, seed = 1): Stream =>
  buildStream('split', six, { scenario: 'class', ...options }, createRng(seed));

const names = (stream: Stream): string[] => stream.tasks.map((task) => task.name);
const outputs = (stream: Stream): (readonly number[])[] => stream.tasks.map((task) => task.outputs);

describe.each(['natural', 'random'] as const)('with classes in %s order', (classOrder) => {
  test.each([1, 2, 3, 6])('%i tasks partition the samples: each is in the one task of its class', (tasks) => {
    const stream = splitSix({ tasks, classOrder });
    for (const part of ['train', 'test'] as const) {
      const ids = stream.tasks.flatMap((task) => [...task[part].ids]);
      expect(ids.toSorted((a, b) => a - b)).toEqual([...six[part].labels.keys()]);
      for (const task of stream.tasks) {
        expect([...task[part].labels]).toEqual([...task[part].ids].map((id) => six[part].labels[id]));
        expect(task.outputs).toEqual(expect.arrayContaining([...task[part].labels]));
        expect([...new Set(task[part].labels)]).toHaveLength(6 / tasks);
      }
    }
  });
});

test('rows are those of the data set', () => {
  const { train } = splitSix().tasks[1];
  const expected = [...train.ids].flatMap((id) =>
    [...six.train.inputs.subarray(id * 6, id * 6 + 6)].map((v) => v / 16),
  );
  expect([...readRows(train, 6)]).toEqual(expected);
});

test('by default two classes make a task', () => {
  expect(names(splitSix())).toEqual(['0/1', '2/3', '4/5']);
});

test('class- and task-incremental: an output a class, those of a task being its classes', () => {
  for (const scenario of ['class', 'task'] as const) {
    const stream = splitSix({ scenario });
    expect(stream.outputCount).toBe(6);
    expect(outputs(stream)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  }
});

test('domain-incremental: the tasks share the outputs, and a label is the place of the class in its task', () => {
  const stream = splitSix({ scenario: 'domain', tasks: 2 });
  expect(stream.outputCount).toBe(3);
  expect(names(stream)).toEqual(['0/1/2', '3/4/5']);
  expect(outputs(stream)).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
  for (const { train } of stream.tasks) {
    expect([...train.labels]).toEqual([...train.ids].map((id) => six.train.labels[id] % 3));
  }
});

test('a random order keeps the class ids as outputs, and in the domain scenario counts in the drawn order', () => {
  const byClass = splitSix({ classOrder: 'random' });
  const drawn = outputs(byClass).flat();
  expect(drawn.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(drawn).not.toEqual([0, 1, 2, 3, 4, 5]);
  expect(names(byClass)).toEqual(outputs(byClass).map((classes) => classes.join('/')));

  const byDomain = splitSix({ classOrder: 'random', scenario: 'domain' });
  expect(names(byDomain)).toEqual(names(byClass));
  byDomain.tasks.forEach(({ train }, t) => {
    const classes = byClass.tasks[t].outputs;
    expect([...train.labels]).toEqual([...train.ids].map((id) => classes.indexOf(six.train.labels[id])));
  });
});

test('the random order depends on the seed alone', () => {
  const order = (seed: number): string => names(splitSix({ classOrder: 'random' }, seed)).join(' ');
  expect(order(5)).toBe(order(5));
  expect(new Set([1, 2, 3, 4, 5].map(order)).size).toBeGreaterThan(1);
  const used = createRng(5);
  used.permutation(100);
  expect(names(buildStream('split', six, { scenario: 'class', classOrder: 'random' }, used)).join(' ')).toBe(order(5));
});

test('tasks of more than four classes are numbered', () => {
  expect(names(buildStream('split', tinyDataset(10), { scenario: 'class', tasks: 2 }, createRng(1)))).toEqual([
    'task-1',
    'task-2',
  ]);
});

test.each<[Partial<StreamOptions>, string]>([
  [{ tasks: 4 }, '6 classes do not divide evenly over 4 tasks (allowed: 1, 2, 3, 6)'],
  [{ tasks: 7 }, '6 classes do not divide evenly over 7 tasks (allowed: 1, 2, 3, 6)'],
  [{ tasks: 0 }, 'invalid tasks: 0 (allowed: a whole number of at least 1)'],
  [{ tasks: -2 }, 'invalid tasks: -2 (allowed: a whole number of at least 1)'],
  [{ tasks: 1.5 }, 'invalid tasks: 1.5 (allowed: a whole number of at least 1)'],
  [{ tasks: 6, scenario: 'domain' }, '6 tasks of one class each leave nothing to tell apart in the domain scenario'],
  [{ tasks: 6, scenario: 'task' }, '6 tasks of one class each leave nothing to tell apart in the task scenario'],
  [{ classOrder: 'sorted' as never }, 'unknown classOrder: sorted (known: natural, random)'],
  [
    { angles: [0] },
    'unknown option of split streams: angles (known: classOrder, normalize, pad, scenario, tasks, trainSamples)',
  ],
])('%j is refused', (options, message) => {
  expect(() => splitSix(options)).toThrow(UserError);
  expect(() => splitSix(options)).toThrow(message);
});
