import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerDensities, type Distribution } from '../../../methods/shared/masks/density.ts';

const layersOf = (widths: readonly number[]) =>
  widths.slice(1).map((outputs, i) => ({ name: `layer${i}`, kind: 'linear' as const, inputs: widths[i], outputs }));

/** Layers of `[inputs, outputs]`, or `[inputs, outputs, height, width]`. */
const shaped = (shapes: readonly (readonly number[])[]) =>
  // prettier-ignore
  shapes.map(([inputs, outputs, ...kernel], i) => ({
    name: `layer${i}`,
    inputs,
    outputs,
    ...(kernel.length === 0 ? { kind: 'linear' as const } : { kind: 'conv' as const, kernel: [kernel[0], kernel[1]] as const }),
  }));

describe('erk', () => {
  // 784-300-100-10 without biases; the scheme of Evci et al. (arXiv:1911.11134) worked by hand: the last layer would exceed 1.
  test.each([
    [0.1, [0.0795678, 0.2301887, 1]],
    [0.2, [0.1622412, 0.4693621, 1]],
  ])('of LeNet-300-100 at density %f is %o', (density, expected) => {
    layerDensities(layersOf([784, 300, 100, 10]), density, 'erk').forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i], 7),
    );
  });

  test('keeps the overall density exactly, no layer above 1 and smaller ones denser', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(widths, fc.double({ min: 0.01, max: 1, noNaN: true }), (some, density) => {
        const layers = layersOf(some);
        const densities = layerDensities(layers, density, 'erk');
        const sizes = layers.map(({ inputs, outputs }) => inputs * outputs);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const kept = sizes.reduce((sum, size, i) => sum + size * densities[i], 0);
        expect(kept / total).toBeCloseTo(density, 9);
        for (const value of densities) expect(value).toBeLessThanOrEqual(1 + 1e-12);
        const raw = layers.map(({ inputs, outputs }) => (inputs + outputs) / (inputs * outputs));
        for (const [i, value] of densities.entries())
          for (const [j, other] of densities.entries())
            expect(raw[i] > raw[j] ? value - other : 0).toBeGreaterThan(-1e-12);
      }),
      { seed: 1 },
    );
  });
});

test.each([
  // From a count in numpy by the scheme's definition (arXiv:1911.11134 and its code), layer by layer.
  [
    'a CNN of 1-32-64 channels and 3136-128-10 units',
    [
      [1, 32, 3, 3],
      [32, 64, 3, 3],
      [3136, 128],
      [128, 10],
    ],
    0.2,
    [1, 0.13598485, 0.19981447, 1],
  ],
  [
    'convolutions of 3-16-32-64 channels and 64-10 units',
    [
      [3, 16, 3, 3],
      [16, 32, 3, 3],
      [32, 64, 3, 3],
      [64, 10],
    ],
    0.1,
    [0.56629834, 0.11467541, 0.05415228, 1],
  ],
])('erk of %s counts the extents of the kernels', (_, shapes, density, expected) => {
  layerDensities(shaped(shapes), density, 'erk').forEach((value, i) => expect(value).toBeCloseTo(expected[i], 7));
});

test('uniform is the same density everywhere', () => {
  expect(layerDensities(layersOf([784, 300, 10]), 0.25, 'uniform')).toEqual([0.25, 0.25]);
});

describe('er', () => {
  test('in linear layers is erk', () => {
    const layers = layersOf([784, 300, 100, 10]);
    for (const density of [0.05, 0.1, 0.2])
      expect(layerDensities(layers, density, 'er')).toEqual(layerDensities(layers, density, 'erk'));
  });

  // By hand, convolutions of 1-32-64 channels, 288 and 18,432 weights: (in + out)/(in·out) is 33/32 and 96/2048, times the sizes 297 and 864.
  const small = shaped([
    [1, 32, 3, 3],
    [32, 64, 3, 3],
  ]);
  test('leaves the extents of kernels out of account, so that density 0.05 is 936/1161 of 33/32 and of 96/2048', () => {
    const [first, second] = layerDensities(small, 0.05, 'er');
    expect(first).toBeCloseTo((936 / 1161) * (33 / 32), 12);
    expect(second).toBeCloseTo((936 / 1161) * (96 / 2048), 12);
  });
  test('makes a layer dense that would exceed 1, and the other pays for it: at density 0.1 by hand', () => {
    const [first, second] = layerDensities(small, 0.1, 'er');
    expect(first).toBe(1);
    expect(second).toBeCloseTo((1872 - 288) / 18432, 12);
  });
});

interface Published {
  readonly network: string;
  readonly shapes: readonly (readonly number[])[];
  readonly published: readonly (readonly [Distribution, number, readonly number[]])[];
}
// Printed by get_sparsities_erdos_renyi of google-research/rigl (rigl/sparse_utils.py). It takes whole numbers of zeros for the budget, hence the
// tolerance: one weight of each layer.
describe.each<Published>([
  {
    network: 'convolutions of 8-16-32-64 channels and 64-40 units',
    shapes: [
      [8, 16, 3, 3],
      [16, 32, 3, 3],
      [32, 64, 3, 3],
      [64, 40],
    ],
    published: [
      ['erk', 0.2, [0.48060345, 0.21627155, 0.10212823, 0.74974138]],
      ['er', 0.2, [0.62097772, 0.31048886, 0.15524443, 0.13454517]],
      ['erk', 0.05, [0.12024066, 0.0541083, 0.02555114, 0.18757543]],
      ['er', 0.05, [0.15536046, 0.07768023, 0.03884011, 0.03366143]],
    ],
  },
  {
    network: 'a CNN of 1-32-64 channels and 3136-128-10 units',
    shapes: [
      [1, 32, 3, 3],
      [32, 64, 3, 3],
      [3136, 128],
      [128, 10],
    ],
    published: [
      ['erk', 0.05, [0.80539091, 0.03291261, 0.04836139, 0.64121507]],
      ['er', 0.2, [1, 0.93926008, 0.16293287, 1]],
      ['er', 0.05, [1, 0.22837553, 0.03961616, 0.52526371]],
    ],
  },
])('of $network', ({ shapes, published }) => {
  test.each(published)('%s at density %f is what the code of RigL gives', (distribution, density, expected) => {
    const sizes = shapes.map((shape) => shape.reduce((product, extent) => product * extent, 1));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    layerDensities(shaped(shapes), density, distribution).forEach((value, i) => {
      // `shapes.length` weights more in the whole raise every layer in proportion.
      const tolerance = expected[i] * (shapes.length / (density * total)) + 1e-7;
      expect(Math.abs(value - expected[i])).toBeLessThan(tolerance);
    });
  });
});

test('uniform-first-dense leaves the first layer dense and the others as uniform has them, so that the whole is denser', () => {
  expect(layerDensities(layersOf([784, 300, 10]), 0.25, 'uniform-first-dense')).toEqual([1, 0.25]);
});

test.each(['uniform', 'er', 'erk'] as const)('%s of density 1 is dense everywhere', (distribution) => {
  expect(layerDensities(layersOf([784, 300, 100, 10]), 1, distribution)).toEqual([1, 1, 1]);
});
