import { tf, type Tensor4D } from '../../tf.ts';

/** Extent of a convolution's output along one axis, with PyTorch's padding of `kernel >> 1` on both sides. */
export function outputExtent(extent: number, kernel: number, stride: number): number {
  return Math.floor((extent + 2 * (kernel >> 1) - kernel) / stride) + 1;
}

/**
 * The windows that a convolution looks at, side by side: `[rows, height, width, channels]` →
 * `[rows, outHeight, outWidth, kernelHeight·kernelWidth·channels]`, zero outside the image, the window's rows outermost.
 */
export function patches(x: Tensor4D, [kernelHeight, kernelWidth]: readonly [number, number], stride: number): Tensor4D {
  const [rows, height, width, channels] = x.shape;
  const outHeight = outputExtent(height, kernelHeight, stride);
  const outWidth = outputExtent(width, kernelWidth, stride);
  // Enough zeros after the image for a slice of stride·out rows from every place in the window.
  const padded: Tensor4D = tf.pad(x, [
    [0, 0],
    padding(height, kernelHeight, stride * outHeight),
    padding(width, kernelWidth, stride * outWidth),
    [0, 0],
  ]);
  const places = Array.from({ length: kernelHeight * kernelWidth }, (_, place) => {
    const begin = [0, Math.floor(place / kernelWidth), place % kernelWidth, 0] as const;
    const part: Tensor4D = tf.slice(padded, [...begin], [rows, stride * outHeight, stride * outWidth, channels]);
    return everyOther(part, stride);
  });
  return places.length === 1 ? places[0] : tf.concat(places, 3);
}

function padding(extent: number, kernel: number, reach: number): [number, number] {
  const before = kernel >> 1;
  return [before, kernel - 1 + reach - before - extent];
}

/** Keeps every stride-th row and column, from the first on. Both extents must be multiples of the stride. */
function everyOther(x: Tensor4D, stride: number): Tensor4D {
  if (stride === 1) return x;
  const [rows, height, width, channels] = x.shape;
  const [outHeight, outWidth] = [height / stride, width / stride];
  // By reshaping and slicing only, which every backend has.
  const lines = tf.slice(
    tf.reshape(x, [rows, outHeight, stride * width * channels]),
    [0, 0, 0],
    [rows, outHeight, width * channels],
  );
  const points = tf.slice(
    tf.reshape(lines, [rows * outHeight, outWidth, stride * channels]),
    [0, 0, 0],
    [rows * outHeight, outWidth, channels],
  );
  return tf.reshape(points, [rows, outHeight, outWidth, channels]);
}
