import { expect, test } from 'vitest';
import { createSamples } from '../../../benchmarks/streams/samples.ts';

const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 16);
const view = { bytes: () => bytes, maximum: 16 };
const samples = createSamples(view, 2, Int32Array.of(3, 0, 2), Int32Array.of(7, 8, 9));

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
  createSamples({ bytes: () => all, maximum: 255 }, 256, Int32Array.of(0), Int32Array.of(0)).read([0], out);
  expect([...out]).toEqual([...all].map((byte) => Math.fround(byte / 255)));
});

test('gather says where in the row each value is taken from', () => {
  const out = new Float32Array(2);
  createSamples({ ...view, gather: Int32Array.of(1, 0) }, 2, Int32Array.of(1), Int32Array.of(0)).read([0], out);
  expect([...out]).toEqual([3 / 16, 2 / 16]);
});

test.each([[[3]], [[-1]], [[0.5]], [[Number.NaN]]])('row %j is refused', (rows) => {
  expect(() => samples.read(rows, new Float32Array(2))).toThrow(RangeError);
});

test('an array that is too short is refused before anything is written', () => {
  const out = new Float32Array(3).fill(-1);
  expect(() => samples.read([0, 1], out)).toThrow(new RangeError('2 rows of 2 values do not fit into 3'));
  expect([...out]).toEqual([-1, -1, -1]);
});
