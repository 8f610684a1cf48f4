import { tf, type Tensor4D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

const sizes = [
  { from: [1, 3, 4, 2], to: [6, 5] },
  { from: [2, 5, 6, 1], to: [2, 4] },
  { from: [1, 1, 1, 3], to: [3, 2] },
  { from: [1, 4, 4, 1], to: [1, 1] },
  { from: [2, 3, 3, 2], to: [7, 5] },
  { from: [1, 6, 6, 1], to: [4, 4] },
] as const;

/** Align corners, half-pixel centres. */
const grids = [
  [false, false],
  [true, false],
  [false, true],
] as const;

/**
 * Whether tfjs's cpu backend has the gradient: it mixes up height and width, does not come to an end where a scale is 0 or infinite, and
 * refuses half-pixel centres.
 */
function comparable(from: readonly number[], to: readonly number[], corners: boolean, centres: boolean): boolean {
  return from[1] === from[2] && to[0] === to[1] && !centres && !(corners && [from[1], ...to].includes(1));
}

export const localCases: readonly EngineCase[] = [
  {
    name: 'localResponseNormalization',
    shapes: [[2, 2, 3, 7]],
    fn: (x) => tf.localResponseNormalization(x as Tensor4D, 2, 1.5, 0.7, 0.6),
  },
  {
    name: 'localResponseNormalization of one channel',
    shapes: [[1, 2, 2, 1]],
    fn: (x) => tf.localResponseNormalization(x as Tensor4D),
  },
  ...sizes.flatMap(({ from, to: [height, width] }) =>
    grids.flatMap(([corners, centres]) =>
      (['resizeBilinear', 'resizeNearestNeighbor'] as const).map((op): EngineCase => ({
        name: `${op} ${from.join('×')} → ${height}×${width}${corners ? ', corners aligned' : ''}${centres ? ', half-pixel centres' : ''}`,
        shapes: [from],
        fn: (x) => tf.image[op](x as Tensor4D, [height, width], corners, centres),
        gradient: comparable(from, [height, width], corners, centres) ? undefined : false,
      })),
    ),
  ),
];
