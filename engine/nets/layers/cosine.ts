import { tf, type Scalar, type Tensor2D } from '../../tf.ts';

/** s·cos(x, w) from normalised features `[rows, in]` and normalised weights `[in, out]` → `[rows, out]`. */
export function cosine(features: Tensor2D, weight: Tensor2D, scale: Scalar): Tensor2D {
  return tf.mul(tf.matMul(features, weight), scale);
}

/** x / max(‖x‖₂, 10⁻⁶) along an axis: the norms are of rows (axis 1) or of columns (axis 0). */
export function unitNorm(x: Tensor2D, axis: 0 | 1): Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), axis, true), 1e-12)));
}
