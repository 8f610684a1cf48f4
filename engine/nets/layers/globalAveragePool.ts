import { tf, type Tensor2D, type Tensor4D } from '../../tf.ts';

/** `[rows, height, width, channels]` → `[rows, channels]`, the mean over the map. */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  return tf.mean(x, [1, 2]);
}
