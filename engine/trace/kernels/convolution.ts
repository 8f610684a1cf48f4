import { listAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import type { GraphBuilder } from '../builder.ts';
import { arrange, shapeOf, viewOf, type View } from '../view.ts';
import { convolutionGeometry, imageOrder, imageShape, type Geometry } from './image.ts';
import { filterGradient } from './filterGradient.ts';
import type { Attribute, Value } from '../../onnx/graph.ts';

/** tfjs: height, width, in, out. ONNX: out, in, height, width. */
const filterOrder = [2, 3, 1, 0];

/** tfjs: height, width, in, outputs of each. ONNX: in·outputs of each, 1, height, width, reached by a reshape from this order. */
const depthwiseOrder = [2, 3, 0, 1];

/** Channels from which on convolutions are computed in blocks of channels. */
const manyChannels = 32;

function attributesOf({ kernel, strides, dilations, pads }: Geometry, group = 1): Record<string, Attribute> {
  return { kernel_shape: [...kernel], strides: [...strides], dilations: [...dilations], pads: [...pads], group };
}

const convolve: Kernel = ({ graph, views: { x, filter }, attributes }) => {
  const geometry = convolutionGeometry(shapeOf(x), shapeOf(filter), attributes);
  const order = imageOrder(attributes);
  const result = graph.emit(
    'Conv',
    [arrange(graph, x, order), arrange(graph, filter, filterOrder)],
    imageShape(geometry.rows, geometry.outChannels, geometry.output),
    'float32',
    attributesOf(geometry),
  );
  return viewOf(result, order);
};

/**
 * The gradient with respect to the image: a transposed convolution. Where strides are 1, the convolution with the filter turned by 180° is
 * faster if the gradient has no more channels than the image, since it unfolds the smaller of the two, or if both have many.
 */
const inputGradient: Kernel = ({ graph, views: { dy, filter }, attributes }) => {
  const geometry = convolutionGeometry(listAttribute(attributes, 'inputShape'), shapeOf(filter), attributes);
  const { rows, inChannels, outChannels, input, strides, pads, kernel } = geometry;
  const order = imageOrder(attributes);
  const gradient = arrange(graph, dy, order);
  const shape = imageShape(rows, inChannels, input);
  // Where padding is larger than the kernel reaches, only the transposed convolution can say so.
  const smaller = outChannels <= inChannels || Math.min(inChannels, outChannels) >= manyChannels;
  const turned = smaller && strides.every((stride) => stride === 1) && fits(pads, kernel);
  const weight = arrange(graph, filter, filterOrder);
  const result = turned
    ? graph.emit('Conv', [gradient, turn(graph, weight)], shape, 'float32', {
        kernel_shape: [...kernel],
        pads: pads.map((pad, i) => kernel[i % 2] - 1 - pad),
      })
    : transposedConvolution(graph, gradient, weight, geometry, shape);
  return viewOf(result, order);
};

function fits(pads: Geometry['pads'], kernel: Geometry['kernel']): boolean {
  return pads.every((pad, i) => pad < kernel[i % 2]);
}

function transposedConvolution(
  graph: GraphBuilder,
  gradient: Value,
  weight: Value,
  { input, output, kernel, strides, pads }: Geometry,
  shape: readonly number[],
  group = 1,
): Value {
  // What the strides stepped over at the far end comes back as zeros.
  const extra = [0, 1].map((i) => input[i] + pads[i] + pads[i + 2] - kernel[i] - (output[i] - 1) * strides[i]);
  return graph.emit('ConvTranspose', [gradient, weight], shape, 'float32', {
    kernel_shape: [...kernel],
    strides: [...strides],
    pads: [...pads],
    output_padding: extra,
    group,
  });
}

/** Exchanges input and output channels of a filter and turns it by 180°. */
function turn(graph: GraphBuilder, weight: Value): Value {
  const exchanged = graph.transpose(weight, [1, 0, 2, 3]);
  const [, , height, width] = weight.shape;
  if (height === 1 && width === 1) return exchanged;
  return graph.emit(
    'Slice',
    [
      exchanged,
      graph.integers([-1, -1]),
      graph.integers([-height - 1, -width - 1]),
      graph.integers([2, 3]),
      graph.integers([-1, -1]),
    ],
    exchanged.shape,
    exchanged.type,
  );
}

const convolveDepthwise: Kernel = ({ graph, views: { x, filter }, attributes }) => {
  const geometry = convolutionGeometry(shapeOf(x), shapeOf(filter), attributes, true);
  const order = imageOrder(attributes);
  const result = graph.emit(
    'Conv',
    [arrange(graph, x, order), depthwiseWeight(graph, filter)],
    imageShape(geometry.rows, geometry.outChannels, geometry.output),
    'float32',
    attributesOf(geometry, geometry.inChannels),
  );
  return viewOf(result, order);
};

const depthwiseInputGradient: Kernel = ({ graph, views: { dy, filter }, attributes }) => {
  const inputShape = listAttribute(attributes, 'inputShape');
  const geometry = convolutionGeometry(inputShape, shapeOf(filter), attributes, true);
  const { rows, inChannels, input } = geometry;
  const result = transposedConvolution(
    graph,
    arrange(graph, dy, imageOrder(attributes)),
    depthwiseWeight(graph, filter),
    geometry,
    imageShape(rows, inChannels, input),
    inChannels,
  );
  return viewOf(result, imageOrder(attributes));
};

function depthwiseWeight(graph: GraphBuilder, filter: View): Value {
  const weight = arrange(graph, filter, depthwiseOrder);
  const [channels, each, height, width] = weight.shape;
  return graph.reshape(weight, [channels * each, 1, height, width]);
}

/**
 * Each channel with its own outputs: as many small convolutions side by side, in which the batch takes the place of the channels and
 * the gradient that of the filter.
 */
const depthwiseFilterGradient: Kernel = ({ graph, views: { x, dy }, attributes }) => {
  const filterShape = listAttribute(attributes, 'filterShape');
  const geometry = convolutionGeometry(shapeOf(x), filterShape, attributes, true);
  const { rows, inChannels, outChannels, input, output, kernel, strides, dilations, pads } = geometry;
  const order = imageOrder(attributes);
  const images = graph.reshape(graph.transpose(arrange(graph, x, order), [1, 0, 2, 3]), [
    1,
    inChannels * rows,
    ...input,
  ]);
  const filters = graph.transpose(arrange(graph, dy, order), [1, 0, 2, 3]);
  // The kernel may reach beyond the image, which is padding, or not reach its last rows and columns, which are cut off.
  const reach = [0, 1].map((i) => (output[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - pads[i]);
  const reached = graph.slice(
    images,
    [0, 0, 0, 0],
    [1, inChannels * rows, ...reach.map((end, i) => Math.min(end, input[i]))],
  );
  const result = graph.emit('Conv', [reached, filters], [1, outChannels, ...kernel], 'float32', {
    kernel_shape: [...output],
    strides: [...dilations],
    dilations: [...strides],
    pads: [pads[0], pads[1], ...reach.map((end, i) => Math.max(0, end - input[i]))],
    group: inChannels,
  });
  return viewOf(graph.reshape(result, [inChannels, outChannels / inChannels, ...kernel]), depthwiseOrder);
};

export const convolutions: KernelTable = {
  Conv2D: convolve,
  Conv2DBackpropInput: inputGradient,
  Conv2DBackpropFilter: filterGradient,
  DepthwiseConv2dNative: convolveDepthwise,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
};
