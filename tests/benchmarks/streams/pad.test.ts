import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../../base/index.ts';
import { createStream, resolveStreamOptions } from '../../../benchmarks/index.ts';
import { padImages } from '../../../benchmarks/streams/pad.ts';
import type { Dataset } from '../../../benchmarks/types.ts';

const raw = { inputs: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), labels: Uint8Array.of(0, 1) };
const dataset: Dataset = {
  name: 'tiny',
  version: 1,
  shape: [1, 2, 2],
  classNames: ['a', 'b'],
  maximum: 8,
  normalization: { mean: [0.5, 0.625], std: [Math.sqrt(5) / 8, Math.sqrt(5) / 8] },
  train: raw,
  test: raw,
};

describe('padImages', () => {
  test('puts each line of each image, all its channels, in the middle', () => {
    const { shape, train } = padImages(dataset, 1);
    expect(shape).toEqual([3, 4, 2]);
    const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
    const image = (...line: number[]): number[] => [...zeros(8 + 2), ...line, ...zeros(2 + 8)];
    expect([...train.inputs]).toEqual([...image(1, 2, 3, 4), ...image(5, 6, 7, 8)]);
  });

  test('has the mean and the deviation of its own bytes', () => {
    const { train, normalization } = padImages(dataset, 2);
    for (const channel of [0, 1]) {
      const values = [...train.inputs].filter((_, i) => i % 2 === channel).map((byte) => byte / 8);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(normalization!.mean[channel]).toBeCloseTo(mean, 12);
      expect(normalization!.std[channel]).toBeCloseTo(Math.sqrt(variance), 12);
    }
  });

  // MNIST with a border of 2 is normalised with these two numbers by GT-RIPL/Continual-Learning-Benchmark (dataloaders/base.py).
  test('has the published mean and deviation of padded MNIST', () => {
    const mnist = { ...dataset, shape: [28, 28, 1] as const, normalization: { mean: [0.1307], std: [0.3081] } };
    const none = { inputs: new Uint8Array(0), labels: new Uint8Array(0) };
    const { mean, std } = padImages({ ...mnist, train: none, test: none }, 2).normalization!;
    expect(mean[0]).toBeCloseTo(0.1, 3);
    expect(std[0]).toBeCloseTo(0.2752, 3);
  });
});

describe('the option pad', () => {
  test('makes a stream of larger images, permuted with their border', async () => {
    const options = { scenario: 'domain', pad: 2 } as const;
    expect(resolveStreamOptions('permuted-digits', options)).toMatchObject({ pad: 2 });
    const stream = await createStream('permuted-digits', options, { rng: createRng(1) });
    expect(stream.inputShape).toEqual([12, 12, 1]);
    const row = new Float32Array(144);
    const centre = new Float32Array(64);
    stream.tasks[0].train.read([0], row);
    const plain = await createStream('split-digits', { scenario: 'class', tasks: 1 }, { rng: createRng(1) });
    plain.tasks[0].train.read([0], centre);
    expect([...row].filter((value) => value > 0).toSorted()).toEqual(
      [...centre].filter((value) => value > 0).toSorted(),
    );
  });

  test.each([0, 1.5, 33])('refuses %s', (pad) => {
    expect(() => resolveStreamOptions('split-digits', { scenario: 'class', pad })).toThrow(
      new UserError(`invalid pad: ${pad} (allowed: a whole number from 1 to 32)`),
    );
  });
});
