import { tf, type Tensor1D, type Tensor2D } from '../../tf.ts';

/** x·W + b, or x·W without a bias: `x` `[rows, in]`, `weight` `[in, out]`, `bias` `[out]` → `[rows, out]`. */
export function linear(x: Tensor2D, weight: Tensor2D, bias?: Tensor1D): Tensor2D {
  const product: Tensor2D = tf.matMul(x, weight);
  return bias ? tf.add(product, bias) : product;
}
