import { tf, type Scalar, type Tensors } from '../../engine/index.ts';

/** Σ importance·(θ − anchor)² over all parameters. */
export function quadraticDistance(parameters: Tensors, anchor: Tensors, importance: Tensors): Scalar {
  return tf.addN(
    Object.keys(parameters).map((name) =>
      tf.sum(tf.mul(importance[name], tf.squaredDifference(parameters[name], anchor[name]))),
    ),
  ) as Scalar;
}
