import { tf, type Tensor2D, type Tensor4D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

export const productCases: readonly EngineCase[] = [
  {
    name: 'matMul',
    shapes: [
      [3, 4],
      [4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul of vectors',
    shapes: [
      [1, 4],
      [4, 1],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul transposed left',
    shapes: [
      [4, 3],
      [4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b, true),
  },
  {
    name: 'matMul transposed right',
    shapes: [
      [3, 4],
      [5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    name: 'matMul transposed both',
    shapes: [
      [4, 3],
      [5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'batched matMul',
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'batched matMul transposed',
    shapes: [
      [2, 4, 3],
      [2, 5, 4],
    ],
    fn: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'batched matMul, batch of one',
    shapes: [
      [1, 3, 4],
      [1, 4, 5],
    ],
    fn: (a, b) => tf.matMul(a, b),
  },
  { name: 'product with bias', shapes: [[3, 4], [4, 5], [5]], fn: (a, b, c) => tf.add(tf.matMul(a, b), c) },
  {
    name: 'update by a product',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => tf.sub(p, tf.mul(0.3, tf.matMul(a, b))),
  },
  {
    name: 'update by a product and a scalar input',
    shapes: [[3, 4], [4, 5], [3, 5], []],
    fn: (a, b, p, rate) => tf.sub(p, tf.mul(rate, tf.matMul(a, b))),
  },
  {
    name: 'product minus a matrix',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => tf.sub(tf.matMul(a, b), tf.mul(p, 0.5)),
  },
  {
    name: 'momentum update',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, v) => tf.add(tf.mul(v, 0.9), tf.matMul(a, b)),
  },
  {
    name: 'sum of two products',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 2],
      [2, 5],
    ],
    fn: (a, b, c, d) => tf.add(tf.matMul(a, b), tf.matMul(c, d)),
  },
  {
    name: 'product used twice',
    shapes: [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    fn: (a, b, p) => {
      const ab = tf.matMul(a, b);
      return tf.mul(tf.add(ab, p), ab);
    },
  },
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).map((activation): EngineCase => ({
    name: `fusedMatMul with ${activation}`,
    shapes: [[3, 4], [4, 5], [5]],
    fn: (a, b, bias) => tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias, activation, leakyreluAlpha: 0.3 }),
    gradient: activation === 'linear' || activation === 'relu',
  })),
  {
    name: 'fusedMatMulPrelu, transposed',
    shapes: [[4, 3], [5, 4], [5], [5]],
    fn: (a, b, bias, alpha) =>
      tf.fused.matMul({
        a: a as Tensor2D,
        b: b as Tensor2D,
        transposeA: true,
        transposeB: true,
        bias,
        activation: 'prelu',
        preluActivationWeights: alpha,
      }),
    gradient: false,
  },
  ...(['linear', 'relu', 'sigmoid'] as const).flatMap((activation): EngineCase[] => [
    {
      name: `fusedConv2d with ${activation}`,
      shapes: [[2, 5, 5, 3], [3, 3, 3, 4], [4]],
      fn: (x, filter, bias) =>
        tf.fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides: 1, pad: 'same', bias, activation }),
      gradient: activation !== 'sigmoid',
    },
    {
      name: `fusedDepthwiseConv2d with ${activation}`,
      shapes: [[2, 5, 5, 3], [3, 3, 3, 1], [3]],
      fn: (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          x: x as Tensor4D,
          filter: filter as Tensor4D,
          strides: 1,
          pad: 'valid',
          bias,
          activation,
        }),
      gradient: false,
    },
  ]),
  {
    name: 'einsum of a product',
    shapes: [
      [3, 4],
      [4, 5],
    ],
    fn: (a, b) => tf.einsum('ij,jk->ik', a, b),
    gradient: false,
  },
  {
    name: 'einsum of batches',
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    fn: (a, b) => tf.einsum('bij, bkj -> bik', a, b),
    gradient: false,
  },
  { name: 'einsum of one', shapes: [[3, 4]], fn: (a) => tf.einsum('ij->ji', a), gradient: false },
];
