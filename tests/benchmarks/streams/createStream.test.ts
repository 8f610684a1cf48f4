import { describe, expect, test, vi } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { createStream, describeStreams, resolveStreamOptions, scenarios } from '../../../benchmarks/index.ts';
import { readRows } from '../fixtures.ts';

describe.each(['split-digits', 'permuted-digits', 'rotated-digits'])('%s', (name) => {
  test.each(scenarios)('keeps the contract of a stream in the %s scenario', async (scenario) => {
    const stream = await createStream(name, { scenario }, { rng: createRng(1) });
    expect(stream).toMatchObject({ name, scenario, version: 1, inputShape: [8, 8, 1] });
    expect(new Set(stream.tasks.map((task) => task.name)).size).toBe(stream.tasks.length);

    const used = new Set(stream.tasks.flatMap((task) => task.outputs));
    expect([...used].toSorted((a, b) => a - b)).toEqual(Array.from({ length: stream.outputCount }, (_, i) => i));
    for (const task of stream.tasks) {
      expect(task.name).toMatch(/^[^,"'\s]+$/);
      for (const samples of [task.train, task.test]) {
        expect(samples.length).toBeGreaterThan(0);
        expect(samples.labels).toHaveLength(samples.length);
        expect(samples.ids).toHaveLength(samples.length);
        expect(new Set(samples.ids).size).toBe(samples.length);
        expect(new Set(samples.labels)).toEqual(new Set(task.outputs));
        const values = readRows(samples, 64, [0, samples.length - 1]);
        expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(values.some((value) => value > 0.5)).toBe(true);
      }
    }
  });

  test('is the same for the same seed, whatever was drawn from the generator before', async () => {
    const used = createRng(3);
    used.permutation(50);
    const options = name === 'split-digits' ? ({ classOrder: 'random' } as const) : {};
    const streams = await Promise.all(
      [createRng(3), used].map((rng) => createStream(name, { scenario: 'class', ...options }, { rng })),
    );
    const [first, second] = streams.map((stream) =>
      stream.tasks.map((task) => [task.name, task.outputs, readRows(task.train, 64, [0, 5, 17]), task.test.labels]),
    );
    expect(second).toEqual(first);
  });
});

test('every kind goes with every data set, and others stand alone', () => {
  expect(describeStreams().map((stream) => stream.name)).toEqual([
    'split-digits',
    'split-mnist',
    'split-fashion-mnist',
    'split-cifar10-small',
    'split-cifar10',
    'split-cifar100',
    'permuted-digits',
    'permuted-mnist',
    'permuted-fashion-mnist',
    'permuted-cifar10-small',
    'permuted-cifar10',
    'permuted-cifar100',
    'rotated-digits',
    'rotated-mnist',
    'rotated-fashion-mnist',
    'rotated-cifar10-small',
    'rotated-cifar10',
    'rotated-cifar100',
    'blurry-digits',
    'blurry-mnist',
    'blurry-fashion-mnist',
    'blurry-cifar10-small',
    'blurry-cifar10',
    'blurry-cifar100',
    'overlapping-digits',
    'overlapping-mnist',
    'overlapping-fashion-mnist',
    'overlapping-cifar10-small',
    'overlapping-cifar10',
    'overlapping-cifar100',
    'mixture',
    'drift-csv',
  ]);
});

test('what the list says of options and defaults is what resolveStreamOptions does', () => {
  // drift-csv has options without a default: its own test looks at them.
  for (const { name, options } of describeStreams().filter((stream) => stream.name !== 'drift-csv')) {
    const resolved = resolveStreamOptions(name, { scenario: 'class' });
    // Of a rotated stream either the angles are given or their number; where no number of samples is given, all are taken.
    const absent = name.startsWith('rotated') ? ['trainSamples', 'pad', 'tasks'] : ['trainSamples', 'pad'];
    const known = options.map((option) => option.name).filter((option) => !absent.includes(option));
    expect(Object.keys(resolved).toSorted()).toEqual(['scenario', ...known].toSorted());
  }
  expect(resolveStreamOptions('split-mnist', { scenario: 'class' })).toEqual({
    scenario: 'class',
    tasks: 5,
    classOrder: 'natural',
    normalize: false,
  });
  expect(resolveStreamOptions('permuted-mnist', { scenario: 'task' })).toEqual({
    scenario: 'task',
    tasks: 10,
    normalize: false,
  });
  expect(resolveStreamOptions('rotated-mnist', { scenario: 'domain' })).toEqual({
    scenario: 'domain',
    angles: [0, 80, 160],
    normalize: false,
  });
});

test('given options are kept, and those that are undefined count as left out', () => {
  const options = { scenario: 'class', tasks: 2, classOrder: undefined, angles: undefined } as const;
  expect(resolveStreamOptions('split-digits', options)).toEqual({
    scenario: 'class',
    tasks: 2,
    classOrder: 'natural',
    normalize: false,
  });
});

test.each<[string, object, string]>([
  ['split-cifar', {}, 'unknown dataset: cifar (known: cifar10, cifar10-small, cifar100, digits, fashion-mnist, mnist)'],
  [
    'drifting-mnist',
    {},
    'unknown stream kind: drifting (known: blurry, drift-csv, mixture, overlapping, permuted, rotated, split)',
  ],
  ['digits', {}, 'unknown stream: digits (known: blurry-cifar10, blurry-cifar10-small, blurry-cifar100, blurry-digits'],
  ['split-digits', { scenario: 'online' }, 'unknown scenario: online (known: class, domain, task, task-free)'],
  ['split-mnist', { tasks: 3 }, '10 classes do not divide evenly over 3 tasks (allowed: 1, 2, 5, 10)'],
  [
    'split-mnist',
    { task: 5 },
    'unknown option of split streams: task (known: classOrder, normalize, pad, scenario, tasks, trainSamples)',
  ],
])('%s with %j is refused before anything is read or fetched', async (name, options, message) => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network in tests'));
  const failure = createStream(name, { scenario: 'class', ...options }, { rng: createRng(1), cacheDir: '/nowhere' });
  await expect(failure).rejects.toThrow(UserError);
  await expect(failure).rejects.toThrow(message);
  expect(fetched).not.toHaveBeenCalled();
  fetched.mockRestore();
});

test('trainSamples leaves so many training samples in each task', async () => {
  const options = { scenario: 'class', trainSamples: 30 } as const;
  const { tasks } = await createStream('split-digits', options, { rng: createRng(1) });
  expect(tasks.map(({ train }) => train.length)).toEqual([30, 30, 30, 30, 30]);
  expect(resolveStreamOptions('split-digits', options)).toMatchObject({ trainSamples: 30 });
  expect(() => resolveStreamOptions('split-digits', { ...options, trainSamples: 0 })).toThrow(
    new UserError('invalid trainSamples: 0 (allowed: a whole number of at least 1)'),
  );
});
