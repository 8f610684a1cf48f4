import { sizeOf, type Shape } from '../types.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from './builder.ts';

/**
 * What a tensor of a traced function stands for: a value of the graph, whose axes may lie in another order. tfjs means images as
 * rows × height × width × channels, ONNX convolves rows × channels × height × width: a view changes the order on paper, and a
 * `Transpose` is emitted only where an operator needs the very order that tfjs means.
 */
export interface View {
  readonly value: Value;
  /** Axis i of the tensor is axis `order[i]` of the value; null where the order is the same. */
  readonly order: readonly number[] | null;
}

/** The order of an image's axes in ONNX: axis i of rows × height × width × channels is axis `channelsFirst[i]`. */
export const channelsFirst: readonly number[] = [0, 2, 3, 1];

export function viewOf(value: Value, order: readonly number[] | null = null): View {
  return { value, order: order?.some((axis, i) => axis !== i) ? order : null };
}

/** The shape of the tensor that a view stands for. */
export function shapeOf({ value, order }: View): Shape {
  return order ? order.map((axis) => value.shape[axis]) : value.shape;
}

/** The view of the transposed tensor: its axis i is axis `perm[i]` of the tensor. */
export function transposeView({ value, order }: View, perm: readonly number[]): View {
  return viewOf(
    value,
    perm.map((axis) => (order ? order[axis] : axis)),
  );
}

/** The value that holds the tensor in the order that tfjs means. */
export function plainValue(graph: GraphBuilder, view: View): Value {
  return arrange(graph, view, null);
}

/**
 * The value that holds the tensor with its axis i as axis `order[i]`. A tensor of lower rank is given leading axes of extent 1 first, as
 * broadcasting would.
 */
export function arrange(graph: GraphBuilder, view: View, order: readonly number[] | null): Value {
  const rank = order?.length ?? shapeOf(view).length;
  const wanted = order ?? Array.from({ length: rank }, (_, axis) => axis);
  const missing = rank - shapeOf(view).length;
  const have = [
    ...Array.from({ length: missing }, (_, axis) => axis),
    ...(view.order ?? view.value.shape.map((_, axis) => axis)).map((axis) => axis + missing),
  ];
  const extents = [...Array.from({ length: missing }, () => 1), ...view.value.shape];
  // perm[j]: which axis of what there is becomes axis j of what is wanted.
  const perm = wanted.map((_, j) => have[wanted.indexOf(j)]);
  const shape = perm.map((axis) => extents[axis]);
  if (sizeOf(view.value.shape) === 1 && missing === rank) return view.value;
  const moving = perm.filter((axis) => extents[axis] !== 1);
  // Moving axes of extent 1 moves nothing in memory.
  if (moving.every((axis, i) => i === 0 || axis > moving[i - 1])) return graph.reshape(view.value, shape);
  return graph.transpose(graph.reshape(view.value, extents), perm);
}

/** The order that several tensors are best brought to for an element-wise operation: that of the first one of highest rank that has one. */
export function commonOrder(views: readonly View[]): readonly number[] | null {
  const rank = Math.max(...views.map(({ value }) => value.shape.length));
  return views.find(({ order }) => order?.length === rank)?.order ?? null;
}
