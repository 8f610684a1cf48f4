import { expect, test } from 'vitest';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
} from '../../../benchmarks/augmentation/adjust.ts';
import { createRng } from '../../../base/index.ts';

/** Four pixels: two colours, a grey, and one on the edge of what there is. */
const pixels = [0.75, 0.25, 0.5, 0.125, 0.625, 0.9375, 0.5, 0.5, 0.5, 1, 0.0625, 0];

// Values of torchvision 0.14.1 on a 2 x 2 float64 image of these pixels: transforms.functional's adjust_brightness,
// adjust_contrast, adjust_saturation and rgb_to_grayscale; of adjust_hue its parts _rgb2hsv and _hsv2rgb, since the whole computes in
// float32.
test.each<[string, (image: Float64Array, amount: number) => void, number, number[]]>([
  ['brightness', adjustBrightness, 1.4, [1, 0.35, 0.7, 0.175, 0.875, 1, 0.7, 0.7, 0.7, 1, 0.0875, 0]],
  ['brightness', adjustBrightness, 0.6, [0.45, 0.15, 0.3, 0.075, 0.375, 0.5625, 0.3, 0.3, 0.3, 0.6, 0.0375, 0]],
  [
    'contrast',
    adjustContrast,
    1.4,
    [0.8725425, 0.1725425, 0.5225425, 0, 0.6975425, 1, 0.5225425, 0.5225425, 0.5225425, 1, 0, 0],
  ],
  [
    'contrast',
    adjustContrast,
    0.6,
    [
      0.6274575, 0.3274575, 0.4774575, 0.2524575, 0.5524575, 0.7399575, 0.4774575, 0.4774575, 0.4774575, 0.7774575,
      0.2149575, 0.1774575,
    ],
  ],
  [
    'saturation',
    adjustSaturation,
    1.4,
    [0.87883, 0.17883, 0.52883, 0, 0.670555, 1, 0.50002, 0.50002, 0.50002, 1, 0, 0],
  ],
  [
    'saturation',
    adjustSaturation,
    0.6,
    [0.62117, 0.32117, 0.47117, 0.279445, 0.579445, 0.766945, 0.49998, 0.49998, 0.49998, 0.734235, 0.171735, 0.134235],
  ],
  [
    'saturation',
    adjustSaturation,
    0,
    [
      0.427925, 0.427925, 0.427925, 0.5111125, 0.5111125, 0.5111125, 0.49995, 0.49995, 0.49995, 0.3355875, 0.3355875,
      0.3355875,
    ],
  ],
  ['hue', adjustHue, 0.1, [0.75, 0.3, 0.25, 0.125, 0.1375, 0.9375, 0.5, 0.5, 0.5, 1, 0.6625, 0]],
  ['hue', adjustHue, -0.1, [0.7, 0.25, 0.75, 0.125, 0.9375, 0.7625, 0.5, 0.5, 0.5, 1, 0, 0.5375]],
  ['hue', adjustHue, 0.5, [0.25, 0.75, 0.5, 0.9375, 0.4375, 0.125, 0.5, 0.5, 0.5, 0, 0.9375, 1]],
  ['hue', adjustHue, -0.25, [0.25, 0.25, 0.75, 0.21875, 0.9375, 0.125, 0.5, 0.5, 0.5, 0.5625, 0, 1]],
])('%s is what torchvision makes of it, by %d', (_, adjust, amount, expected) => {
  const image = Float64Array.from(pixels);
  adjust(image, amount);
  expected.forEach((value, i) => expect(image[i]).toBeCloseTo(value, 8));
});

test('a third of a turn moves each channel to the next, exactly', () => {
  const image = Float64Array.from(pixels);
  adjustHue(image, 1 / 3);
  for (let i = 0; i < pixels.length; i += 3) {
    [pixels[i + 2], pixels[i], pixels[i + 1]].forEach((value, c) => expect(image[i + c]).toBeCloseTo(value, 12));
  }
});

test('turning the hue there and back, and by whole turns, changes nothing', () => {
  const rng = createRng('hue');
  const random = Float64Array.from({ length: 3000 }, () => rng.uniform());
  const image = random.slice();
  adjustHue(image, 0.37);
  expect(image.some((value, i) => Math.abs(value - random[i]) > 0.1)).toBe(true);
  adjustHue(image, -0.37);
  adjustHue(image, 2);
  image.forEach((value, i) => expect(value).toBeCloseTo(random[i], 10));
});

test('an amount that means no change leaves every value as it is', () => {
  const image = Float64Array.from(pixels);
  adjustBrightness(image, 1);
  adjustContrast(image, 1);
  adjustSaturation(image, 1);
  expect([...image]).toEqual(pixels);
});
