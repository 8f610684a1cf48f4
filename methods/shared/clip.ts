import { dot, mapTensors, tf, type Tensors } from '../../engine/index.ts';

/** Gradients, scaled down to the Euclidean norm `largest` over all of them if theirs is larger. */
export function clipNorm(gradients: Tensors, largest: number): Tensors {
  const norm = tf.sqrt(dot(gradients, gradients));
  const scale = tf.div(largest, tf.maximum(norm, largest));
  return mapTensors(gradients, (gradient) => tf.mul(gradient, scale));
}
