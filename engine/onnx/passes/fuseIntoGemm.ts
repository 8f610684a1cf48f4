import { countUses, floatAttribute, producersOf, splatOf, type Node, type Value } from '../graph.ts';
import { sizeOf } from '../../types.ts';
import type { Pass } from './pass.ts';

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
