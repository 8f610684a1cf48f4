import { tf, type Tensor4D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

export const rearrangeCases: readonly EngineCase[] = [
  {
    name: 'mirrorPad reflect',
    shapes: [[3, 4]],
    fn: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
    gradient: false,
  },
  {
    name: 'mirrorPad symmetric',
    shapes: [[3, 4]],
    fn: (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [2, 0],
        ],
        'symmetric',
      ),
    gradient: false,
  },
  { name: 'stridedSlice', shapes: [[5, 6]], fn: (x) => tf.stridedSlice(x, [0, 1], [5, 6], [2, 3]), gradient: false },
  {
    name: 'stridedSlice backward',
    shapes: [[5, 4]],
    fn: (x) => tf.stridedSlice(x, [4, 3], [0, 0], [-2, -1], 0, 3),
    gradient: false,
  },
  {
    name: 'stridedSlice with masks',
    shapes: [[4, 5]],
    fn: (x) => tf.stridedSlice(x, [1, 2], [3, 4], [1, 1], 1, 2),
    gradient: false,
  },
  {
    name: 'stridedSlice that drops an axis',
    shapes: [[4, 5]],
    fn: (x) => tf.stridedSlice(x, [2, 0], [3, 5], [1, 1], 0, 0, 0, 0, 1),
    gradient: false,
  },
  {
    name: 'stridedSlice that adds an axis',
    shapes: [[4, 5]],
    fn: (x) => tf.stridedSlice(x, [0, 1], [1, 4], [1, 2], 0, 0, 0, 1, 0),
    gradient: false,
  },
  {
    name: 'spaceToBatchND',
    shapes: [[1, 4, 6, 2]],
    fn: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  {
    name: 'spaceToBatchND with padding',
    shapes: [[2, 3, 4, 1]],
    fn: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [1, 0],
          [1, 1],
        ],
      ),
  },
  {
    name: 'batchToSpaceND',
    shapes: [[6, 2, 2, 3]],
    fn: (x) =>
      tf.batchToSpaceND(
        x,
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  {
    name: 'batchToSpaceND, cropped',
    shapes: [[4, 2, 3, 1]],
    fn: (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
  },
  {
    name: 'depthToSpace',
    shapes: [[2, 2, 3, 8]],
    fn: (x) => tf.depthToSpace(x as Tensor4D, 2, 'NHWC'),
    gradient: false,
  },
  { name: 'flipLeftRight', shapes: [[2, 2, 5, 3]], fn: (x) => tf.image.flipLeftRight(x as Tensor4D), gradient: false },
  { name: 'broadcastTo', shapes: [[3, 1]], fn: (x) => tf.broadcastTo(x, [2, 3, 4]) },
];
