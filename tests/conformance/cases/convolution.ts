import { tf, type Tensor, type Tensor1D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

type Image = ReturnType<typeof tf.tensor4d>;
type Pads = [[number, number], [number, number], [number, number], [number, number]];

/** Image extents, filter extents and the rest of a convolution: rows × height × width × channels, height × width × in × out. */
const convolutions: readonly (readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  number | [number, number],
  'same' | 'valid' | Pads,
])[] = [
  [[2, 5, 5, 3], [3, 3, 3, 4], 1, 'same'],
  [[2, 5, 6, 3], [3, 3, 3, 4], 1, 'valid'],
  [[2, 6, 6, 3], [3, 3, 3, 4], 2, 'same'],
  [[2, 7, 5, 9], [3, 3, 9, 4], 2, 'same'],
  [[2, 6, 6, 9], [3, 3, 9, 12], 1, 'same'],
  [[2, 6, 6, 12], [3, 3, 12, 9], 1, 'same'],
  [[1, 6, 7, 8], [2, 3, 8, 2], 1, 'valid'],
  [[3, 8, 8, 2], [5, 5, 2, 3], [2, 1], 'same'],
  [[2, 4, 4, 9], [1, 1, 9, 5], 1, 'same'],
  [[2, 5, 5, 9], [1, 1, 9, 10], 2, 'valid'],
  [[2, 4, 4, 2], [1, 1, 2, 3], 1, 'valid'],
  [[1, 1, 1, 1], [1, 1, 1, 1], 1, 'same'],
  [
    [2, 6, 6, 8],
    [3, 3, 8, 3],
    2,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ],
  [
    [2, 5, 5, 8],
    [3, 3, 8, 3],
    1,
    [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
  ],
  [
    [2, 5, 5, 3],
    [3, 3, 3, 8],
    1,
    [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  ],
];

const label = (shape: readonly number[], filter: readonly number[], stride: unknown, pad: unknown) =>
  `${shape.join('×')} with ${filter.join('×')}, stride ${String(stride)}, ${JSON.stringify(pad)}`;

const planar: readonly EngineCase[] = convolutions.map(([shape, filter, stride, pad]) => ({
  name: `conv2d ${label(shape, filter, stride, pad)}`,
  shapes: [shape, filter],
  fn: (x, w) => tf.conv2d(x as Image, w as Image, stride, pad),
}));

const depthwise: readonly EngineCase[] = convolutions.slice(0, 8).map(([shape, filter, stride, pad]) => ({
  name: `depthwiseConv2d ${label(shape, filter, stride, pad)}`,
  shapes: [shape, [filter[0], filter[1], shape[3], 2]],
  fn: (x, w) => tf.depthwiseConv2d(x as Image, w as Image, typeof stride === 'number' ? stride : 1, pad as 'same'),
}));

const poolings: readonly EngineCase[] = (
  [
    [[2, 4, 6, 3], 2, 2, 'valid'],
    [[2, 5, 5, 3], 2, 2, 'valid'],
    [[2, 5, 5, 3], 2, 2, 'same'],
    [[2, 5, 5, 3], 3, 1, 'same'],
    [[2, 6, 6, 2], 3, 2, 'valid'],
    [[2, 4, 4, 5], 4, 4, 'valid'],
    [[2, 6, 5, 2], 1, 2, 'valid'],
  ] as const
).flatMap(([shape, size, stride, pad]) => [
  {
    name: `maxPool ${shape.join('×')}, ${size} by ${stride}, ${pad}`,
    shapes: [shape],
    fn: (x: Tensor) => tf.maxPool(x as Image, size, stride, pad),
  },
  {
    name: `avgPool ${shape.join('×')}, ${size} by ${stride}, ${pad}`,
    shapes: [shape],
    fn: (x: Tensor) => tf.avgPool(x as Image, size, stride, pad),
    // tfjs divides the gradient of a window that hangs over the edge by more than the value: see docs/engine.md.
    gradient: pad !== 'same',
  },
]);

const onImages: readonly EngineCase[] = [
  {
    name: 'conv2d dilated',
    shapes: [
      [2, 7, 7, 3],
      [3, 3, 3, 2],
    ],
    fn: (x, w) => tf.conv2d(x as Image, w as Image, 1, 'same', 'NHWC', 2),
    gradient: false,
  },
  {
    name: 'maxPool of equal values',
    shapes: [[1, 4, 4, 2]],
    fn: (x) => tf.maxPool(tf.relu(tf.sub(x, 1.5)) as Image, 2, 2, 'valid'),
  },
  {
    name: 'batchNorm of an image',
    shapes: [[2, 3, 3, 4], [4], [4], [4], [4]],
    fn: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as Image,
        mean as Tensor1D,
        tf.square(variance) as Tensor1D,
        offset as Tensor1D,
        scale as Tensor1D,
        1e-3,
      ),
    gradient: false,
  },
  {
    name: 'batchNorm after a convolution',
    shapes: [[2, 3, 3, 2], [3, 3, 2, 4], [4], [4], [4], [4]],
    fn: (x, w, mean, variance, offset, scale) =>
      tf.batchNorm(
        tf.conv2d(x as Image, w as Image, 1, 'same'),
        mean as Tensor1D,
        tf.square(variance) as Tensor1D,
        offset as Tensor1D,
        scale as Tensor1D,
        1e-3,
      ),
    gradient: false,
  },
  {
    name: 'layouts: bias, relu, residual sum, pooling and mean after convolutions',
    shapes: [[2, 4, 4, 3], [3, 3, 3, 8], [8], [3, 3, 8, 8]],
    fn: (x, w1, bias, w2) => {
      const first = tf.relu(tf.add(tf.conv2d(x as Image, w1 as Image, 1, 'same'), bias));
      const second = tf.add(tf.conv2d(first as Image, w2 as Image, 1, 'same'), first);
      return tf.mean(tf.maxPool(second as Image, 2, 2, 'same'), [1, 2]);
    },
  },
  {
    name: 'layouts: transposed, reshaped, padded, sliced and joined after a convolution',
    shapes: [
      [2, 4, 5, 3],
      [3, 3, 3, 4],
      [2, 4, 5, 4],
    ],
    fn: (x, w, y) => {
      const z = tf.conv2d(x as Image, w as Image, 1, 'same');
      const joined = tf.concat([z, tf.mul(y, z)], 3);
      const cut = tf.slice(
        tf.pad(
          joined,
          [
            [0, 0],
            [1, 0],
            [0, 2],
            [0, 1],
          ],
          0.5,
        ),
        [0, 1, 1, 0],
        [2, 3, 5, 9],
      );
      return tf.reshape(tf.transpose(cut, [0, 3, 1, 2]), [2, -1]);
    },
  },
  {
    name: 'layouts: where, maximum and reductions over every axis after a convolution',
    shapes: [
      [2, 4, 3, 2],
      [3, 3, 2, 4],
      [4, 3, 4],
    ],
    fn: (x, w, y) => {
      const z = tf.conv2d(x as Image, w as Image, 1, 'same');
      const mask = tf.tensor4d(
        Array.from({ length: 96 }, (_, i) => Number(i % 3 === 0)),
        [2, 4, 3, 4],
        'bool',
      );
      const chosen = tf.where(mask, z, tf.mul(z, y));
      return tf.add(tf.sum(chosen, [0, 3]), tf.add(tf.max(z, [0, 3]), tf.sum(tf.sum(chosen, 2, true), [0, 3])));
    },
  },
];

/** Large enough for the compiled engine to compute a convolution, and its gradient, in blocks of channels by itself. */
const largeEnough: readonly EngineCase[] = [[32, 36] as const, [48, 32] as const].map(([channels, outputs]) => ({
  name: `conv2d in blocks by itself, ${channels} to ${outputs} channels`,
  shapes: [
    [2, 24, 24, channels],
    [3, 3, channels, outputs],
  ],
  fn: (x, w) => tf.mul(tf.conv2d(tf.mul(x, 0.05) as Image, w as Image, 1, 'same'), 0.05),
}));

/** Channels that fill no block, that cannot be brought into blocks, and that are read as they lie. */
const oddChannels: readonly EngineCase[] = [5, 8, 12, 18, 33].map((channels) => ({
  name: `conv2d in blocks: images of ${channels} channels`,
  shapes: [
    [2, 6, 5, channels],
    [3, 3, channels, 16],
    [3, 3, 16, channels],
    [1, 1, channels, 7],
  ],
  fn: (x, w1, w2, w3) => {
    const conv = (image: Tensor, w: Tensor) => tf.conv2d(image as Image, tf.mul(w, 0.2) as Image, 1, 'same');
    const first = tf.relu(conv(conv(x, w1), w2));
    return tf.mean(conv(tf.relu(conv(conv(tf.add(first, x), w1), w2)), w3), [1, 2]);
  },
  gradient: false,
}));

/** A convolution can take one other image along, not two. */
const threeTerms: EngineCase = {
  name: 'conv2d in blocks: a sum of three images',
  shapes: [
    [2, 5, 5, 16],
    [3, 3, 16, 16],
    [3, 3, 16, 16],
    [3, 3, 16, 16],
  ],
  fn: (x, w1, w2, w3) => {
    const conv = (image: Tensor, w: Tensor) => tf.conv2d(image as Image, tf.mul(w, 0.1) as Image, 1, 'same');
    const [a, b, c] = [conv(x, w1), conv(x, w2), conv(x, w3)];
    return tf.mean(tf.relu(tf.add(c, tf.add(a, b))), [1, 2]);
  },
  gradient: false,
};

/** Enough convolutions in a row for the compiled engine to keep images in blocks of channels. */
const inBlocks: readonly EngineCase[] = [
  {
    name: 'conv2d in blocks: residual blocks with ReLU, pooling and a mean, channels that fill no block',
    shapes: [[2, 8, 8, 3], [3, 3, 3, 20], [3, 3, 20, 20], [3, 3, 20, 20], [1, 1, 20, 36], [3, 3, 20, 36], [36]],
    fn: (x, stem, w1, w2, shortcut, w3, bias) => {
      const conv = (image: Tensor, w: Tensor, stride = 1) => tf.conv2d(image as Image, w as Image, stride, 'same');
      const first = tf.relu(conv(x, stem));
      const second = tf.relu(tf.add(conv(tf.relu(conv(first, w1)), w2), first));
      const pooled = tf.maxPool(second as Image, 2, 2, 'valid');
      const third = tf.relu(tf.add(tf.add(conv(pooled, w3), bias), conv(pooled, shortcut)));
      return tf.mean(third, [1, 2]);
    },
    gradient: false,
  },
  {
    name: 'conv2d in blocks: batch norm, results on the way, averages, strides and one image added twice',
    shapes: [[1, 9, 7, 16], [3, 3, 16, 16], [3, 3, 16, 24], [1, 1, 24, 24], [16], [16], [16]],
    fn: (x, w1, w2, w3, mean, scale, offset) => {
      const conv = (image: Tensor, w: Tensor, stride = 1) =>
        tf.conv2d(image as Image, tf.mul(w, 0.1) as Image, stride, 'same');
      const normal = (image: Tensor) =>
        tf.batchNorm(
          image as Image,
          mean as Tensor1D,
          tf.onesLike(mean) as Tensor1D,
          offset as Tensor1D,
          scale as Tensor1D,
          1e-3,
        );
      const first = normal(conv(x, w1));
      const second = normal(conv(tf.relu(first), w1));
      const twice = tf.add(second, second);
      const third = conv(tf.avgPool(twice as Image, 2, 2, 'valid'), w2, 2);
      const fourth = tf.add(tf.relu(third), conv(third, w3));
      return tf.concat([tf.reshape(tf.transpose(fourth, [0, 3, 1, 2]), [-1]), tf.reshape(first, [-1])]);
    },
    gradient: false,
  },
];

export const convolutionCases: readonly EngineCase[] = [
  ...inBlocks,
  threeTerms,
  ...oddChannels,
  ...largeEnough,
  ...planar,
  ...depthwise,
  ...poolings,
  ...onImages,
];
