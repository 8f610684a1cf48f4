import { hasKernel, tf, type Tensor4D } from '../../tf.ts';
import { customGradient } from './customGradient.ts';
import { patches } from './patches.ts';

/**
 * Convolution as in PyTorch: `x` `[rows, height, width, in]`, `filter` `[out, in, kernelHeight, kernelWidth]`, padded with `kernel >> 1` zeros on
 * every side, without bias → `[rows, ⌊(height + 2·pad − kernel) / stride⌋ + 1, …, out]`.
 */
export function convolution(x: Tensor4D, filter: Tensor4D, stride: number): Tensor4D {
  const [outputs, inputs, kernelHeight, kernelWidth] = filter.shape;
  const [top, left] = [kernelHeight >> 1, kernelWidth >> 1];
  const padding: Padding = [[0, 0], [top, top], [left, left], [0, 0]]; // prettier-ignore
  // tfjs's own gradient, where the backend has a kernel for that of the filter; its WebAssembly backend has not.
  if (hasKernel('Conv2DBackpropFilter')) return tf.conv2d(x, toHwio(filter), stride, padding);
  const convolve = customGradient(
    (image: Tensor4D, weights: Tensor4D) => tf.conv2d(image, toHwio(weights), stride, padding),
    (dy, [image, weights]) => {
      const windows = patches(image, [kernelHeight, kernelWidth], stride);
      const sums = tf.matMul(tf.reshape(windows, [-1, windows.shape[3]]), tf.reshape(dy, [-1, outputs]), true);
      return [
        tf.conv2dTranspose(dy, toHwio(weights), image.shape, stride, padding),
        tf.transpose(tf.reshape(sums, [kernelHeight, kernelWidth, inputs, outputs]), [3, 2, 0, 1]),
      ];
    },
  );
  return convolve(x, filter);
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];

function toHwio(filter: Tensor4D): Tensor4D {
  return tf.transpose(filter, [2, 3, 1, 0]);
}
