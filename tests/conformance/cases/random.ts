import { createRng } from '../../../base/index.ts';
import { tf, type Shape, type Tensor, type Tensor2D } from '../../../engine/index.ts';
import type { EngineCase } from './types.ts';

const rng = createRng('engine cases');

/** Random shapes of rank 1 to 4 with extents 1 to 6, each with one that broadcasts to it. */
export const randomShapes: readonly (readonly [Shape, Shape])[] = Array.from({ length: 4 }, () => {
  const shape = Array.from({ length: 1 + rng.integer(4) }, () => 1 + rng.integer(6));
  const tail = shape.slice(rng.integer(shape.length));
  return [shape, tail.map((extent) => (rng.uniform() < 0.4 ? 1 : extent))] as const;
});

/** Matrix products and reductions of random sizes, as nothing about them should depend on a size. */
export const randomSizes: readonly EngineCase[] = Array.from({ length: 4 }, () => {
  const [m, k, n] = Array.from({ length: 3 }, () => 1 + rng.integer(40));
  return [
    {
      name: `matMul ${m}×${k}×${n}`,
      shapes: [
        [m, k],
        [k, n],
      ],
      fn: (a: Tensor, b: Tensor) => tf.matMul(a, b),
    },
    { name: `sum of rows ${m}×${k}`, shapes: [[m, k]], fn: (x: Tensor) => tf.sum(x, 1) },
    { name: `max of columns ${m}×${n}`, shapes: [[m, n]], fn: (x: Tensor) => tf.max(x, 0) },
    { name: `logSoftmax ${k}×${n}`, shapes: [[k, n]], fn: (x: Tensor) => tf.logSoftmax(x as Tensor2D) },
  ];
}).flat();
