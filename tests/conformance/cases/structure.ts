import { tf, type Tensor1D, type Tensor2D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

const index = (values: number[]): Tensor1D => tf.tensor1d(values, 'int32');

export const structureCases: readonly EngineCase[] = [
  { name: 'sum all', shapes: [[3, 4]], fn: (x) => tf.sum(x) },
  { name: 'sum axis 0', shapes: [[3, 4]], fn: (x) => tf.sum(x, 0) },
  { name: 'sum last axis, kept', shapes: [[2, 3, 4]], fn: (x) => tf.sum(x, -1, true) },
  { name: 'sum two axes', shapes: [[2, 3, 4]], fn: (x) => tf.sum(x, [0, 2]) },
  {
    name: 'sum of booleans',
    shapes: [[3, 4]],
    fn: (x) => tf.cast(tf.sum(tf.greater(x, 0), 1), 'float32'),
    gradient: false,
  },
  { name: 'sum of a scalar', shapes: [[]], fn: (x) => tf.sum(x) },
  { name: 'mean all', shapes: [[3, 4]], fn: (x) => tf.mean(x) },
  { name: 'mean axis', shapes: [[3, 4]], fn: (x) => tf.mean(x, 1, true) },
  { name: 'prod', shapes: [[3, 4]], fn: (x) => tf.prod(x, 1), gradient: false },
  { name: 'max', shapes: [[3, 4]], fn: (x) => tf.max(x, 1) },
  { name: 'max all', shapes: [[1, 1]], fn: (x) => tf.max(x) },
  { name: 'min', shapes: [[3, 4]], fn: (x) => tf.min(x, 0, true) },
  {
    name: 'all and any',
    shapes: [[3, 4]],
    fn: (x) =>
      tf.add(tf.cast(tf.all(tf.greater(x, -1), 1), 'float32'), tf.cast(tf.any(tf.greater(x, 1), 1), 'float32')),
    gradient: false,
  },
  { name: 'argMax', shapes: [[5, 7]], fn: (x) => tf.cast(tf.argMax(x, 1), 'float32'), gradient: false },
  { name: 'argMin', shapes: [[5, 7]], fn: (x) => tf.cast(tf.argMin(x, 0), 'float32'), gradient: false },
  { name: 'cumsum', shapes: [[3, 4]], fn: (x) => tf.cumsum(x, 1) },
  { name: 'softmax', shapes: [[3, 5]], fn: (x) => tf.softmax(x as Tensor2D) },
  { name: 'logSoftmax', shapes: [[3, 5]], fn: (x) => tf.logSoftmax(x as Tensor2D) },
  { name: 'logSoftmax of one output', shapes: [[4, 1]], fn: (x) => tf.logSoftmax(x as Tensor2D) },
  { name: 'logSumExp', shapes: [[3, 5]], fn: (x) => tf.logSumExp(x, 1) },
  { name: 'norm', shapes: [[3, 5]], fn: (x) => tf.norm(x, 2, 1) },
  { name: 'reshape', shapes: [[3, 4]], fn: (x) => tf.reshape(x, [2, -1]) },
  { name: 'expandDims and squeeze', shapes: [[3, 1, 4]], fn: (x) => tf.expandDims(tf.squeeze(x, [1]), -1) },
  { name: 'transpose', shapes: [[2, 3, 4]], fn: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'tile of ones', shapes: [[1, 3]], fn: (x) => tf.tile(x, [4, 1]) },
  { name: 'tile', shapes: [[2, 3]], fn: (x) => tf.tile(x, [2, 3]) },
  { name: 'slice', shapes: [[4, 5]], fn: (x) => tf.slice(x, [1, 2], [2, -1]) },
  { name: 'slice of rows', shapes: [[4, 5]], fn: (x) => tf.slice(x, 1, 2) },
  {
    name: 'split',
    shapes: [[4, 6]],
    fn: (x) => tf.mul(tf.split(x, 2, 1)[0], tf.split(x, [2, 4], 1)[1].slice([0, 0], [4, 3])),
  },
  {
    name: 'concat',
    shapes: [
      [2, 3],
      [4, 3],
    ],
    fn: (a, b) => tf.concat([a, b], 0),
  },
  {
    name: 'stack',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    fn: (a, b) => tf.stack([a, b], 1),
  },
  { name: 'unstack', shapes: [[2, 3]], fn: (x) => tf.unstack(x, 1)[2] },
  {
    name: 'pad',
    shapes: [[2, 3]],
    fn: (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
  },
  { name: 'reverse', shapes: [[2, 3]], fn: (x) => tf.reverse(x, [1]) },
  {
    name: 'fill, zeros and ones',
    shapes: [[2, 3]],
    fn: (x) => tf.add(tf.mul(x, tf.fill([2, 3], 3)), tf.add(tf.onesLike(x), tf.zerosLike(x))),
  },
  {
    name: 'where',
    shapes: [
      [3, 4],
      [3, 4],
    ],
    fn: (a, b) => tf.where(tf.tensor2d([1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0], [3, 4], 'bool'), a, tf.mul(b, 2)),
  },
  { name: 'gather', shapes: [[5, 3]], fn: (x) => tf.gather(x, index([4, 0, 4, 2])) },
  { name: 'columns by gather', shapes: [[2, 5]], fn: (x) => tf.gather(x, index([1, 1, 3]), 1), gradient: false },
  { name: 'oneHot', shapes: [[4, 6]], fn: (x) => tf.mul(x, tf.oneHot(index([5, 0, 3, 3]), 6)) },
  {
    name: 'topk',
    shapes: [[3, 6]],
    fn: (x) => tf.add(tf.topk(x, 2).values, tf.cast(tf.topk(x, 2).indices, 'float32')),
    gradient: false,
  },
];
