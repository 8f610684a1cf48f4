import type { GraphBuilder } from './builder.ts';
import type { Shape } from '../types.ts';
import type { ElementType, Value } from '../onnx/graph.ts';
import { arrange, commonOrder, plainValue, viewOf, type View } from './view.ts';

/** The attributes of a tfjs kernel, as tfjs passes them. */
export type KernelAttributes = Record<string, unknown>;

/** One call of a tfjs kernel while a function is traced. */
export interface KernelCall {
  readonly graph: GraphBuilder;
  /**
   * Inputs by the names tfjs gives them, in the order of axes that tfjs means; kernels that take a list have the keys `0`, `1`, ….
   * Reading one may emit a `Transpose`.
   */
  readonly inputs: Readonly<Record<string, Value>>;
  /** The same inputs as they lie, for kernels that do not mind the order of axes. */
  readonly views: Readonly<Record<string, View>>;
  readonly attributes: KernelAttributes;
}

/** Translates one tfjs kernel into ONNX nodes. A value is a result in the order of axes that tfjs means, a view in its own. */
export type Kernel = (call: KernelCall) => Value | View | (Value | View)[];
export type KernelTable = Readonly<Record<string, Kernel>>;

/** The call of a kernel on views. */
export function callOf(
  graph: GraphBuilder,
  views: Readonly<Record<string, View>>,
  attributes: KernelAttributes,
): KernelCall {
  const inputs = {} as Record<string, Value>;
  for (const [name, view] of Object.entries(views))
    Object.defineProperty(inputs, name, { enumerable: true, get: () => plainValue(graph, view) });
  return { graph, inputs, views, attributes };
}

/** Makes of a kernel that computes element by element one that takes tensors in any order of axes: all in that of the first. */
export function inAnyOrder(kernel: Kernel): Kernel {
  return (call) => {
    const order = commonOrder(Object.values(call.views));
    if (!order) return kernel(call);
    const inputs = Object.fromEntries(
      Object.entries(call.views).map(([name, view]) => [name, arrange(call.graph, view, order)]),
    );
    const result = kernel({ ...call, inputs });
    return Array.isArray(result) ? result.map((each) => reorder(each, order)) : reorder(result, order);
  };
}

function reorder(result: Value | View, order: readonly number[]): View {
  return 'order' in result ? result : viewOf(result, order);
}

export function numberAttribute(attributes: KernelAttributes, name: string): number {
  return attributes[name] as number;
}

export function listAttribute(attributes: KernelAttributes, name: string): number[] {
  const value = attributes[name];
  return Array.isArray(value) ? (value as number[]) : [value as number];
}

export function typeAttribute(attributes: KernelAttributes, name: string): ElementType {
  return attributes[name] as ElementType;
}

/** An axis counted from the front. */
export function axisOf(axis: number, shape: Shape): number {
  return axis < 0 ? axis + shape.length : axis;
}
