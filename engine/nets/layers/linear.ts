import { tf, type Tensor1D, type Tensor2D } from '../../tf.ts';

/** x·W + b: `x` `[rows, in]`, `weight` `[in, out]`, `bias` `[out]` → `[rows, out]`. */
export function linear(x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  return tf.add(tf.matMul(x, weight), bias);
}
