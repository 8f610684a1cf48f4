import { listAttribute, type Kernel } from '../kernel.ts';
import type { GraphBuilder } from '../builder.ts';
import { arrange, shapeOf, viewOf, type View } from '../view.ts';
import { convolutionGeometry, imageOrder, type Geometry } from './image.ts';
import type { Value } from '../../onnx/graph.ts';

/** Channels from which on copying a pixel's channels by index is faster than copying planes slice by slice. */
const fewChannels = 8;

/**
 * The gradient of a convolution with respect to its filter: the product of the output's gradient `[out, rows·positions]` and the
 * patches of the image `[rows·positions, height·width·in]` that the filter saw. Unfolding the image and one large product beat the
 * convolution of the image with the gradient as a filter as large as the image, which ONNX would offer.
 */
export const filterGradient: Kernel = ({ graph, views: { x, dy }, attributes }) => {
  const geometry = convolutionGeometry(shapeOf(x), listAttribute(attributes, 'filterShape'), attributes);
  const { rows, inChannels, outChannels, output, kernel } = geometry;
  const order = imageOrder(attributes);
  const image = arrange(graph, x, order);
  const positions = output[0] * output[1];
  const taps = kernel[0] * kernel[1];
  if (inChannels < fewChannels) {
    const gradients = graph.reshape(arrange(graph, dy, order), [rows, outChannels, positions]);
    const patches = graph.reshape(planes(graph, image, geometry), [rows, taps * inChannels, positions]);
    const products = graph.emit(
      'FusedMatMul',
      [gradients, patches],
      [rows, outChannels, taps * inChannels],
      'float32',
      { transB: 1 },
      'com.microsoft',
    );
    const sum = graph.emit('ReduceSum', [products, graph.integers([0])], products.shape.slice(1), 'float32', {
      keepdims: 0,
    });
    return asFilter(graph, sum, geometry);
  }
  const gradients = graph.transpose(arrange(graph, dy, order), [1, 0, 2, 3]);
  const product = graph.emit(
    'Gemm',
    [
      graph.reshape(gradients, [outChannels, rows * positions]),
      graph.reshape(pixels(graph, image, geometry), [rows * positions, taps * inChannels]),
    ],
    [outChannels, taps * inChannels],
  );
  return asFilter(graph, product, geometry);
};

/** `[out, height·width·in]` as a filter. */
function asFilter(graph: GraphBuilder, gradient: Value, { inChannels, outChannels, kernel }: Geometry): View {
  return viewOf(graph.reshape(gradient, [outChannels, ...kernel, inChannels]), [1, 2, 3, 0]);
}

/** `[rows, positions, taps, in]`: every pixel under the filter at every position, copied with all its channels by its index. */
function pixels(graph: GraphBuilder, image: Value, geometry: Geometry): Value {
  const { rows, inChannels, input, output, kernel, strides, dilations, pads } = geometry;
  const positions = output[0] * output[1];
  const taps = kernel[0] * kernel[1];
  const lastChannels = graph.transpose(image, [0, 2, 3, 1]);
  if (taps === 1 && strides.every((stride) => stride === 1) && pads.every((pad) => pad === 0)) return lastChannels;
  const height = input[0] + pads[0] + pads[2];
  const width = input[1] + pads[1] + pads[3];
  const padded = pads.some((pad) => pad > 0)
    ? graph.emit(
        'Pad',
        [lastChannels, graph.integers([0, pads[0], pads[1], 0, 0, pads[2], pads[3], 0]), graph.scalar(0)],
        [rows, height, width, inChannels],
      )
    : lastChannels;
  const key = `pixels ${[width, ...output, ...kernel, ...strides, ...dilations].join()}`;
  const indices = graph.shared(key, () => {
    const places = new Int32Array(positions * taps);
    let next = 0;
    for (let top = 0; top < output[0]; top++)
      for (let left = 0; left < output[1]; left++)
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++)
            places[next++] = (top * strides[0] + i * dilations[0]) * width + left * strides[1] + j * dilations[1];
    return graph.constant(places, [positions, taps], 'int32');
  });
  const flat = graph.reshape(padded, [rows, height * width, inChannels]);
  return graph.emit('Gather', [flat, indices], [rows, positions, taps, inChannels], 'float32', { axis: 1 });
}

/** `[rows, taps·in, height, width]`: the image shifted to every tap of the filter. */
function planes(graph: GraphBuilder, image: Value, geometry: Geometry): Value {
  const { rows, inChannels, input, output, kernel, strides, dilations, pads } = geometry;
  const padded = pads.some((pad) => pad > 0)
    ? graph.emit(
        'Pad',
        [image, graph.integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]), graph.scalar(0)],
        [rows, inChannels, input[0] + pads[0] + pads[2], input[1] + pads[1] + pads[3]],
      )
    : image;
  const shifted: Value[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const starts = [i * dilations[0], j * dilations[1]];
      const ends = starts.map((start, axis) => start + (output[axis] - 1) * strides[axis] + 1);
      shifted.push(
        graph.emit(
          'Slice',
          [padded, graph.integers(starts), graph.integers(ends), graph.integers([2, 3]), graph.integers(strides)],
          [rows, inChannels, ...output],
        ),
      );
    }
  if (shifted.length === 1) return shifted[0];
  return graph.emit('Concat', shifted, [rows, shifted.length * inChannels, ...output], 'float32', { axis: 1 });
}
