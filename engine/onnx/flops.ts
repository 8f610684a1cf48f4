import { sizeOf } from '../types.ts';
import type { Graph, Node } from './graph.ts';

const free = new Set([
  'Reshape',
  'Identity',
  'Slice',
  'Concat',
  'Expand',
  'Tile',
  'Transpose',
  'Gather',
  'Cast',
  'Pad',
  'OneHot',
  'MaxUnpool',
  'ScatterElements',
]);
const reductions = /^(Reduce|Arg|CumSum|TopK)/;

/** Operations of one operator, by the rules of `countFlops`. */
export function nodeFlops(node: Node): number {
  const [a, b, c] = node.inputs;
  const results = sizeOf(node.outputs[0].shape);
  if (node.op === 'Gemm') {
    const inner = a!.shape[node.attributes.transA ? 0 : 1];
    return 2 * results * inner + (c ? results : 0);
  }
  if (node.op === 'Conv') return 2 * results * sizeOf(b!.shape.slice(1)) + (c ? results : 0);
  // Each number of its input is multiplied with the filter of its channel.
  if (node.op === 'ConvTranspose') return 2 * sizeOf(a!.shape) * sizeOf(b!.shape.slice(1));
  if (node.op === 'FusedMatMul') return 2 * results * b!.shape.at(node.attributes.transB ? -1 : -2)!;
  if (node.op === 'MaxPool' || node.op === 'AveragePool')
    return results * (node.attributes.kernel_shape as number[]).reduce((size, extent) => size * extent, 1);
  if (node.op === 'MatMul') return 2 * results * b!.shape.at(-2)!;
  if (free.has(node.op)) return 0;
  return reductions.test(node.op) ? sizeOf(a!.shape) : results;
}

/**
 * Floating-point operations of one run of the graph: 2·m·n·k for a matrix product (a multiply-add counts as two), likewise for convolutions, one for every
 * element that an element-wise operator makes or a reduction reads, none for operators that only move data.
 */
export function countFlops(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + nodeFlops(node), 0);
}
