import { expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { randomColor } from '../../../benchmarks/index.ts';
import { scripted } from './scripted.ts';

const shape = [2, 2, 3] as const;
const pixels = [0.75, 0.25, 0.5, 0.125, 0.625, 0.9375, 0.5, 0.5, 0.5, 1, 0.0625, 0];

/** Draws: whether to jitter; order; brightness, contrast, saturation, hue; whether to make grey. */
const contrastHueBrightnessSaturation = [0, 0, 1, 1];
const amounts = { brightness: 0.7, contrast: 1.3, saturation: 1.2, hue: 0.05 };
const jittered = (grey: number) =>
  scripted({
    integer: [...contrastHueBrightnessSaturation],
    uniform: [
      0.79,
      (amounts.brightness - 0.6) / 0.8,
      (amounts.contrast - 0.6) / 0.8,
      (amounts.saturation - 0.6) / 0.8,
      (amounts.hue + 0.1) / 0.2,
      grey,
    ],
  });

// Values of torchvision 0.14.1: adjust_contrast(1.3), a hue turn of .05, adjust_brightness(.7), adjust_saturation(1.2), in float64;
// then rgb_to_grayscale.
const expected = [
  0.651062799, 0.105062799, 0.214262799, 0, 0.277017093, 0.790904786, 0.361842049, 0.361842049, 0.361842049, 0.7735,
  0.1855, 0,
];
const expectedGrey = [0.280700493, 0.252772179, 0.361805865, 0.34008765];

test('all changes happen by the drawn amounts, in the drawn order, as in torchvision', () => {
  const rows = Float32Array.of(5, ...pixels, 5);
  randomColor({ shape })(rows, 1, jittered(0.2));
  expected.forEach((value, i) => expect(rows[1 + i]).toBeCloseTo(value, 6));
  expect([rows[0], rows[13]]).toEqual([5, 5]);
});

test('the image is made grey after all other changes', () => {
  const rows = Float32Array.of(...pixels);
  randomColor({ shape })(rows, 0, jittered(0.19));
  rows.forEach((value, i) => expect(value).toBeCloseTo(expectedGrey[Math.floor(i / 3)], 6));
});

test('normalised images change as images in [0, 1] do', () => {
  const normalization = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
  const rows = Float32Array.from(pixels, (value, i) => (value - normalization.mean[i % 3]) / normalization.std[i % 3]);
  randomColor({ shape, normalization })(rows, 0, jittered(0.5));
  rows.forEach((value, i) =>
    expect(value).toBeCloseTo((expected[i] - normalization.mean[i % 3]) / normalization.std[i % 3], 5),
  );
});

test('an image that is left alone keeps every bit', () => {
  const normalization = { mean: [0.1, 0.2, 0.3], std: [0.7, 0.3, 0.9] };
  const rows = Float32Array.from(pixels, (value) => value / 3);
  const before = rows.slice();
  randomColor({ shape, normalization })(rows, 0, scripted({ uniform: [0.8, 0.2] }));
  expect(rows).toEqual(before);
});

test('each way to draw the order is another one of the 24 orders, so all are equally likely', () => {
  // Values that are cut off at 1 or 0 on the way keep changes from commuting.
  const color = randomColor({ shape: [1, 2, 3] }, { jitter: 1, contrast: 1, brightness: 1, hue: 0.5, grey: 0 });
  const images = new Set<string>();
  for (let i = 0; i < 24; i++) {
    const rows = Float32Array.of(0.9, 0.3, 0.5, 0.2, 0.8, 0.7);
    const order = [0, i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6)];
    color(rows, 0, scripted({ integer: order, uniform: [0, 0.7, 0.8, 0.95, 0.6, 0.5] }));
    images.add(Array.from(rows, (value) => value.toFixed(5)).join());
  }
  expect(images.size).toBe(24);
});

test('what an image becomes depends on the generator only, not on images before', () => {
  const color = randomColor({ shape });
  const make = () => {
    const rows = Float32Array.of(...pixels);
    color(rows, 0, createRng(4));
    return rows;
  };
  const first = make();
  color(Float32Array.of(...pixels), 0, createRng(5));
  expect(make()).toEqual(first);
});

test('probabilities and amounts of zero leave images alone, and values stay in [0, 1]', () => {
  const rng = createRng('range');
  const rows = Float32Array.from({ length: 12 }, () => rng.uniform());
  const before = rows.slice();
  randomColor({ shape }, { jitter: 1, brightness: 0, contrast: 0, saturation: 0, hue: 0, grey: 0 })(rows, 0, rng);
  rows.forEach((value, i) => expect(value).toBeCloseTo(before[i], 6));
  const strong = randomColor({ shape }, { jitter: 1, brightness: 1, contrast: 1, saturation: 1, hue: 0.5 });
  for (let i = 0; i < 200; i++) {
    strong(rows, 0, rng);
    expect(rows.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
});

test('images without three channels and amounts out of range are refused', () => {
  expect(() => randomColor({ shape: [2, 2, 1] })).toThrow(new RangeError('colours need images of 3 channels, not 1'));
  expect(() => randomColor({ shape }, { hue: 0.6 })).toThrow(new RangeError('invalid hue: 0.6 (allowed: 0 to 0.5)'));
  expect(() => randomColor({ shape }, { grey: -1 })).toThrow(new RangeError('invalid grey: -1 (allowed: 0 to 1)'));
});
