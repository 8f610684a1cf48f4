import { tf, type Tensor, type Tensor4D } from '../../tf.ts';

/**
 * Maximum over windows of 2 × 2 with stride 2: `[rows, height, width, channels]` → `[rows, ⌊height/2⌋, ⌊width/2⌋, channels]`; an odd last
 * row or column is left out. The gradient goes to the first of equal values, row by row, as in PyTorch.
 */
export function maxPool2(x: Tensor4D): Tensor4D {
  // tfjs's WebAssembly backend finds no largest value among negative ones: there the gradient goes astray.
  if (tf.getBackend() !== 'wasm') return tf.maxPool(x, 2, 2, 'valid');
  const [rows, height, width, channels] = x.shape;
  const [outHeight, outWidth] = [height >> 1, width >> 1];
  const even = tf.slice(x, [0, 0, 0, 0], [rows, 2 * outHeight, 2 * outWidth, channels]);
  const acrossColumns = larger(tf.reshape(even, [rows * 2 * outHeight * outWidth, 2 * channels]));
  const acrossRows = larger(tf.reshape(acrossColumns, [rows * outHeight, 2 * outWidth * channels]));
  return tf.reshape(acrossRows, [rows, outHeight, outWidth, channels]);
}

/** `[n, 2m]` → `[n, m]`, the larger of x[·, i] and x[·, m + i]. The gradient of tf.maximum goes to the first of equals. */
function larger(x: Tensor): Tensor {
  const [count, both] = x.shape;
  const half = both / 2;
  return tf.maximum(tf.slice(x, [0, 0], [count, half]), tf.slice(x, [0, half], [count, half]));
}
