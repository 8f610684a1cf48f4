import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { cifar10, cifar10Small } from '../../../benchmarks/datasets/cifar10.ts';
import { cifar100, cifar100Classes } from '../../../benchmarks/datasets/cifar100.ts';
import { allocateImages, decodeCifar } from '../../../benchmarks/datasets/cifar.ts';
import { countClasses, momentsOf } from '../fixtures.ts';

const dataDir = join(packageRoot, '..', 'shared', 'datasets');
const lacking = (name: string): [boolean, string] => [
  !existsSync(join(dataDir, name)),
  `no ${name} beside the repository`,
];

const namesIn = (...path: string[]): string[] =>
  readFileSync(join(dataDir, ...path), 'utf8')
    .trim()
    .split('\n');

describe('cifar10-small', () => {
  test('has 1,000 training images a class and the test set of the authors', async ({ skip }) => {
    skip(...lacking('cifar10'));
    const { train, test: held, classNames } = await cifar10Small.load({ dataDir });
    expect(classNames).toEqual(namesIn('cifar10', 'label_names.txt'));
    expect(countClasses(train.labels, 10)).toEqual(Array.from({ length: 10 }, () => 1000));
    expect(countClasses(held.labels, 10)).toEqual(Array.from({ length: 10 }, () => 1000));
    // The first labels of data_batch_1 (frog, two trucks, deer, automobile) and of test_batch (cat, two ships, airplane, frog).
    expect([...train.labels.subarray(0, 5)]).toEqual([6, 9, 9, 4, 1]);
    expect([...held.labels.subarray(0, 5)]).toEqual([3, 8, 8, 0, 6]);

    // md5 of test_batch.bin as public download scripts check it, of the planes put together again.
    const planes = Buffer.alloc(10000 * 3073);
    for (let i = 0; i < 10000; i++) {
      planes[i * 3073] = held.labels[i];
      for (let p = 0; p < 3072; p++) {
        planes[i * 3073 + 1 + p] = held.inputs[i * 3072 + 3 * (p % 1024) + Math.floor(p / 1024)];
      }
    }
    expect(createHash('md5').update(planes).digest('hex')).toBe('803d5f7f4d78ea53de84dbe85f74fb6d');
  });

  test('is normalised with the moments of all of CIFAR-10, which its own are near', async ({ skip }) => {
    skip(...lacking('cifar10'));
    const { train, normalization } = await cifar10Small.load({ dataDir });
    expect(normalization).toBe(cifar10.normalization);
    momentsOf(train.inputs, 3, 255).forEach(({ mean, std }, c) => {
      expect(Math.abs(mean - normalization!.mean[c])).toBeLessThan(0.003);
      expect(Math.abs(std - normalization!.std[c])).toBeLessThan(0.003);
    });
  });
});

test('CIFAR-10 is normalised with the published moments, of 255', () => {
  const { mean, std } = cifar10.normalization!;
  [125.306918046875, 122.950394140625, 113.86538318359375].forEach((value, c) =>
    expect(mean[c]).toBeCloseTo(value / 255, 8),
  );
  [62.993219278136884, 62.08870764001421, 66.70489964063091].forEach((value, c) =>
    expect(std[c]).toBeCloseTo(value / 255, 8),
  );
});

describe('CIFAR-100', () => {
  test('has the names of the fine classes', ({ skip }) => {
    skip(...lacking('cifar100'));
    expect(cifar100Classes).toEqual(namesIn('cifar100', 'fine_label_names.txt'));
  });

  test('is normalised with the moments of its training set, which those of a fifth of it are near', ({ skip }) => {
    skip(...lacking('cifar100'));
    const bytes = gunzipSync(readFileSync(join(dataDir, 'cifar100', 'cifar100-train-subset.bin.gz')));
    const images = allocateImages(10000);
    decodeCifar(bytes, { name: 'subset', records: 10000 }, [20, 100], images, 0);
    const { mean, std } = cifar100.normalization!;
    momentsOf(images.inputs, 3, 255).forEach((moments, c) => {
      expect(Math.abs(moments.mean - mean[c])).toBeLessThan(0.003);
      expect(Math.abs(moments.std - std[c])).toBeLessThan(0.003);
    });
  });
});
