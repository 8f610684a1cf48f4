import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

const index = (values: number[], shape: number[] = [values.length]): Tensor => tf.tensor(values, shape, 'int32');
const floats = (x: Tensor): Tensor => tf.cast(x, 'float32');

export const indexingCases: readonly EngineCase[] = [
  {
    name: 'gatherBatched rows',
    shapes: [[2, 4, 3]],
    fn: (x) => tf.gather(x, index([3, 0, 1, 1, 1, 2], [2, 3]) as Tensor1D, 1, 1),
  },
  {
    name: 'gatherBatched last axis',
    shapes: [[2, 3, 5]],
    fn: (x) => tf.gather(x, index([4, 0, 1, 2], [2, 2]) as Tensor1D, 2, 1),
  },
  {
    name: 'gatherND elements',
    shapes: [[3, 4]],
    fn: (x) => tf.gatherND(x, index([0, 1, 2, 3, 0, 1], [3, 2])),
    gradient: false,
  },
  {
    name: 'gatherND rows',
    shapes: [[3, 4, 2]],
    fn: (x) => tf.gatherND(x, index([2, 0, 2, 1], [4, 1])),
    gradient: false,
  },
  {
    name: 'scatterND elements, twice on one place',
    shapes: [[4]],
    fn: (x) => tf.scatterND(index([0, 5, 3, 5], [4, 1]), x, [7]),
    gradient: false,
  },
  {
    name: 'scatterND rows',
    shapes: [[2, 3]],
    fn: (x) => tf.scatterND(index([3, 0], [2, 1]), x, [4, 3]),
    gradient: false,
  },
  {
    name: 'scatterND coordinates',
    shapes: [[3]],
    fn: (x) => tf.scatterND(index([0, 1, 2, 0, 1, 1], [3, 2]), x, [3, 2]),
    gradient: false,
  },
  {
    name: 'tensorScatterUpdate rows',
    shapes: [
      [5, 3],
      [2, 3],
    ],
    fn: (x, updates) => tf.tensorScatterUpdate(x, index([4, 1], [2, 1]), updates),
    gradient: false,
  },
  {
    name: 'tensorScatterUpdate elements',
    shapes: [[3, 4], [2]],
    fn: (x, updates) => tf.tensorScatterUpdate(x, index([0, 3, 2, 2], [2, 2]), updates),
    gradient: false,
  },
  {
    name: 'sparseToDense list',
    shapes: [[3]],
    fn: (x) => tf.sparseToDense(index([1, 4, 2]), x, [6], tf.scalar(-1)),
    gradient: false,
  },
  {
    name: 'sparseToDense coordinates, one value',
    shapes: [[]],
    fn: (x) => tf.sparseToDense(index([0, 1, 2, 0], [2, 2]), x, [3, 2], tf.scalar(0.5)),
    gradient: false,
  },
  {
    name: 'bincount',
    shapes: [[6]],
    fn: (x) => tf.bincount(index([0, 3, 3, 9, 1, 3]) as Tensor1D, x as Tensor1D, 5),
    gradient: false,
  },
  {
    name: 'bincount without weights',
    shapes: [[4]],
    fn: (x) => tf.bincount(tf.cast(tf.abs(tf.round(x)), 'int32') as Tensor1D, tf.tensor1d([], 'float32'), 3),
    gradient: false,
  },
  {
    name: 'denseBincount of rows',
    shapes: [[2, 4]],
    fn: (x) => tf.denseBincount(index([0, 2, 2, 1, 3, 3, 7, 0], [2, 4]) as Tensor2D, x as Tensor2D, 4),
    gradient: false,
  },
  {
    name: 'denseBincount binary',
    shapes: [[2, 3]],
    fn: (x) => tf.denseBincount(tf.cast(tf.abs(tf.round(x)), 'int32') as Tensor2D, tf.tensor2d([], [0, 0]), 3, true),
    gradient: false,
  },
  ...(['left', 'right'] as const).map((side): EngineCase => ({
    name: `searchSorted ${side}`,
    shapes: [
      [2, 5],
      [2, 3],
    ],
    fn: (x, y) =>
      floats(
        tf.searchSorted(
          tf.tensor2d([-2, -1, -1, 0, 1, -1, 0, 0, 1, 2], [2, 5]),
          tf.add(tf.round(y), tf.mul(0, tf.sum(x))),
          side,
        ),
      ),
    gradient: false,
  })),
  { name: 'sort by topk', shapes: [[3, 5]], fn: (x) => tf.topk(x, 5).values, gradient: false },
  { name: 'diag', shapes: [[4]], fn: (x) => tf.diag(x), gradient: false },
  { name: 'diag of a matrix', shapes: [[2, 3]], fn: (x) => tf.diag(x), gradient: false },
  ...[0, 1, 2].flatMap((axis) =>
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ].map(([exclusive, reverse]): EngineCase => ({
      name: `cumprod axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
      shapes: [[2, 4, 3]],
      fn: (x) => tf.cumprod(x, axis, exclusive, reverse),
      gradient: false,
    })),
  ),
  { name: 'range', shapes: [[4]], fn: (x) => tf.mul(x, tf.range(1, 3, 0.5)) },
  {
    name: 'range of integers, backward',
    shapes: [[3]],
    fn: (x) => tf.mul(x, tf.cast(tf.range(6, 0, -2, 'int32'), 'float32')),
  },
  { name: 'linspace', shapes: [[5]], fn: (x) => tf.mul(x, tf.linspace(-1, 1, 5)) },
  { name: 'linspace of one', shapes: [[1]], fn: (x) => tf.mul(x, tf.linspace(3, 9, 1)) },
];
