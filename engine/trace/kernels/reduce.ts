import {
  axisOf,
  listAttribute,
  numberAttribute,
  type Kernel,
  type KernelAttributes,
  type KernelTable,
} from '../kernel.ts';
import type { Shape } from '../../types.ts';
import { shapeOf, viewOf } from '../view.ts';

interface Reduction {
  readonly axes: number[];
  readonly shape: number[];
  readonly keep: boolean;
}

function reductionOf(shape: Shape, attributes: KernelAttributes, key: string): Reduction {
  const given =
    attributes[key] === null || attributes[key] === undefined ? shape.map((_, i) => i) : listAttribute(attributes, key);
  const axes = given.map((axis) => axisOf(axis, shape)).toSorted((a, b) => a - b);
  const keep = attributes.keepDims === true;
  return {
    axes,
    keep,
    shape: shape.flatMap((extent, i) => (axes.includes(i) ? (keep ? [1] : []) : [extent])),
  };
}

/** A reduction over axes, in whatever order they lie. tfjs sums and averages booleans as numbers; ONNX wants them cast first. */
const reduce =
  (op: string, key = 'axis'): Kernel =>
  ({ graph, views: { x }, attributes }) => {
    const number = x.value.type === 'bool' ? graph.cast(x.value, 'int32') : x.value;
    const input = op === 'ReduceMean' ? graph.cast(number, 'float32') : number;
    const { axes, keep } = reductionOf(shapeOf(x), attributes, key);
    if (axes.length === 0) return viewOf(input, x.order);
    const places = axes.map((axis) => x.order?.[axis] ?? axis).toSorted((a, b) => a - b);
    const shape = input.shape.flatMap((extent, i) => (places.includes(i) ? (keep ? [1] : []) : [extent]));
    const reduced = graph.emit(op, [input, graph.integers(places)], shape, input.type, { keepdims: keep ? 1 : 0 });
    if (!x.order || keep) return viewOf(reduced, x.order);
    // The axes that are left keep their order among themselves.
    const left = x.order.filter((_, axis) => !axes.includes(axis));
    return viewOf(
      reduced,
      left.map((place) => left.filter((other) => other < place).length),
    );
  };

const logical =
  (op: string): Kernel =>
  ({ graph, inputs: { x }, attributes }) => {
    const { axes, shape, keep } = reductionOf(x.shape, attributes, 'axis');
    const reduced = graph.emit(op, [graph.cast(x, 'int32'), graph.integers(axes)], shape, 'int32', {
      keepdims: keep ? 1 : 0,
    });
    return graph.cast(reduced, 'bool');
  };

const extremum =
  (op: string): Kernel =>
  ({ graph, inputs: { x }, attributes }) => {
    const axis = axisOf(listAttribute(attributes, 'axis')[0], x.shape);
    const shape = x.shape.filter((_, i) => i !== axis);
    return graph.cast(graph.emit(op, [x], shape, 'int64', { axis, keepdims: 0 }), 'int32');
  };

const softmax =
  (op: string, key: string): Kernel =>
  ({ graph, inputs: { logits }, attributes }) =>
    graph.unary(op, logits, { axis: axisOf(numberAttribute(attributes, key), logits.shape) });

export const reductions: KernelTable = {
  Sum: reduce('ReduceSum'),
  Mean: reduce('ReduceMean'),
  Prod: reduce('ReduceProd'),
  Max: reduce('ReduceMax', 'reductionIndices'),
  Min: reduce('ReduceMin'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: extremum('ArgMax'),
  ArgMin: extremum('ArgMin'),
  Softmax: softmax('Softmax', 'dim'),
  LogSoftmax: softmax('LogSoftmax', 'axis'),
  Cumsum: ({ graph, inputs: { x }, attributes }) =>
    graph.emit(
      'CumSum',
      [x, graph.constant(BigInt64Array.of(BigInt(axisOf(numberAttribute(attributes, 'axis'), x.shape))), [], 'int64')],
      x.shape,
      x.type,
      {
        exclusive: attributes.exclusive ? 1 : 0,
        reverse: attributes.reverse ? 1 : 0,
      },
    ),
};
