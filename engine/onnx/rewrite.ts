import {
  countUses,
  floatAttribute,
  producersOf,
  splatOf,
  type Attribute,
  type Graph,
  type Node,
  type Value,
} from './graph.ts';
import { foldBias } from './passes/foldBias.ts';
import { sizeOf } from '../types.ts';

/** A pass: graph in, equivalent graph out. */
export type Pass = (graph: Graph) => Graph;

/** Drops nodes whose results nobody reads. */
export const removeDeadNodes: Pass = (graph) => {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  const kept = graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => needed.has(output))) return false;
      for (const input of node.inputs) if (input) needed.add(input);
      return true;
    })
    .toReversed();
  return { ...graph, nodes: kept };
};

/** Drops the last results of nodes that have several where nobody reads them, so that they need not be computed. */
export const dropUnreadResults: Pass = (graph) => {
  const uses = countUses(graph);
  const nodes = graph.nodes.map((node) => {
    // Its indices are not optional.
    if (node.op === 'TopK') return node;
    const read = node.outputs.findLastIndex((output) => uses.has(output)) + 1;
    return read === node.outputs.length ? node : { ...node, outputs: node.outputs.slice(0, read) };
  });
  return { ...graph, nodes };
};

/**
 * Computes once what is computed twice: nodes with the same operator, inputs and attributes. It is also what makes ReLU's derivative
 * cheap: traced as a step of Relu(x), it reads the ReLU of the forward pass.
 */
