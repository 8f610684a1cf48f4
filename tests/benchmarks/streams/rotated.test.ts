import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { buildStream, createStream, type Stream, type StreamOptions } from '../../../benchmarks/index.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const tiny = tinyDataset(3);
const rotateTiny = (options: Partial<StreamOptions> = {}): Stream =>
  buildStream('rotated', tiny, { scenario: 'domain', ...options }, createRng(1));
const names = (stream: Stream): string[] => stream.tasks.map((task) => task.name);

test('the angles are 0, 80 and 160 degrees by default, and name the tasks', () => {
  expect(names(rotateTiny())).toEqual(['0deg', '80deg', '160deg']);
  expect(names(rotateTiny({ angles: [-30, 22.5] }))).toEqual(['-30deg', '22.5deg']);
});

test('0 and 360 degrees leave the images as they are', () => {
  for (const angles of [[0], [-0], [360]]) {
    const { train } = rotateTiny({ angles }).tasks[0];
    expect([...readRows(train, 6)]).toEqual([...tiny.train.inputs].map((value) => value / 16));
  }
  expect(names(rotateTiny({ angles: [-0] }))).toEqual(['0deg']);
});

test('180 degrees turn every row of the training and the test part round, exactly', () => {
  const [task] = rotateTiny({ angles: [180] }).tasks;
  for (const part of ['train', 'test'] as const) {
    const { inputs, labels } = tiny[part];
    const turned = [...labels.keys()].flatMap((id) => [...inputs.subarray(id * 6, id * 6 + 6)].toReversed());
    expect([...readRows(task[part], 6)]).toEqual(turned.map((value) => value / 16));
    expect([...task[part].labels]).toEqual([...labels]);
  }
});

test('in between, values of 0..16 keep fifteen steps of fraction', () => {
  const rows = readRows(rotateTiny({ angles: [30] }).tasks[0].train, 6);
  const steps = [...rows].map((value) => value * 240);
  for (const step of steps) expect(step).toBeCloseTo(Math.round(step), 4);
  expect(steps.some((step) => Math.round(step) % 15 !== 0)).toBe(true);
  expect(Math.max(...rows)).toBeLessThanOrEqual(1);
});

test('class- and task-incremental: every task has outputs of its own; domain-incremental: they are shared', () => {
  const outputs = (scenario: StreamOptions['scenario']) =>
    rotateTiny({ scenario, angles: [0, 10] }).tasks.map((task) => task.outputs);
  const own = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  expect(outputs('class')).toEqual(own);
  expect(outputs('task')).toEqual(own);
  expect(outputs('domain')).toEqual([own[0], own[0]]);
});

test.each<[Partial<StreamOptions>, string]>([
  [{ angles: [] }, 'invalid angles:  (allowed: one finite number of degrees a task)'],
  [{ angles: [0, Number.NaN] }, 'invalid angles: 0,NaN (allowed: one finite number of degrees a task)'],
  [{ angles: ['80'] as never }, 'invalid angles: 80 (allowed: one finite number of degrees a task)'],
  [{ angles: 80 as never }, 'invalid angles: 80 (allowed: one finite number of degrees a task)'],
  [{ angles: [0, 80, 80] }, 'duplicate angles: 80 and 80 degrees give the same task; leave one out'],
  [{ angles: [-90, 10, 270] }, 'duplicate angles: -90 and 270 degrees give the same task; leave one out'],
  [
    { classOrder: 'random' },
    'unknown option of rotated streams: classOrder (known: angles, normalize, pad, scenario, tasks, trainSamples)',
  ],
])('%j is refused', (options, message) => {
  expect(() => rotateTiny(options)).toThrow(UserError);
  expect(() => rotateTiny(options)).toThrow(message);
});

describe('angles drawn by the seed', () => {
  const drawn = (seed: number, tasks: number) =>
    createStream('rotated-digits', { scenario: 'domain', tasks }, { rng: createRng(seed) });
  const first = async (seed: number, tasks: number) =>
    (await drawn(seed, tasks)).tasks.map(({ train }) => [...readRows(train, 64, [3])]);

  test('are others for another seed, and the first ones stay when more follow', async () => {
    const rows = await first(1, 3);
    expect(await first(1, 5)).toEqual(expect.objectContaining({ length: 5, 0: rows[0], 1: rows[1], 2: rows[2] }));
    expect((await first(2, 3))[0]).not.toEqual(rows[0]);
    expect(new Set(rows.map(String)).size).toBe(3);
  });

  test('name tasks by their number', async () => {
    expect((await drawn(1, 3)).tasks.map(({ name }) => name)).toEqual(['rotation-1', 'rotation-2', 'rotation-3']);
  });

  test('are refused beside given ones', async () => {
    await expect(
      createStream('rotated-digits', { scenario: 'domain', tasks: 2, angles: [0, 10] }, { rng: createRng(1) }),
    ).rejects.toThrow('rotated streams take angles, or a number of tasks with angles drawn by the seed; leave one out');
  });
});
