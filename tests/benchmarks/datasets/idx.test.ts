import { describe, expect, test } from 'vitest';
import { UserError } from '../../../base/index.ts';
import { decodeIdx } from '../../../benchmarks/datasets/idx.ts';

// The layout is the one on the MNIST page: 0, 0, type, dimensions, big-endian sizes, values.
const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];
const file = Uint8Array.from([...header, 1, 2, 3, 4, 5, 255]);

test('decodeIdx reads shape and values', () => {
  expect(decodeIdx(file, 'x', 2)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
});

test('sizes are big-endian and of 32 bits', () => {
  const labels = new Uint8Array(8 + 0x0102).fill(3);
  labels.set([0, 0, 8, 1, 0, 0, 1, 2]);
  expect(decodeIdx(labels, 'x', 1).shape).toEqual([258]);
});

test('bytes that lie in the middle of a larger buffer are read from where they lie', () => {
  const buffer = new Uint8Array(file.length + 10).fill(99);
  buffer.set(file, 5);
  expect(decodeIdx(buffer.subarray(5, 5 + file.length), 'x', 2).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 255));
});

describe('a broken file is refused with its name and what is wrong', () => {
  const changed = (at: number, value: number): Uint8Array => file.map((byte, i) => (i === at ? value : byte));
  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /^train-images: truncated: 0 bytes/],
    ['cut in the magic number', file.subarray(0, 3), /^train-images: truncated: 3 bytes/],
    ['gzip instead of idx', changed(0, 0x1f), /^train-images: not an idx file/],
    ['second byte not zero', changed(1, 1), /^train-images: not an idx file/],
    ['unknown type', changed(2, 7), /unknown type code 7/],
    ['floats', changed(2, 0x0d), /holds float values, expected unsigned byte/],
    ['another number of dimensions', changed(3, 3), /has 3 dimensions, expected 2/],
    ['cut in the header', file.subarray(0, 9), /truncated: 9 bytes, its header alone takes 12/],
    ['one value short', file.subarray(0, -1), /truncated: 5 of its 2 x 3 values/],
    ['a size far too large', changed(4, 255), /truncated: 6 of its 4278190082 x 3 values/],
    ['trailing bytes', Uint8Array.from([...file, 0, 0]), /2 bytes follow its 2 x 3 values/],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeIdx(bytes, 'train-images', 2)).toThrow(UserError);
    expect(() => decodeIdx(bytes, 'train-images', 2)).toThrow(message);
  });
});
