import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../../base/index.ts';
import { fashionMnist } from '../../../benchmarks/datasets/fashionMnist.ts';
import { mnist } from '../../../benchmarks/datasets/mnist.ts';
import { countClasses, momentsOf } from '../fixtures.ts';

const dataDir = join(packageRoot, '..', 'shared', 'datasets');

// md5: as published by the authors (Fashion-MNIST's README) and by torchvision. Mean and standard deviation of the training
// images: the numbers that they are customarily normalised with.
describe.each([
  {
    entry: mnist,
    published: {
      'train-images-idx3-ubyte.gz': 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'train-labels-idx1-ubyte.gz': 'd53e105ee54ea40749a09fcbcd1e9432',
      't10k-images-idx3-ubyte.gz': '9fb629c4189551a2d022fa330f9573f3',
      't10k-labels-idx1-ubyte.gz': 'ec29112dd5afa0611ce80d1b7f02629c',
    },
    trainCounts: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    testCounts: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    mean: 0.1307,
    deviation: 0.3081,
  },
  {
    entry: fashionMnist,
    published: {
      'train-images-idx3-ubyte.gz': '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      'train-labels-idx1-ubyte.gz': '25c81989df183df01b3e8a0aad5dffbe',
      't10k-images-idx3-ubyte.gz': 'bef4ecab320f06d8554ea6380940ec79',
      't10k-labels-idx1-ubyte.gz': 'bb300cfdad3c16e7a12a480ee83cd310',
    },
    trainCounts: Array.from({ length: 10 }, () => 6000),
    testCounts: Array.from({ length: 10 }, () => 1000),
    mean: 0.286,
    deviation: 0.353,
  },
])('$entry.name', ({ entry, published, trainCounts, testCounts, mean, deviation }) => {
  test('the files with the published md5 are accepted in the cache without fetching', async ({ skip }) => {
    skip(!existsSync(join(dataDir, entry.name)), `no ${entry.name} beside the repository`);
    for (const [name, md5] of Object.entries(published)) {
      const bytes = readFileSync(join(dataDir, entry.name, name));
      expect(createHash('md5').update(bytes).digest('hex')).toBe(md5);
    }
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network in tests'));
    expect((await entry.load({ cacheDir: dataDir })).name).toBe(entry.name);
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  test('images and labels have the published counts, mean and deviation', async ({ skip }) => {
    skip(!existsSync(join(dataDir, entry.name)), `no ${entry.name} beside the repository`);
    const { train, test: held, maximum, normalization } = await entry.load({ dataDir });
    expect(countClasses(train.labels, 10)).toEqual(trainCounts);
    expect(countClasses(held.labels, 10)).toEqual(testCounts);
    expect([train.labels.length, held.labels.length]).toEqual([entry.size.train, entry.size.test]);
    expect(normalization).toEqual({ mean: [mean], std: [deviation] });
    const [moments] = momentsOf(train.inputs, 1, maximum);
    expect(moments.mean).toBeCloseTo(mean, 4);
    expect(moments.std).toBeCloseTo(deviation, 4);
  });
});
