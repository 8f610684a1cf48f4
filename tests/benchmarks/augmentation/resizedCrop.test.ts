import { expect, test } from 'vitest';
import { createRng, type Rng } from '../../../base/index.ts';
import { randomResizedCrop, type ResizedCropOptions } from '../../../benchmarks/index.ts';
import { scripted } from './scripted.ts';

/** 4 x 5 pixels of two channels. */
const shape = [4, 5, 2] as const;
const image = Array.from({ length: 40 }, (_, i) => ((7 * i * i + 3 * i) % 17) / 16);

/** Parts of 3 rows and 2 columns: 6 of 20 pixels. */
const threeByTwo = { scale: [0.3, 0.3], ratio: [2 / 3, 2 / 3] } as const;

function crop(options: ResizedCropOptions, rng: Rng, format: { shape: readonly [number, number, number] } = { shape }) {
  const rows = Float32Array.of(8, ...image, 8);
  randomResizedCrop(format, options)(rows, 1, rng);
  expect([rows[0], rows[41]]).toEqual([8, 8]);
  return rows.slice(1, 41);
}

/** Largest deviation from values that are given to six decimals. */
const deviation = (rows: Float32Array, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(rows[i] - value)));

// PyTorch 2.13, float64: interpolate(image[1:4, 2:4], (4, 5), mode='bilinear', align_corners=False).
test('a part that is cut out and resized is as in PyTorch', () => {
  const rows = crop(threeByTwo, scripted({ uniform: [0, 0], integer: [1, 2] }));
  const expected = [
    0.1875, 0.3125, 0.19375, 0.28125, 0.21875, 0.15625, 0.24375, 0.03125, 0.25, 0, 0.34375, 0.625, 0.38125, 0.625,
    0.53125, 0.625, 0.68125, 0.625, 0.71875, 0.625, 0.273438, 0.742188, 0.308594, 0.739844, 0.449219, 0.730469,
    0.589844, 0.721094, 0.625, 0.71875, 0, 0.625, 0, 0.5875, 0, 0.4375, 0, 0.2875, 0, 0.25,
  ];
  expect(deviation(rows, expected)).toBeLessThan(1e-6);
});

// PyTorch 2.13, float64: grid_sample(image, affine_grid(θ), padding_mode='reflection', align_corners=False), both without aligned corners, with
// θ = ((2/5, 0, b/5), (0, 3/4, a/4)). The part begins at row (1 + a)/2 and column (3 + b)/2.
test.each<[number, number, number[]]>([
  [
    0,
    -2,
    [
      0.332813, 0.657813, 0.248438, 0.582813, 0.164062, 0.507812, 0.204687, 0.398438, 0.245312, 0.289063, 0.80625,
      0.7875, 0.60625, 0.8625, 0.40625, 0.9375, 0.33125, 0.7125, 0.25625, 0.4875, 0.31875, 0.4875, 0.26875, 0.7125,
      0.21875, 0.9375, 0.29375, 0.8625, 0.36875, 0.7875, 0.596875, 0.289062, 0.43125, 0.398437, 0.265625, 0.507812,
      0.225, 0.582812, 0.184375, 0.657812,
    ],
  ],
  [
    1,
    3,
    [
      0.296094, 0.127344, 0.367187, 0.061719, 0.492188, 0.089844, 0.617188, 0.117969, 0.648438, 0.125, 0.60625, 0.625,
      0.721094, 0.589844, 0.730469, 0.449219, 0.739844, 0.308594, 0.742188, 0.273438, 0.519531, 0.725781, 0.625,
      0.68125, 0.625, 0.53125, 0.625, 0.38125, 0.625, 0.34375, 0, 0.3625, 0.03125, 0.24375, 0.15625, 0.21875, 0.28125,
      0.19375, 0.3125, 0.1875,
    ],
  ],
  [
    -1,
    -3,
    [
      0, 0.625, 0, 0.5875, 0, 0.4375, 0, 0.2875, 0.09375, 0.23125, 0.625, 0.742188, 0.589844, 0.735938, 0.449219,
      0.710938, 0.308594, 0.685937, 0.261719, 0.555469, 0.71875, 0.625, 0.68125, 0.65625, 0.53125, 0.78125, 0.38125,
      0.90625, 0.325, 0.80625, 0.335938, 0.296875, 0.322656, 0.352344, 0.269531, 0.574219, 0.216406, 0.796094, 0.257031,
      0.832812,
    ],
  ],
])('a part sampled with reflection is as in PyTorch, for shifts of %i and %i', (a, b, expected) => {
  const draws = { uniform: [0, 0], integer: [1 + a, 3 + b] };
  expect(deviation(crop({ ...threeByTwo, padding: 'reflect' }, scripted(draws)), expected)).toBeLessThan(1e-6);
});

