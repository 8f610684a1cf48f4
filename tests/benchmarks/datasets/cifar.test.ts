import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { UserError, packageRoot } from '../../../base/index.ts';
import { allocateImages, decodeCifar, firstOfEachClass } from '../../../benchmarks/datasets/cifar.ts';
import { countClasses, momentsOf } from '../fixtures.ts';
import { recordOf } from './cifarRecords.ts';

const PIXELS = 32 * 32;

test('the three planes of a record become the channels of its pixels', () => {
  const into = allocateImages(2);
  const pixel = (plane: number, i: number) => (plane === 0 ? i % 7 : plane === 1 ? 100 + (i % 5) : 200 + (i % 3));
  const bytes = Uint8Array.from([...recordOf([4], () => 0), ...recordOf([9], pixel)]);
  decodeCifar(bytes, { name: 'a.bin', records: 2 }, [10], into, 0);
  expect([...into.labels]).toEqual([4, 9]);
  expect(into.inputs.subarray(0, 3 * PIXELS).every((value) => value === 0)).toBe(true);
  const image = into.inputs.subarray(3 * PIXELS);
  expect([...image.subarray(0, 6)]).toEqual([0, 100, 200, 1, 101, 201]);
  // Row 1, column 2 is pixel 34: 34 mod 7, 34 mod 5, 34 mod 3.
  expect([...image.subarray(3 * 34, 3 * 35)]).toEqual([6, 104, 201]);
  expect([...image.subarray(-3)]).toEqual([1023 % 7, 100 + (1023 % 5), 200 + (1023 % 3)]);
});

test('the last of several labels is the class, and files follow one another', () => {
  const into = allocateImages(2);
  decodeCifar(
    recordOf([3, 77], () => 1),
    { name: 'a.bin', records: 1 },
    [20, 100],
    into,
    1,
  );
  expect([...into.labels]).toEqual([0, 77]);
  expect(into.inputs.findIndex((value) => value === 1)).toBe(3 * PIXELS);
});

test.each<[string, Uint8Array, number[], string]>([
  [
    'cut short',
    Uint8Array.from([...recordOf([1], () => 5), 2, 5, 5]),
    [10],
    'a.bin: truncated at record 1: 3076 bytes, expected 6146; get the file again from its source',
  ],
  [
    'too long',
    new Uint8Array(3 * 3073),
    [10],
    'a.bin: 3073 bytes follow its 2 records; get the file again from its source',
  ],
  [
    'of an unknown class',
    Uint8Array.from([...recordOf([1], () => 5), ...recordOf([10], () => 5)]),
    [10],
    'a.bin: label 10 of record 1 is not in 0..9; get the file again from its source',
  ],
  [
    'of an unknown superclass',
    Uint8Array.from([...recordOf([20, 1], () => 5), ...recordOf([0, 1], () => 5)]),
    [20, 100],
    'a.bin: label 20 of record 0 is not in 0..19; get the file again from its source',
  ],
])('a file that is %s is refused with its name and record', (_, bytes, labelCounts, message) => {
  const decode = () => decodeCifar(bytes, { name: 'a.bin', records: 2 }, labelCounts, allocateImages(2), 0);
  expect(decode).toThrow(new UserError(message));
});

test('the first images of each class keep their order', () => {
  const images = allocateImages(6);
  images.labels.set([1, 0, 1, 1, 0, 0]);
  images.labels.forEach((_, i) => images.inputs.fill(i, i * 3 * PIXELS, (i + 1) * 3 * PIXELS));
  const { inputs, labels } = firstOfEachClass(images, 2, 2);
  expect([...labels]).toEqual([1, 0, 1, 0]);
  expect([0, 1, 2, 3].map((i) => [inputs[i * 3 * PIXELS], inputs[(i + 1) * 3 * PIXELS - 1]])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [4, 4],
  ]);
  expect(inputs).toHaveLength(4 * 3 * PIXELS);
});

test('a class that has too few images is an error', () => {
  const images = allocateImages(3);
  images.labels.set([0, 1, 0]);
  expect(() => firstOfEachClass(images, 2, 2)).toThrow(
    new UserError('class 1 has 1 training images, expected 2; get the files again'),
  );
});

const folder = join(packageRoot, '..', 'shared', 'datasets', 'cifar100');

test('CIFAR-100 decodes to 100 images a class, whose superclass depends on the class only', ({ skip }) => {
  skip(!existsSync(folder), 'no cifar100 beside the repository');
  const bytes = gunzipSync(readFileSync(join(folder, 'cifar100-test.bin.gz')));
  const fine = allocateImages(10000);
  decodeCifar(bytes, { name: 'test', records: 10000 }, [20, 100], fine, 0);
  expect(countClasses(fine.labels, 100)).toEqual(Array.from({ length: 100 }, () => 100));

  // Krizhevsky 2009: each superclass has five classes.
  const superclasses = Array.from({ length: 20 }, () => new Set<number>());
  fine.labels.forEach((label, i) => superclasses[bytes[i * 3074]].add(label));
  expect(superclasses.map((classes) => classes.size)).toEqual(Array.from({ length: 20 }, () => 5));

  // Mean and standard deviation of the test set by channel as they are widely published, such as in weiaicunzai/pytorch-cifar100.
  // Their mean of red, 0.5088964, has another fourth digit than the data.
  const [red, green, blue] = momentsOf(fine.inputs, 3, 255);
  expect(red.mean).toBeCloseTo(0.5088964127604166, 3);
  expect(red.std).toBeCloseTo(0.2682515741720801, 10);
  expect(green.mean).toBeCloseTo(0.48739301317401956, 10);
  expect(green.std).toBeCloseTo(0.2573637364478126, 10);
  expect(blue.mean).toBeCloseTo(0.44194221124387256, 10);
  expect(blue.std).toBeCloseTo(0.2770957707973042, 10);
});
