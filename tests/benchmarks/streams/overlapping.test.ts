import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import {
  buildStream,
  resolveStreamOptions,
  resolveStreamShape,
  type Stream,
  type StreamOptions,
} from '../../../benchmarks/index.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const six = tinyDataset(6);
const build = (options: Partial<StreamOptions> = {}): Stream =>
  buildStream('overlapping', six, { scenario: 'task', windows: ['0-2', '1-3', '4-5'], ...options }, createRng(1));

test('OL-CIFAR100 has the seven tasks of its paper, and ten classes have four', () => {
  // arXiv:2211.00789: seven tasks of the first fifty classes.
  expect(resolveStreamOptions('overlapping-cifar100', { scenario: 'task' })).toMatchObject({
    windows: ['0-9', '5-14', '10-19', '20-29', '25-34', '30-39', '40-49'],
    heads: 'own',
  });
  expect(resolveStreamShape('overlapping-cifar100', { scenario: 'task' })).toEqual({
    taskCount: 7,
    outputCount: 70,
    outputsPerTask: 10,
  });
  expect(resolveStreamShape('overlapping-cifar100', { scenario: 'class' })).toMatchObject({ outputCount: 50 });
  expect(resolveStreamOptions('overlapping-mnist', { scenario: 'class' })).toMatchObject({
    windows: ['0-3', '2-5', '4-7', '6-9'],
    heads: 'shared',
  });
});

describe.each(['own', 'shared'] as const)('with %s heads', (heads) => {
  const stream = build({ heads });

  test('each task has all samples of its classes, shared ones in both', () => {
    const classes = [
      [0, 1, 2],
      [1, 2, 3],
      [4, 5],
    ];
    stream.tasks.forEach((task, t) => {
      for (const part of ['train', 'test'] as const) {
        const expected = [...six[part].labels.keys()].filter((id) => classes[t].includes(six[part].labels[id]));
        expect([...task[part].ids]).toEqual(expected);
        expect([...task[part].labels]).toEqual(
          expected.map((id) => task.outputs[classes[t].indexOf(six[part].labels[id])]),
        );
      }
    });
    expect(stream.tasks.map(({ name }) => name)).toEqual(['0/1/2', '1/2/3', '4/5']);
  });

  test('rows are those of the data set', () => {
    const { train } = stream.tasks[1];
    const expected = [...train.ids].flatMap((id) =>
      [...six.train.inputs.subarray(id * 6, id * 6 + 6)].map((v) => v / 16),
    );
    expect([...readRows(train, 6)]).toEqual(expected);
  });
});

test('outputs of their own follow each other, shared ones are the classes', () => {
  expect(build().outputCount).toBe(8);
  expect(build().tasks.map(({ outputs }) => outputs)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ]);
  expect(build({ heads: 'shared' }).outputCount).toBe(6);
  expect(build({ heads: 'shared', windows: ['0-1', '1-3'] }).outputCount).toBe(4);
  expect(build({ scenario: 'class' }).tasks.map(({ outputs }) => outputs)).toEqual([
    [0, 1, 2],
    [1, 2, 3],
    [4, 5],
  ]);
});

test('the shape that is known before the data is that of the stream', () => {
  for (const [scenario, heads] of [
    ['task', 'own'],
    ['task', 'shared'],
    ['class', 'shared'],
    ['task-free', 'shared'],
  ] as const) {
    const options = { scenario, heads, windows: ['0-2', '1-3'] };
    const { outputCount, tasks } = build(options);
    expect(resolveStreamShape('overlapping-mnist', options)).toEqual({
      taskCount: tasks.length,
      outputCount,
      outputsPerTask: 3,
    });
  }
});

test.each<[Partial<StreamOptions>, string]>([
  [
    { windows: ['0-6'] },
    'invalid windows: 0-6 (allowed: <first>-<last> class, at least two of the classes 0 to 5, such as 0-3)',
  ],
  [
    { windows: ['3-3'] },
    'invalid windows: 3-3 (allowed: <first>-<last> class, at least two of the classes 0 to 5, such as 0-3)',
  ],
  [
    { windows: ['3-1'] },
    'invalid windows: 3-1 (allowed: <first>-<last> class, at least two of the classes 0 to 5, such as 0-3)',
  ],
  [
    { windows: ['a'] },
    'invalid windows: a (allowed: <first>-<last> class, at least two of the classes 0 to 5, such as 0-3)',
  ],
  [
    { windows: ['0-3'] },
    'invalid windows: 0-3 (allowed: two tasks or more, such as 0-3,2-5, or a split stream for one)',
  ],
  [{ windows: [] }, 'invalid windows: none (allowed: two tasks or more, such as 0-3,2-5, or a split stream for one)'],
  [
    { windows: ['0-1', '0-1'] },
    'invalid windows: 0-1 stands twice (allowed: every task with classes of its own choice)',
  ],
  [
    { scenario: 'class', heads: 'own' },
    'heads own: in the class scenario a class of two tasks would have two right outputs; use heads shared, or the task scenario',
  ],
  [
    { scenario: 'domain' },
    'overlapping streams make no sense in the domain scenario (allowed: class, task, task-free)',
  ],
])('refuses %o', (options, message) => {
  expect(() => build(options)).toThrow(new UserError(message));
});