test.each(['edge', 'reflect'] as const)('the whole image stays as it is (%s)', (padding) => {
  const rows = crop(
    { scale: [1, 1], ratio: [1.25, 1.25], padding },
    scripted({ uniform: [0.3, 0.6], integer: [0, 0] }),
  );
  expect(rows).toEqual(Float32Array.from(image));
});

// By hand: of a square image of 16 pixels a quarter is 2 x 2; centres of the four output columns lie at 0, .25, .75, 1 of the way from one
// to the other.
test('a quarter of a slope is a slope of half the steepness', () => {
  const rows = Float32Array.from({ length: 16 }, (_, i) => i % 4);
  const draws = { uniform: [0, 0.5], integer: [1, 1] };
  randomResizedCrop({ shape: [4, 4, 1] }, { scale: [0.25, 0.5] })(rows, 0, scripted(draws));
  expect([...rows]).toEqual([1, 2, 3, 4].flatMap(() => [1, 1.25, 1.75, 2]));
});

test('parts that do not fit are drawn anew', () => {
  const anew = { scale: [0.3, 1], ratio: [2 / 3, 3] } as const;
  const twice = crop(anew, scripted({ uniform: [1 - 2 ** -20, 1 - 2 ** -20, 0, 0], integer: [1, 2] }));
  expect(twice).toEqual(crop(threeByTwo, scripted({ uniform: [0, 0], integer: [1, 2] })));
});

// Of 4 rows and 5 columns: twice as high as wide is 4 x 2 from column 1 on; 2.5 times as wide as high 2 x 5 from row 1 on.
test.each<[number, number[]]>([
  [0.5, [1, 2]],
  [2.5, [0, 5]],
])('after ten tries the largest part in the middle is taken (ratio %d)', (ratio, [first, width]) => {
  const rows = Float32Array.from({ length: 20 }, (_, i) => i % 5);
  const uniform = Array<number>(20).fill(0.5);
  randomResizedCrop({ shape: [4, 5, 1] }, { scale: [1, 1], ratio: [ratio, ratio] })(rows, 0, scripted({ uniform }));
  const last = first + width - 1;
  const expected = [0, 1, 2, 3, 4].map((x) => Math.min(Math.max(first + ((x + 0.5) * width) / 5 - 0.5, first), last));
  expect(deviation(rows, [...expected, ...expected])).toBeLessThan(1e-6);
});

test('in the middle of a wide image the part keeps clear of both sides', () => {
  // 2 x 6 pixels, square parts: columns 2 and 3.
  const rows = Float32Array.from({ length: 12 }, (_, i) => i % 6);
  const uniform = Array<number>(20).fill(0.5);
  randomResizedCrop({ shape: [2, 6, 1] }, { scale: [1, 1], ratio: [1, 1] })(rows, 0, scripted({ uniform }));
  expect(Math.min(...rows)).toBe(2);
  expect(Math.max(...rows)).toBe(3);
});

test('share of the area and logarithm of the shape are uniform', () => {
  const rng = createRng('crops');
  const size = 64;
  const crops = randomResizedCrop({ shape: [size, size, 2] }, { scale: [0.2, 0.6], ratio: [0.5, 2] });
  const shares: number[] = [];
  const shapes: number[] = [];
  const rows = new Float32Array(2 * size * size);
  for (let n = 0; n < 400; n++) {
    // The channels show row and column, so the spread of the output tells the part's sides.
    for (let i = 0; i < size * size; i++) rows.set([Math.floor(i / size), i % size], 2 * i);
    crops(rows, 0, rng);
    const height = rows[2 * (size * size - 1)] - rows[0] + 1;
    const width = rows[2 * (size * size - 1) + 1] - rows[1] + 1;
    shares.push((height * width) / size ** 2);
    shapes.push(Math.log(width / height));
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  // Uniform on an interval of length L: variance L²/12, whose ratio to that of 400 draws deviates by √(0.8/400) = 0.045; their mean deviates
  // by L/√4800. Parts that do not fit, with share · shape > 1, are so few that they do not show.
  expect(Math.abs(mean(shares) - 0.4)).toBeLessThan((4 * 0.4) / Math.sqrt(4800));
  expect(Math.abs(mean(shapes))).toBeLessThan((4 * 2 * Math.log(2)) / Math.sqrt(4800));
  expect(Math.abs(variance(shares) / (0.4 ** 2 / 12) - 1)).toBeLessThan(0.2);
  expect(Math.abs(variance(shapes) / ((2 * Math.log(2)) ** 2 / 12) - 1)).toBeLessThan(0.2);
});

test.each<[ResizedCropOptions, string]>([
  [{ scale: [0.5, 1.1] }, 'invalid scale: 1.1 (allowed: 0.5 to 1)'],
  [{ scale: [0.6, 0.5] }, 'invalid scale: 0.6'],
  [{ scale: [0, 1] }, 'invalid scale: 0'],
  [{ ratio: [-1, 1] }, 'invalid ratio: -1'],
])('%j is refused', (options, message) => {
  expect(() => randomResizedCrop({ shape }, options)).toThrow(message);
});
