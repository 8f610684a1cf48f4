import { broadcastShapes } from '../broadcast.ts';
import type { Kernel, KernelTable } from '../kernel.ts';
import { sizeOf } from '../../types.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../../onnx/graph.ts';

function transposeLast(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return graph.transpose(x, [...x.shape.keys()].slice(0, rank - 2).concat(rank - 1, rank - 2));
}

/** Matrix product. A batch of one is a plain `Gemm`, which takes its transpositions for free and can be fused into an update. */
const batchMatMul: Kernel = ({ graph, inputs: { a, b }, attributes }) => {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  if (sizeOf(batch) === 1) {
    const [flatA, flatB] = [a, b].map((x) => graph.reshape(x, x.shape.slice(-2)));
    const product = graph.emit('Gemm', [flatA, flatB], [rows, columns], 'float32', {
      transA: transposeA ? 1 : 0,
      transB: transposeB ? 1 : 0,
    });
    return graph.reshape(product, [...batch, rows, columns]);
  }
  const left = transposeA ? transposeLast(graph, a) : a;
  const right = transposeB ? transposeLast(graph, b) : b;
  return graph.emit('MatMul', [left, right], [...batch, rows, columns]);
};

export const products: KernelTable = { BatchMatMul: batchMatMul };
