import { describe, expect, test } from 'vitest';
import { UserError } from '../../../base/index.ts';
import {
  countParameters,
  mlp,
  resnet18,
  resnet32,
  sizeOf,
  slimResnet18,
  smallCnn,
  type Network,
} from '../../../engine/index.ts';

const cifar = [32, 32, 3];
const mnist = [28, 28, 1];

/** A convolution without bias and its batch norm. */
const convolved = (inputs: number, outputs: number, kernel = 3) => inputs * outputs * kernel ** 2 + 2 * outputs;

/** The stages of a residual network of basic blocks, by the sizes of their convolutions. */
function residual(filters: number, blocks: readonly number[], shortcuts: boolean): number {
  return blocks.reduce((sum, count, stage) => {
    const width = filters * 2 ** stage;
    const first = stage === 0 ? convolved(width, width) : convolved(width / 2, width);
    const shortcut = shortcuts && stage > 0 ? convolved(width / 2, width, 1) : 0;
    return sum + first + (2 * count - 1) * convolved(width, width) + shortcut;
  }, 0);
}

const b = [2, 2, 2, 2];
const stem18 = (nf: number, channels = 3) => convolved(channels, nf) + residual(nf, b, true);
const stem32 = convolved(3, 16) + residual(16, [5, 5, 5], false);

describe('the number of parameters is the published one, and that of a count by hand', () => {
  test.each<[string, Network, number, number]>([
    // The perceptron of arXiv:1904.07734 on split MNIST.
    [
      'mlp 784-400-400-10',
      mlp({ inputs: 784, hidden: [400, 400], outputs: 10 }),
      478_410,
      785 * 400 + 401 * 400 + 401 * 10,
    ],
    // The count that Keras and PyTorch print for this network in many tutorials.
    [
      'small CNN for MNIST',
      smallCnn({ inputShape: mnist, outputs: 10 }),
      421_642,
      320 + 18_496 + 3137 * 128 + 129 * 10,
    ],
    // kuangliu/pytorch-cifar, whose structure mammoth's ResNet18 has; weiaicunzai/pytorch-cifar100.
    ['ResNet-18, 10 outputs', resnet18({ inputShape: cifar, outputs: 10 }), 11_173_962, stem18(64) + 513 * 10],
    ['ResNet-18, 100 outputs', resnet18({ inputShape: cifar, outputs: 100 }), 11_220_132, stem18(64) + 513 * 100],
    // PyTorch 2.13's count of the structure in GEM's code (facebookresearch/GradientEpisodicMemory, model/common.py).
    ['slim ResNet-18, 10 outputs', slimResnet18({ inputShape: cifar, outputs: 10 }), 1_094_750, stem18(20) + 161 * 10],
    [
      'slim ResNet-18, 100 outputs',
      slimResnet18({ inputShape: cifar, outputs: 100 }),
      1_109_240,
      stem18(20) + 161 * 100,
    ],
    // 0.46M in table 6 of arXiv:1512.03385; the exact count is what its reimplementations print.
    ['ResNet-32, 10 outputs', resnet32({ inputShape: cifar, outputs: 10 }), 464_154, stem32 + 65 * 10],
    ['ResNet-32, 100 outputs', resnet32({ inputShape: cifar, outputs: 100 }), 470_004, stem32 + 65 * 100],
  ])('%s', (_, network, published, counted) => {
    expect(countParameters(network.parameters)).toBe(published);
    expect(counted).toBe(published);
  });

  test('group norm has as many as batch norm, a cosine head one scale in place of its biases', () => {
    const batch = countParameters(resnet18({ inputShape: cifar, outputs: 10 }).parameters);
    expect(countParameters(resnet18({ inputShape: cifar, outputs: 10, norm: 'group' }).parameters)).toBe(batch);
    expect(countParameters(resnet18({ inputShape: cifar, outputs: 10, head: 'cosine' }).parameters)).toBe(batch - 9);
  });
});

const all = [
  mlp({ inputs: 16, hidden: [8], outputs: 4 }),
  smallCnn({ inputShape: [8, 8, 1], outputs: 4, norm: 'batch' }),
  slimResnet18({ inputShape: [8, 8, 1], outputs: 4 }),
  resnet32({ inputShape: [8, 8, 1], outputs: 4, norm: 'group', head: 'cosine' }),
].map((network) => [network.name, network] as const);

test.each(all)('%s lists its layers with the shapes of their weights, the output layer last', (_, network) => {
  for (const { name, kind, inputs, outputs, kernel } of network.layers) {
    const expected = kind === 'linear' ? [inputs, outputs] : [outputs, inputs, ...kernel!];
    expect(network.parameters[`${name}/weight`].shape).toEqual(expected);
  }
  const weights = Object.keys(network.parameters).filter((name) => name.endsWith('/weight'));
  expect(network.layers.map(({ name }) => `${name}/weight`)).toEqual(weights);
  expect(network.layers.at(-1)).toMatchObject({ name: 'output', outputs: 4 });
});

test('ResNets have as many layers as their names say, shortcuts aside', () => {
  const deep = (network: Network) => network.layers.filter(({ name }) => !name.endsWith('shortcut')).length;
  expect(deep(resnet18({ inputShape: cifar, outputs: 10 }))).toBe(18);
  expect(deep(resnet32({ inputShape: cifar, outputs: 10 }))).toBe(32);
});

test.each(all)('%s keeps statistics apart from parameters; means start at 0 and variances at 1', (_, network) => {
  const { parameters, statistics } = network;
  expect(Object.keys(statistics).filter((name) => name in parameters)).toEqual([]);
  const start = network.initStatistics();
  expect(Object.keys(start)).toEqual(Object.keys(statistics));
  for (const [name, values] of Object.entries(start)) {
    expect(values).toHaveLength(sizeOf(statistics[name].shape));
    expect(new Set(values)).toEqual(new Set([name.endsWith('/mean') ? 0 : 1]));
  }
  const normed = Object.keys(parameters).filter((name) => name.endsWith('/gamma')).length;
  expect(Object.keys(statistics)).toHaveLength(network.options.norm === 'batch' ? 2 * normed : 0);
});

describe('images that are too small are refused', () => {
  const make: Record<string, (inputShape: readonly number[]) => Network> = {
    cnn: (inputShape) => smallCnn({ inputShape, outputs: 10 }),
    resnet18: (inputShape) => resnet18({ inputShape, outputs: 10 }),
    'resnet18-slim': (inputShape) => slimResnet18({ inputShape, outputs: 10 }),
    resnet32: (inputShape) => resnet32({ inputShape, outputs: 10 }),
  };
  test.each([
    ['cnn', [3, 8, 1], 4],
    ['resnet18', [8, 7, 3], 8],
    ['resnet18-slim', [4, 4, 3], 8],
    ['resnet32', [1, 1, 20], 4],
  ])('by %s at %j', (name, shape, least) => {
    expect(() => make[name](shape)).toThrow(
      new UserError(
        `network ${name} takes images of ${least}×${least} or more, and the inputs are ${shape.join('×')}; choose another network, such as mlp`,
      ),
    );
    expect(() => make[name]([least, least, 3])).not.toThrow();
  });
});
