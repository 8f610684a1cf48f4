import { describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  initializers,
  mlp,
  resnet32,
  slimResnet18,
  smallCnn,
  type InitializerName,
  type Arrays,
  type Network,
} from '../../../engine/index.ts';

const inputShape = [8, 8, 3];
const make: Record<string, (initializer?: InitializerName) => Network> = {
  mlp: (initializer) => mlp({ inputs: 300, hidden: [200], outputs: 50, initializer }),
  cnn: (initializer) => smallCnn({ inputShape, outputs: 50, initializer }),
  'resnet18-slim': (initializer) => slimResnet18({ inputShape, outputs: 50, initializer }),
  resnet32: (initializer) => resnet32({ inputShape, outputs: 50, initializer }),
};

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** The arrays as bytes: comparing a million numbers one by one takes its time. */
const bytes = (arrays: Arrays): string[] =>
  Object.entries(arrays).map(([name, array]) => `${name} ${Buffer.from(array.buffer).toString('base64')}`);

/** Variance and bound that the definitions give, from PyTorch's fans: in·window and out·window. */
function expected(scheme: InitializerName, kind: 'linear' | 'conv', fanIn: number, fanOut: number) {
  if (scheme === 'pytorch') return { variance: 1 / (3 * fanIn), bound: 1 / Math.sqrt(fanIn) };
  if (scheme === 'xavier') return { variance: 2 / (fanIn + fanOut), bound: Math.sqrt(6 / (fanIn + fanOut)) };
  return { variance: 2 / (kind === 'conv' ? fanOut : fanIn), bound: Infinity };
}

const schemes = Object.keys(initializers) as InitializerName[];
const cases = Object.keys(make).flatMap((name) => schemes.map((scheme) => ({ name, scheme })));

test.each(cases)(
  'weights of $name start as $scheme defines it: mean 0, the variance, the bound',
  ({ name, scheme }) => {
    const network = make[name](scheme);
    const start = network.init(createRng(1));
    for (const { name: layer, kind, inputs, outputs, kernel = [1, 1] } of network.layers) {
      const values = start[`${layer}/weight`] as Float32Array;
      const area = kernel[0] * kernel[1];
      const { variance, bound } = expected(scheme, kind, inputs * area, outputs * area);
      // Means of n draws have deviation σ/√n; sample variances at most √(2/n)·σ² (normal), less for uniform ones.
      expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(variance / values.length));
      expect(Math.abs(mean(values.map((v) => v * v)) / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
      expect(largest(values)).toBeLessThanOrEqual(bound * (1 + 1e-6));
      const reached = values.length > 1000 && bound < Infinity ? 0.98 * bound : 0;
      expect(largest(values)).toBeGreaterThan(reached);
      const bias = (start[`${layer}/bias`] ?? new Float32Array()) as Float32Array;
      expect(largest(bias)).toBeLessThanOrEqual(scheme === 'pytorch' ? bound : 0);
    }
  },
);

describe.each(Object.keys(make))('%s', (name) => {
  test('starts with the published scheme unless told otherwise', () => {
    const usual = name === 'resnet32' ? 'kaiming' : 'pytorch';
    expect(bytes(make[name]().init(createRng(3)))).toEqual(bytes(make[name](usual).init(createRng(3))));
    expect(make[name]().options.initializer).toBe(usual);
  });

  test('draws all parameters from the generator: the same seed gives the same bytes, another one others', () => {
    const network = make[name]();
    const [one, same, other] = [1, 1, 2].map((seed) => network.init(createRng(seed)));
    expect(bytes(same)).toEqual(bytes(one));
    expect(Object.keys(one)).toEqual(Object.keys(network.parameters));
    for (const { name: layer } of network.layers)
      expect(other[`${layer}/weight`].slice(0, 9)).not.toEqual(one[`${layer}/weight`].slice(0, 9));
  });

  test('norms start as the identity', () => {
    const start = Object.entries(make[name]().init(createRng(1)));
    const valuesOf = (ending: string) =>
      new Set(start.flatMap(([key, values]) => (key.endsWith(ending) ? [...values] : [])));
    expect(valuesOf('/gamma')).toEqual(new Set(name.startsWith('resnet') ? [1] : []));
    expect(valuesOf('/beta')).toEqual(new Set(name.startsWith('resnet') ? [0] : []));
  });
});

test('a perceptron draws weight and bias of one layer after the other, row by row', () => {
  const start = mlp({ inputs: 3, hidden: [2], outputs: 2 }).init(createRng(5));
  const rng = createRng(5);
  const drawn = (count: number, inputs: number) =>
    Float32Array.from({ length: count }, () => (2 * rng.uniform() - 1) / Math.sqrt(inputs));
  for (const [name, count, inputs] of [
    ['hidden1/weight', 6, 3],
    ['hidden1/bias', 2, 3],
    ['output/weight', 4, 2],
    ['output/bias', 2, 2],
  ] as const) {
    const expectedValues = drawn(count, inputs);
    start[name].forEach((value, i) => expect(value).toBeCloseTo(expectedValues[i], 6));
  }
});
