import { axisOf, listAttribute, numberAttribute, typeAttribute, type Kernel, type KernelTable } from '../kernel.ts';
import { sizeOf, type Shape } from '../../types.ts';
import { arrange, commonOrder, shapeOf, transposeView, viewOf, type View } from '../view.ts';
import type { GraphBuilder } from '../builder.ts';
import type { ElementType, Value } from '../../onnx/graph.ts';

function filled(graph: GraphBuilder, shape: Shape, number: number, type: ElementType): Value {
  const size = sizeOf(shape);
  if (type === 'float32') return graph.constant(new Float32Array(size).fill(number), shape, type);
  if (type === 'int32') return graph.constant(new Int32Array(size).fill(number), shape, type);
  return graph.constant(new Uint8Array(size).fill(number), shape, type);
}

function concat(graph: GraphBuilder, parts: Value[], axis: number): Value {
  if (parts.length === 1) return parts[0];
  const shape = parts[0].shape.map((extent, i) =>
    i === axis ? parts.reduce((sum, part) => sum + part.shape[i], 0) : extent,
  );
  return graph.emit('Concat', parts, shape, parts[0].type, { axis });
}

const sliceKernel: Kernel = ({ graph, views: { x }, attributes }) => {
  const extents = shapeOf(x);
  const given = listAttribute(attributes, 'begin');
  const begin = extents.map((_, i) => given[i] ?? 0);
  const sizes = listAttribute(attributes, 'size');
  const size = extents.map((extent, i) => (sizes[i] === undefined || sizes[i] === -1 ? extent - begin[i] : sizes[i]));
  return viewOf(graph.slice(x.value, placed(begin, x), placed(size, x)), x.order);
};

/** What stands for the axes of a tensor, in the order in which they lie. */
function placed<T>(ofAxes: readonly T[], { order }: View): T[] {
  return order ? order.map((_, place) => ofAxes[order.indexOf(place)]) : [...ofAxes];
}

const split: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const axis = axisOf(numberAttribute(attributes, 'axis'), x.shape);
  const given = attributes.numOrSizeSplits;
  const count = typeof given === 'number' ? given : 0;
  const sizes = Array.isArray(given)
    ? [...(given as number[])]
    : Array.from({ length: count }, () => x.shape[axis] / count);
  const open = sizes.indexOf(-1);
  if (open >= 0) sizes[open] = x.shape[axis] - sizes.reduce((sum, size) => sum + size, 1);
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += size;
    return graph.slice(
      x,
      begin,
      x.shape.map((extent, i) => (i === axis ? size : extent)),
    );
  });
};

const pack: Kernel = ({ graph, inputs, attributes }) => {
  const parts = Object.values(inputs);
  const axis = axisOf(numberAttribute(attributes, 'axis'), [...parts[0].shape, 1]);
  const shape = parts[0].shape.toSpliced(axis, 0, 1);
  return concat(
    graph,
    parts.map((part) => graph.reshape(part, shape)),
    axis,
  );
};

const unpack: Kernel = ({ graph, inputs: { value }, attributes }) => {
  const axis = axisOf(numberAttribute(attributes, 'axis'), value.shape);
  const size = value.shape.map((extent, i) => (i === axis ? 1 : extent));
  const shape = value.shape.filter((_, i) => i !== axis);
  return Array.from({ length: value.shape[axis] }, (_, row) =>
    graph.reshape(
      graph.slice(
        value,
        value.shape.map((_extent, i) => (i === axis ? row : 0)),
        size,
      ),
      shape,
    ),
  );
};

/** On paper: see `View`. */
const transpose: Kernel = ({ views: { x }, attributes }) => transposeView(x, listAttribute(attributes, 'perm'));

const tile: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const reps = listAttribute(attributes, 'reps');
  const shape = x.shape.map((extent, i) => extent * reps[i]);
  // Repeating axes of extent one is a broadcast, which Expand does without copying element runs.
  if (x.shape.every((extent, i) => extent === 1 || reps[i] === 1)) return graph.expand(x, shape);
  return graph.emit('Tile', [x, graph.integers(reps)], shape, x.type);
};

const pad: Kernel = ({ graph, views: { x }, attributes }) => {
  const given = attributes.paddings as [number, number][];
  const paddings = placed(given, x);
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const fill = graph.scalar(
    numberAttribute(attributes, 'constantValue') ?? 0,
    x.value.type === 'int32' ? 'int32' : 'float32',
  );
  const shape = x.value.shape.map((extent, i) => extent + paddings[i][0] + paddings[i][1]);
  return viewOf(graph.emit('Pad', [x.value, graph.integers(pads), fill], shape, x.value.type), x.order);
};

const reverse: Kernel = ({ graph, inputs: { x }, attributes }) => {
  const axes = listAttribute(attributes, 'dims').map((axis) => axisOf(axis, x.shape));
  const ones = axes.map(() => -1);
  // ONNX counts the open end of a backward slice as the most negative integer.
  const ends = axes.map((axis) => -x.shape[axis] - 1);
  return graph.emit(
    'Slice',
    [x, graph.integers(ones), graph.integers(ends), graph.integers(axes), graph.integers(ones)],
    x.shape,
    x.type,
  );
};

export const shapes: KernelTable = {
  Identity: ({ views: { x } }) => x,
  Reshape: ({ graph, inputs: { x }, attributes }) => {
    const shape = listAttribute(attributes, 'shape');
    const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    return graph.reshape(
      x,
      shape.map((extent) => (extent === -1 ? sizeOf(x.shape) / known : extent)),
    );
  },
  ExpandDims: ({ graph, inputs: { input }, attributes }) => {
    const axis = axisOf(numberAttribute(attributes, 'dim'), [...input.shape, 1]);
    return graph.reshape(input, input.shape.toSpliced(axis, 0, 1));
  },
  Transpose: transpose,
  Tile: tile,
  Slice: sliceKernel,
  SplitV: split,
  Concat: ({ graph, views, attributes }) => {
    const parts = Object.values(views).filter(({ value }) => sizeOf(value.shape) > 0);
    const order = commonOrder(parts);
    const axis = axisOf(numberAttribute(attributes, 'axis'), shapeOf(parts[0]));
    return viewOf(
      concat(
        graph,
        parts.map((part) => arrange(graph, part, order)),
        order?.[axis] ?? axis,
      ),
      order,
    );
  },
  Pack: pack,
  Unpack: unpack,
  PadV2: pad,
  Reverse: reverse,
  Fill: ({ graph, attributes }) => {
    const shape = listAttribute(attributes, 'shape');
    return filled(graph, shape, numberAttribute(attributes, 'value'), typeAttribute(attributes, 'dtype') ?? 'float32');
  },
  ZerosLike: ({ graph, inputs: { x } }) => filled(graph, x.shape, 0, x.type),
  OnesLike: ({ graph, inputs: { x } }) => filled(graph, x.shape, 1, x.type),
};
