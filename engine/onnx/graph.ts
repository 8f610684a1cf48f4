import { sizeOf, type Shape } from '../types.ts';

export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** One edge of the graph: an input, a constant, or the result of a node. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
  /** Content of a constant; absent for inputs and results. */
  readonly data?: ConstantData;
}

/** One ONNX operator. An input left out in the middle is null. */
export interface Node {
  readonly op: string;
  /** The operator set that it belongs to, if not ONNX's own. */
  readonly domain?: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A program in ONNX operators; nodes stand in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  readonly nodes: readonly Node[];
}

/** A float attribute: JavaScript does not tell 1 from 1.0, ONNX does. */
export function floatAttribute(float: number): Attribute {
  return { float };
}

/** The single number that a constant consists of, or undefined if it is no constant or has different elements. */
export function splatOf(value: Value | null): number | undefined {
  const data = value?.data;
  if (!data || data.length === 0 || data instanceof BigInt64Array) return undefined;
  const first = data[0];
  return data.every((element) => element === first) ? first : undefined;
}

/** How often each value is read, as a node's input or as a result of the graph. */
export function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value | null): void => {
    if (value) uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of graph.nodes) node.inputs.forEach(use);
  for (const output of graph.outputs) use(output.value);
  return uses;
}

/** The node that makes each value. */
export function producersOf(graph: Graph): Map<Value, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

const elementBytes: Record<ElementType, number> = { float32: 4, int32: 4, int64: 8, bool: 1 };

/** Bytes of all constants and intermediate results together: the most that running the graph can need. */
export function footprintOf(graph: Graph): number {
  const values = new Set(
    graph.nodes.flatMap(({ inputs, outputs }) => [...inputs.filter((each) => each?.data), ...outputs]),
  );
  return [...values].reduce((sum, value) => sum + sizeOf(value!.shape) * elementBytes[value!.type], 0);
}
