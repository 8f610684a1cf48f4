import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerDensities } from '../../methods/shared/masks/density.ts';

const layersOf = (widths: readonly number[]) =>
  widths.slice(1).map((outputs, i) => ({ name: `layer${i}`, kind: 'linear' as const, inputs: widths[i], outputs }));

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
  // prettier-ignore
  const layers = shapes.map(([inputs, outputs, ...kernel], i) => ({
    name: `layer${i}`,
    inputs,
    outputs,
    ...(kernel.length === 0 ? { kind: 'linear' as const } : { kind: 'conv' as const, kernel: [kernel[0], kernel[1]] as const }),
  }));
  layerDensities(layers, density, 'erk').forEach((value, i) => expect(value).toBeCloseTo(expected[i], 7));
});

test('uniform is the same density everywhere', () => {
  expect(layerDensities(layersOf([784, 300, 10]), 0.25, 'uniform')).toEqual([0.25, 0.25]);
});
