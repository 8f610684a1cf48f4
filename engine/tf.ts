import { createRequire } from 'node:module';

/**
 * tfjs, required: `import` would first search its megabytes of CommonJS for the names that they export, which takes several times as
 * long as running them.
 */
const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs');

// In production mode tfjs keeps its banners off the user's terminal and skips its per-kernel debug checks.
tf.enableProdMode();

export { tf };

/** Whether the backend that is current has a kernel, by its tfjs name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

export type { Tensor, Tensor1D, Tensor2D, Tensor4D, Scalar, NamedTensorMap } from '@tensorflow/tfjs';
