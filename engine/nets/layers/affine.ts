import { tf, type Tensor1D, type Tensor4D } from '../../tf.ts';

/** Scale and shift of a norm, `[channels]` each. */
export interface Affine {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
}

/** x·γ + β, channel by channel. */
export function affine(x: Tensor4D, { gamma, beta }: Affine): Tensor4D {
  return tf.add(tf.mul(x, gamma), beta);
}

/** Added to variances under the square root, in batch norm and group norm, as in PyTorch. */
export const epsilon = 1e-5;