export const shareCommonNodes: Pass = (graph) => {
  const first = new Map<string, Node>();
  const replaced = new Map<Value, Value>();
  const constants = new Map<string, Value>();
  const canonical = (value: Value | null): Value | null => {
    if (!value) return null;
    if (!value.data || value.data.length > 64) return replaced.get(value) ?? value;
    const { buffer, byteOffset, byteLength } = value.data;
    // By bytes: 0 and -0 print alike.
    const key = `${value.type}[${value.shape.join()}]${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
    if (!constants.has(key)) constants.set(key, value);
    return constants.get(key)!;
  };
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(canonical);
    const key = JSON.stringify([node.op, node.domain, inputs.map((input) => input?.name ?? null), node.attributes]);
    const twin = first.get(key);
    if (twin) node.outputs.forEach((output, i) => replaced.set(output, twin.outputs[i]));
    else {
      const kept = { ...node, inputs };
      first.set(key, kept);
      nodes.push(kept);
    }
  }
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => ({ ...output, value: replaced.get(output.value) ?? output.value })),
  };
};

interface Product {
  readonly gemm: Node;
  readonly scale: number;
  /** A scale that is known only when the program runs. */
  readonly factor: Value | null;
}

/**
 * Folds what surrounds a matrix product into its `Gemm`, which computes alpha·A·B + beta·C in one sweep:
 * `A·B + bias`, `p - lr·A·B` and `m·v + A·B`, the shapes of a linear layer and of the updates of SGD and momentum.
 * A scale that is an input of the program moves onto the product's smaller factor.
 */
export const fuseIntoGemm: Pass = (graph) => {
  const uses = countUses(graph);
  const producers = producersOf(graph);
  const extra = new Map<Node, Node[]>();
  const rewritten = new Map<Node, Node>();
  const single = (value: Value): boolean => uses.get(value) === 1;
  const current = (node: Node): Node => rewritten.get(node) ?? node;

  /** The value as scale × product, if it is one whose result is read here only. */
  const asProduct = (value: Value | null): Product | null => {
    const made = value && single(value) ? producers.get(value) : undefined;
    if (!made) return null;
    const node = current(made);
    if (node.op === 'Gemm' && node.inputs.length === 2) return { gemm: node, scale: 1, factor: null };
    if (node.op !== 'Mul') return null;
    for (const [x, y] of [node.inputs, node.inputs.toReversed()]) {
      const inner = asProduct(x);
      if (!inner || !y || inner.factor || sizeOf(y.shape) !== 1 || y.shape.length > 2) continue;
      const constant = splatOf(y);
      return constant === undefined ? { ...inner, factor: y } : { ...inner, scale: inner.scale * constant };
    }
    return null;
  };

  /** The value as constant × matrix, for Gemm's beta·C. */
  const asAddend = (value: Value): { value: Value; scale: number } => {
    const made = single(value) ? producers.get(value) : undefined;
    if (made && current(made).op === 'Mul') {
      const [a, b] = current(made).inputs;
      for (const [x, y] of [
        [a, b],
        [b, a],
      ]) {
        const constant = sizeOf(y!.shape) === 1 ? splatOf(y) : undefined;
        if (constant !== undefined && x!.shape.length === value.shape.length) return { value: x!, scale: constant };
      }
    }
    return { value, scale: 1 };
  };

  for (const node of graph.nodes) {
    if (node.op !== 'Add' && node.op !== 'Sub') continue;
    const [a, b] = node.inputs as [Value, Value];
    const [result] = node.outputs;
    for (const [addend, candidate] of [
      [a, b],
      [b, a],
    ]) {
      const product = asProduct(candidate);
      if (!product || product.gemm.outputs[0].shape.join() !== result.shape.join() || !fitsGemm(addend, result))
        continue;
      const signs = node.op === 'Add' ? [1, 1] : addend === a ? [1, -1] : [-1, 1];
      const { value, scale } = asAddend(addend);
      const factors = product.factor
        ? scaleSmaller(product, product.factor)
        : { inputs: product.gemm.inputs, nodes: [] };
      extra.set(node, factors.nodes);
      rewritten.set(node, {
        op: 'Gemm',
        inputs: [...factors.inputs, value],
        outputs: node.outputs,
        attributes: {
          ...product.gemm.attributes,
          alpha: floatAttribute(alphaOf(product.gemm) * product.scale * signs[1]),
          beta: floatAttribute(scale * signs[0]),
        },
      });
      break;
    }
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => [...(extra.get(node) ?? []), current(node)]) };
};

function alphaOf(gemm: Node): number {
  const alpha = gemm.attributes.alpha as { float: number } | undefined;
  return alpha?.float ?? 1;
}

/** Gemm's C is a matrix, a row, a column or a scalar that broadcasts to the result. */
function fitsGemm(addend: Value, result: Value): boolean {
  const [rows, columns] = result.shape;
  if (result.shape.length !== 2 || addend.shape.length > 2) return false;
  const [r, c] = [1, 1, ...addend.shape].slice(-2);
  return (r === rows || r === 1) && (c === columns || c === 1);
}

function scaleSmaller({ gemm }: Product, factor: Value): { inputs: Value[]; nodes: Node[] } {
  const inputs = [...gemm.inputs] as Value[];
  const smaller = sizeOf(inputs[0].shape) < sizeOf(inputs[1].shape) ? 0 : 1;
  const operand = inputs[smaller];
  const scaled: Value = { name: `${gemm.outputs[0].name}_scaled`, shape: operand.shape, type: operand.type };
  inputs[smaller] = scaled;
  return { inputs, nodes: [{ op: 'Mul', inputs: [operand, factor], outputs: [scaled], attributes: {} }] };
}

/**
 * Lets every result of the graph be made by a node under the result's own name, as ONNX wants it. Results that are inputs, constants
 * or stand twice are copied; booleans leave as int32.
 */
export const nameResults: Pass = (graph) => {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const taken = new Map<Value, Value>();
  const copies: Node[] = [];
  const outputs = graph.outputs.map(({ name, value }) => {
    const renamed: Value = { name, shape: value.shape, type: value.type === 'bool' ? 'int32' : value.type };
    if (made.has(value) && value.type !== 'bool' && !taken.has(value)) taken.set(value, renamed);
    else
      copies.push({
        op: value.type === 'bool' ? 'Cast' : 'Identity',
        inputs: [value],
        outputs: [renamed],
        attributes: castTo(value),
      });
    return { name, value: renamed };
  });
  const rename = (value: Value): Value => taken.get(value) ?? value;
  const nodes = [...graph.nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => input && rename(input)),
    outputs: node.outputs.map(rename),
  }));
  return { ...graph, nodes, outputs };
};

function castTo(value: Value): Record<string, Attribute> {
  return value.type === 'bool' ? { to: 6 } : {};
}

/** The passes after which nothing is computed twice or for nobody, in the operators that the function was traced to. */
export function simplify(graph: Graph): Graph {
  return shareCommonNodes(removeDeadNodes(graph));
}

/** All passes, in order. */
export function optimize(graph: Graph): Graph {
  return [simplify, foldBias, fuseIntoGemm, removeDeadNodes, dropUnreadResults, nameResults].reduce(
    (result, pass) => pass(result),
    graph,
  );
}
