import type { GraphBuilder } from './builder.ts';
import type { Shape } from '../types.ts';
import type { ElementType, Value } from '../onnx/graph.ts';

/** The attributes of a tfjs kernel, as tfjs passes them. */
export type KernelAttributes = Record<string, unknown>;

/** One call of a tfjs kernel while a function is traced. */
export interface KernelCall {
  readonly graph: GraphBuilder;
  /** Inputs by the names tfjs gives them; kernels that take a list have the keys `0`, `1`, …. */
  readonly inputs: Record<string, Value>;
  readonly attributes: KernelAttributes;
}

/** Translates one tfjs kernel into ONNX nodes. */
export type Kernel = (call: KernelCall) => Value | Value[];
export type KernelTable = Readonly<Record<string, Kernel>>;

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
