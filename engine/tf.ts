import * as tf from '@tensorflow/tfjs';

// In production mode tfjs keeps its banners off the user's terminal and skips its per-kernel debug checks.
tf.enableProdMode();

export { tf };

/** Whether the backend that is current has a kernel, by its tfjs name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

export type { Tensor, Tensor1D, Tensor2D, Tensor4D, Scalar, NamedTensorMap } from '@tensorflow/tfjs';
