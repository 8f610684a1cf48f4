import { expect, test } from 'vitest';
import { createSamples } from '../../../benchmarks/streams/samples.ts';

const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 16);
const view = { bytes: () => bytes, maximum: 16 };
const samples = createSamples(view, { shape: [1, 2, 1] }, Int32Array.of(3, 0, 2), Int32Array.of(7, 8, 9));

test('read(rows, out) writes the rows one after the other, divided by the maximum', () => {
  const out = new Float32Array(6);
  samples.read([0, 2, 1], out);
  expect([...out]).toEqual([6 / 16, 1, 4 / 16, 5 / 16, 0, 1 / 16]);
});

test('read(rows, out) may repeat rows and leaves the rest of out alone', () => {
  const out = new Float32Array(6).fill(-1);
  samples.read(Int32Array.of(1, 1), out);
  expect([...out]).toEqual([0, 1 / 16, 0, 1 / 16, -1, -1]);
});

test('every byte is divided with a single rounding', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const out = new Float32Array(256);
  const row = { shape: [16, 16, 1] } as const;
  createSamples({ bytes: () => all, maximum: 255 }, row, Int32Array.of(0), Int32Array.of(0)).read([0], out);
  expect([...out]).toEqual([...all].map((byte) => Math.fround(byte / 255)));
});

test('gather says where in the row each value is taken from', () => {
  const out = new Float32Array(2);
  const turned = { ...view, gather: Int32Array.of(1, 0) };
  createSamples(turned, { shape: [1, 2, 1] }, Int32Array.of(1), Int32Array.of(0)).read([0], out);
  expect([...out]).toEqual([3 / 16, 2 / 16]);
});

/** Two pixels of three channels. */
const colour = {
  shape: [1, 2, 3],
  normalization: { mean: [0.5, 0.25, 0], std: [0.25, 0.5, 1] },
} as const;

test('every channel is normalised with its own mean and deviation, after scaling', () => {
  const out = new Float32Array(6);
  const pixels = { bytes: () => Uint8Array.of(16, 0, 4, 0, 8, 16), maximum: 16 };
  createSamples(pixels, colour, Int32Array.of(0), Int32Array.of(0)).read([0], out);
  // By hand: (1 - .5) / .25, (0 - .25) / .5, (.25 - 0) / 1; (0 - .5) / .25, (.5 - .25) / .5, (1 - 0) / 1.
  expect([...out]).toEqual([2, -0.5, 0.25, -2, 0.5, 1]);
});

test('a gathered value is normalised as one of its channel', () => {
  const out = new Float32Array(6);
  const pixels = {
    bytes: () => Uint8Array.of(16, 0, 4, 0, 8, 16),
    maximum: 16,
    gather: Int32Array.of(3, 4, 5, 0, 1, 2),
  };
  createSamples(pixels, colour, Int32Array.of(0), Int32Array.of(0)).read([0], out);
  expect([...out]).toEqual([-2, 0.5, 1, 2, -0.5, 0.25]);
});

test.each([[[3]], [[-1]], [[0.5]], [[Number.NaN]]])('row %j is refused', (rows) => {
  expect(() => samples.read(rows, new Float32Array(2))).toThrow(RangeError);
});

test('an array that is too short is refused before anything is written', () => {
  const out = new Float32Array(3).fill(-1);
  expect(() => samples.read([0, 1], out)).toThrow(new RangeError('2 rows of 2 values do not fit into 3'));
  expect([...out]).toEqual([-1, -1, -1]);
});
