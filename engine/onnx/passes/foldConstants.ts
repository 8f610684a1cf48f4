import { sizeOf, type Shape } from '../../types.ts';
import type { ConstantData, Node, Value } from '../graph.ts';
import type { Pass } from './pass.ts';

/** Constants of more elements are cheaper to make at every run than to carry. */
const largest = 64;

/**
 * Computes what depends on constants only, when the program is compiled. Only small results, and only the operators that come up: reshaping,
 * broadcasting, casting and the arithmetic of 32-bit floats, which rounds as ONNX Runtime does.
 */
export const foldConstants: Pass = (graph) => {
  const folded = new Map<Value, Value>();
  const current = (value: Value): Value => folded.get(value) ?? value;
  const nodes = graph.nodes.flatMap((node) => {
    const inputs = node.inputs.map((input) => input && current(input));
    const [result] = node.outputs;
    const data = sizeOf(result.shape) <= largest ? compute({ ...node, inputs }) : undefined;
    if (data) folded.set(result, { ...result, data });
    return data ? [] : [{ ...node, inputs }];
  });
  const outputs = graph.outputs.map((output) => ({ ...output, value: current(output.value) }));
  return { ...graph, nodes, outputs };
};

const unary: Readonly<Record<string, (x: number) => number>> = { Neg: (x) => -x, Sqrt: Math.sqrt };
const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** The elements of a node's result, or undefined if they are not known now. */
function compute({ op, domain, inputs, outputs, attributes }: Node): ConstantData | undefined {
  const [a, b] = inputs;
  const [{ shape, type }] = outputs;
  if (domain || !a?.data || inputs.some((input) => !input?.data)) return undefined;
  if (op === 'Reshape' || op === 'Identity') return a.data;
  if (op === 'Expand') return broadcast(a.data, a.shape, shape);
  if (op === 'Cast') return cast(a.data, attributes.to as number);
  if (type !== 'float32' || !(a.data instanceof Float32Array)) return undefined;
  // A 64-bit sum, product, quotient or root of 32-bit floats rounded to 32 bits is the 32-bit one.
  // Arrays of one number throughout are traced as that number: the result has its own shape.
  const spread = (x: Value): Float32Array => broadcast(x.data as Float32Array, x.shape, shape);
  if (op in unary) return spread(a).map(unary[op]);
  if (op in binary && b?.data instanceof Float32Array) {
    const right = spread(b);
    return spread(a).map((x, i) => binary[op](x, right[i]));
  }
  return undefined;
}

function broadcast<T extends ConstantData>(data: T, from: Shape, to: Shape): T {
  const result = new (data.constructor as new (length: number) => T)(sizeOf(to));
  const offset = to.length - from.length;
  for (let i = 0; i < result.length; i++) {
    let [rest, place, stride] = [i, 0, 1];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const extent = from[axis - offset] ?? 1;
      if (extent > 1) place += stride * (rest % to[axis]);
      stride *= extent;
      rest = Math.floor(rest / to[axis]);
    }
    result[i] = data[place];
  }
  return result;
}

/** ONNX truncates floats toward zero, and makes true of all but zero. */
function cast(data: ConstantData, to: number): ConstantData | undefined {
  if (data instanceof BigInt64Array) return undefined;
  if (to === 1) return Float32Array.from(data);
  if (to === 6 && data.every((x) => Math.abs(x) < 2 ** 31)) return Int32Array.from(data);
  if (to === 9) return Uint8Array.from(data, (x) => (x === 0 ? 0 : 1));
  return undefined;
}
