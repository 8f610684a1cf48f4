import type { Kernel, KernelTable } from '../kernel.ts';
import type { GraphBuilder } from '../builder.ts';
import { arrange, channelsFirst, shapeOf, viewOf } from '../view.ts';
import { sizeOf } from '../../types.ts';
import { imageShape, poolingGeometry, type Geometry } from './image.ts';
import type { Attribute, Value } from '../../onnx/graph.ts';

function attributesOf({ kernel, strides, pads }: Geometry): Record<string, Attribute> {
  return { kernel_shape: [...kernel], strides: [...strides], pads: [...pads] };
}

const resultShape = ({ rows, outChannels, output }: Geometry) => imageShape(rows, outChannels, output);

const maxPool = (graph: GraphBuilder, image: Value, geometry: Geometry): Value[] =>
  graph.emitMany(
    'MaxPool',
    [image],
    [
      { shape: resultShape(geometry), type: 'float32' },
      // Which pixel was the largest: for the gradient. Dropped where nobody asks.
      { shape: resultShape(geometry), type: 'int64' },
    ],
    attributesOf(geometry),
  );

const pool =
  (op: (graph: GraphBuilder, image: Value, geometry: Geometry) => Value): Kernel =>
  ({ graph, views: { x }, attributes }) => {
    const geometry = poolingGeometry(shapeOf(x), attributes);
    return viewOf(op(graph, arrange(graph, x, channelsFirst), geometry), channelsFirst);
  };

const touching = ({ kernel, strides }: Geometry): boolean => kernel.every((extent, i) => extent <= strides[i]);

/** The gradient goes to the first largest pixel of every window, which the pooling itself names when asked. */
const maxPoolGradient: Kernel = ({ graph, views: { dy, input }, attributes }) => {
  const geometry = poolingGeometry(shapeOf(input), attributes);
  const image = arrange(graph, input, channelsFirst);
  const gradient = arrange(graph, dy, channelsFirst);
  const [, places] = maxPool(graph, image, geometry);
  const result = touching(geometry)
    ? graph.emit(
        'MaxUnpool',
        [gradient, places, graph.integers(image.shape)],
        image.shape,
        'float32',
        attributesOf(geometry),
      )
    : addAt(graph, gradient, places, image.shape);
  return viewOf(result, channelsFirst);
};

/** Zeros to which the gradient is added at the places, which may repeat where windows overlap. */
function addAt(graph: GraphBuilder, gradient: Value, places: Value, shape: readonly number[]): Value {
  const size = sizeOf(shape);
  const zeros = graph.expand(graph.scalar(0), [size]);
  const flat = [sizeOf(gradient.shape)];
  const sum = graph.emit(
    'ScatterElements',
    [zeros, graph.reshape(places, flat), graph.reshape(gradient, flat)],
    [size],
    'float32',
    { axis: 0, reduction: 'add' },
  );
  return graph.reshape(sum, shape);
}

/** Every pixel of a window gets its share of the gradient. As tfjs does, padding counts as part of the window here. */
const averagePoolGradient: Kernel = ({ graph, views: { dy, input }, attributes }) => {
  const geometry = poolingGeometry(shapeOf(input), attributes);
  const { rows, inChannels, kernel, strides, pads, input: extents, output } = geometry;
  const gradient = arrange(graph, dy, channelsFirst);
  const shape = imageShape(rows, inChannels, extents);
  const share = graph.binary('Mul', gradient, graph.scalar(1 / (kernel[0] * kernel[1])));
  // One window: its share for all.
  if (output[0] === 1 && output[1] === 1 && kernel.every((extent, i) => extent === extents[i]))
    return viewOf(graph.expand(share, shape), channelsFirst);
  const ones = graph.constant(
    new Float32Array(inChannels * kernel[0] * kernel[1]).fill(1),
    [inChannels, 1, ...kernel],
    'float32',
  );
  const extra = [0, 1].map((i) => extents[i] + pads[i] + pads[i + 2] - kernel[i] - (output[i] - 1) * strides[i]);
  const spread = graph.emit('ConvTranspose', [share, ones], shape, 'float32', {
    ...attributesOf(geometry),
    output_padding: extra,
    group: inChannels,
  });
  return viewOf(spread, channelsFirst);
};

export const poolings: KernelTable = {
  MaxPool: pool((graph, image, geometry) => maxPool(graph, image, geometry)[0]),
  MaxPoolGrad: maxPoolGradient,
  AvgPool: pool((graph, image, geometry) =>
    graph.emit('AveragePool', [image], resultShape(geometry), 'float32', attributesOf(geometry)),
  ),
  AvgPoolGrad: averagePoolGradient,
};
