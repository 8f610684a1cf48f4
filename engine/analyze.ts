import { countFlops } from './onnx/flops.ts';
import { largestBytes } from './onnx/graph.ts';
import { optimize, simplify } from './onnx/passes/index.ts';
import { weightProducts } from './onnx/products/weightProducts.ts';
import { trace } from './trace/trace.ts';
import type { Program, Signature, TensorTree, TensorsOf } from './types.ts';

/** What can be told of a function without running it. */
export type Analysis = {
  readonly [K in 'outputs' | 'flops' | 'products' | 'largestBytes']: NonNullable<Program[K]>;
};

/**
 * Traces a function and counts what one run of it takes. Nothing is compiled.
 * @throws {Error} naming the program, if it cannot be traced
 */
export function analyze<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
): Analysis {
  const { graph, outputs } = trace(name, fn, inputs);
  const simple = simplify(graph);
  const optimized = optimize(simple);
  return {
    outputs,
    flops: countFlops(optimized),
    products: weightProducts(simple),
    largestBytes: largestBytes(optimized),
  };
}
