import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import {
  buildStream,
  createStream,
  resolveStreamOptions,
  type Dataset,
  type StreamOptions,
} from '../../../benchmarks/index.ts';
import { readRows, tinyDataset } from '../fixtures.ts';

const normalization = { mean: [0.5, 0.25, 0.125], std: [0.25, 0.5, 2] };
const grey = { ...tinyDataset(4), normalization: { mean: [0.5], std: [0.25] } };
/** The same bytes seen as one row of two pixels of three channels. */
const colour: Dataset = { ...tinyDataset(4), shape: [1, 2, 3], normalization };

const make = (dataset: Dataset, kind: string, options: Partial<StreamOptions> = {}) =>
  buildStream(kind, dataset, { scenario: 'domain', ...options }, createRng(1));

test('colour images are normalised by default, grey ones are not', () => {
  expect(resolveStreamOptions('split-cifar10', { scenario: 'class' }).normalize).toBe(true);
  expect(resolveStreamOptions('split-mnist', { scenario: 'class' }).normalize).toBe(false);
  expect(make(colour, 'split').normalization).toEqual(normalization);
  expect(make(grey, 'split').normalization).toBeUndefined();
  expect(readRows(make(grey, 'split').tasks[0].train, 6)).toEqual(
    readRows(make(tinyDataset(4), 'split').tasks[0].train, 6),
  );
});

describe.each(['split', 'permuted', 'rotated'])('a %s stream', (kind) => {
  test('gives (x - mean) / std of what it gives without', () => {
    for (const dataset of [grey, colour]) {
      const { mean, std } = dataset.normalization!;
      const plain = make(dataset, kind, { normalize: false });
      const normal = make(dataset, kind, { normalize: true });
      expect(plain.normalization).toBeUndefined();
      plain.tasks.forEach((task, t) => {
        for (const part of ['train', 'test'] as const) {
          const channels = dataset.shape[2];
          const rows = readRows(normal.tasks[t][part], 6);
          readRows(task[part], 6).forEach((value, i) =>
            expect(rows[i]).toBeCloseTo((value - mean[i % channels]) / std[i % channels], 5),
          );
        }
      });
    }
  });
});

test('what comes from outside a rotated image is black, which is -mean / std', () => {
  const white = { inputs: new Uint8Array(9).fill(16), labels: Uint8Array.of(0) };
  const line: Dataset = { ...colour, shape: [1, 3, 3], train: white, test: white };
  const [{ train }] = make(line, 'rotated', { angles: [90] }).tasks;
  // A line of three pixels turned by 90 degrees lies across its frame: only the pixel in the middle stays.
  const black = [-2, -0.5, -0.0625];
  expect([...readRows(train, 9)]).toEqual([...black, 2, 1.5, 0.4375, ...black]);
});

test('the option changes no label, no task and no identity', () => {
  const streams = [true, false].map((normalize) => make(colour, 'split', { scenario: 'class', normalize }));
  const [first, second] = streams.map(({ tasks }) => tasks.map(({ name, train }) => [name, train.labels, train.ids]));
  expect(first).toEqual(second);
});

test.each<[Dataset, unknown, string]>([
  [tinyDataset(4), true, 'tiny has no mean and standard deviation to normalise with; leave out normalize'],
  [grey, 'yes', 'invalid normalize: yes (allowed: true, false)'],
])('%# is refused', (dataset, normalize, message) => {
  expect(() => make(dataset, 'split', { normalize: normalize as boolean })).toThrow(new UserError(message));
});

test('a colour data set without mean and deviation is left as it is', () => {
  expect(make({ ...colour, normalization: undefined }, 'split').normalization).toBeUndefined();
});

test('the training set of normalised digits has mean 0 and deviation 1', async () => {
  const options = { scenario: 'domain', angles: [0], normalize: true } as const;
  const { tasks } = await createStream('rotated-digits', options, { rng: createRng(1) });
  const rows = readRows(tasks[0].train, 64);
  const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
  expect(mean).toBeCloseTo(0, 3);
  expect(rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length).toBeCloseTo(1, 2);
});
