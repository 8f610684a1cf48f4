import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { autoAugment } from '../../../benchmarks/augmentation/auto.ts';
import {
  cifarPolicy,
  operations,
  type Operation,
  type PolicyStep,
} from '../../../benchmarks/augmentation/autoPolicy.ts';
import type { Canvas } from '../../../benchmarks/augmentation/geometry.ts';
import { scripted } from './scripted.ts';

/**
 * What torchvision 0.28.0's AutoAugment (with Pillow 13.0.0) makes of `picture` with each step of its CIFAR-10 policy, on colour and on grey
 * images, to both sides; as hexadecimal numbers.
 */
interface Case {
  readonly operation: PolicyStep['operation'];
  readonly level: number;
  readonly sign: number;
  readonly shape: readonly [number, number, number];
  readonly expected: string;
}
const cases = JSON.parse(readFileSync(new URL('autoAugment.json', import.meta.url), 'utf8')) as Case[];

/** Values 20 … 219, or up to 20 + `range`, in an order without a pattern of its own. */
const picture = (shape: readonly number[], range = 200): Uint8Array =>
  Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => 20 + ((37 * i + 3 * i * i) % range));

function canvasOf([height, width, channels]: readonly [number, number, number], pixels: Uint8Array): Canvas {
  return { height, width, channels, pixels, copy: new Uint8Array(pixels.length) };
}

function change(name: PolicyStep['operation'], canvas: Canvas, level = 0, sign = 1): Uint8Array {
  const { signed, amount, apply }: Operation = operations[name];
  apply(canvas, (signed ? sign : 1) * amount(level, canvas));
  return canvas.pixels;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test.each(cases.map((each) => [each.operation, each.level, each.sign, each] as const))(
  '%s at level %d, sign %d, gives every byte that torchvision gives',
  (operation, level, sign, { shape, expected }) => {
    const canvas = canvasOf(shape, picture(shape, shape[0] === 26 ? 150 : 200));
    expect(hex(change(operation, canvas, level, sign))).toBe(expected);
  },
);

test('every step of the policy is among the cases', () => {
  const tested = new Set(cases.map(({ operation, level }) => `${operation} ${level}`));
  for (const { operation, level } of cifarPolicy.flat()) expect(tested).toContain(`${operation} ${level}`);
  expect(cifarPolicy).toHaveLength(25);
});

describe('worked examples', () => {
  const row = (...values: number[]) => canvasOf([1, values.length, 1], Uint8Array.from(values));

  test('solarize inverts what is not below the threshold: 255 · 4/9 = 113.3 at level 5', () => {
    expect([...change('solarize', row(0, 113, 114, 255), 5)]).toEqual([0, 113, 141, 0]);
  });

  test('posterize keeps 5 of 8 bits at level 7', () => {
    expect([...change('posterize', row(7, 8, 100, 255), 7)]).toEqual([0, 8, 96, 248]);
  });

  test('autocontrast maps lowest to 0 and highest to 255, and leaves one value alone', () => {
    expect([...change('autoContrast', row(50, 75, 101))]).toEqual([0, 125, 255]);
    expect([...change('autoContrast', row(50, 50, 50))]).toEqual([50, 50, 50]);
  });

  test('equalize spreads a few values over the whole range', () => {
    // 1020 pixels of 4 values, 255 each: s = ⌊765 / 255⌋ = 3, and ⌊(1 + 255 k) / 3⌋ = 85 k.
    const values = Array.from({ length: 1020 }, (_, i) => 100 + (i % 4));
    expect([...change('equalize', row(...values)).subarray(0, 4)]).toEqual([0, 85, 170, 255]);
  });

  test('translations move by 150/331 of the side at level 9: 4.98 of 11 pixels, of which 4 count', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    expect([...change('translateX', row(...values), 9)]).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...change('translateX', row(...values), 9, -1)]).toEqual([5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0]);
  });

  test('colour is nothing to a grey image', () => {
    const canvas = canvasOf([6, 7, 1], picture([6, 7, 1]));
    expect(change('color', canvas, 9)).toEqual(picture([6, 7, 1]));
  });
});

describe('the transform', () => {
  const shape = [7, 6, 3] as const;
  const normalization = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
  const normalised = () =>
    Float32Array.from(
      picture(shape),
      (value, i) => (value / 255 - normalization.mean[i % 3]) / normalization.std[i % 3],
    );
  /** Place of the pair that begins with these operations. */
  const pairOf = (...names: string[]) =>
    cifarPolicy.findIndex((pair) => pair.every(({ operation }, i) => operation === names[i]));

  test('does both changes of the drawn pair, one on the other, to the drawn sides, on normalised images too', () => {
    const canvas = canvasOf(shape, picture(shape));
    change('shearY', canvas, 8, -1);
    change('translateY', canvas, 9, 1);
    const draws = { integer: [pairOf('shearY', 'translateY'), 0, 1], uniform: [0.49, 0.69] };
    const rows = Float32Array.of(5, ...normalised(), 5);
    autoAugment({ shape, normalization })(rows, 1, scripted(draws));
    canvas.pixels.forEach((value, i) => {
      const expected = (value / 255 - normalization.mean[i % 3]) / normalization.std[i % 3];
      expect(rows[1 + i]).toBeCloseTo(expected, 5);
    });
    expect([rows[0], rows.at(-1)]).toEqual([5, 5]);
  });

  test('an image that is left alone keeps every bit, and each change has its own probability', () => {
    const auto = autoAugment({ shape, normalization });
    const pair = pairOf('invert', 'contrast');
    const rows = normalised();
    auto(rows, 0, scripted({ integer: [pair, 1, 1], uniform: [0.1, 0.2] }));
    expect(rows).toEqual(normalised());
    auto(rows, 0, scripted({ integer: [pair, 1, 1], uniform: [0.09, 0.2] }));
    const inverted = picture(shape).map((value) => 255 - value);
    rows.forEach((value, i) =>
      expect(value * normalization.std[i % 3] + normalization.mean[i % 3]).toBeCloseTo(inverted[i] / 255, 6),
    );
  });

  test('what an image becomes depends on the generator only, not on images before', () => {
    const auto = autoAugment({ shape });
    const make = (seed: number) => {
      const rows = Float32Array.from(picture(shape), (value) => value / 255);
      auto(rows, 0, createRng(seed));
      return rows;
    };
    const first = make(4);
    for (let seed = 0; seed < 30; seed++) make(seed);
    expect(make(4)).toEqual(first);
  });

  test('images of two channels are refused', () => {
    expect(() => autoAugment({ shape: [4, 4, 2] })).toThrow(
      new RangeError('auto needs images of 1 or 3 channels, not 2'),
    );
  });
});
