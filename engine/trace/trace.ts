import { tf, type Tensor } from '../tf.ts';
import { at, build, leavesOf, type Leaf } from '../tree.ts';
import type { Signature, TensorTree, TensorsOf } from '../types.ts';
import type { Graph } from '../onnx/graph.ts';
import { GraphBuilder } from './builder.ts';
import { unmapped } from './unmapped.ts';
import { getRecorder, recorderName } from './recorder.ts';

export interface Trace {
  readonly graph: Graph;
  readonly inputs: readonly Leaf[];
  readonly outputs: Signature;
}

/**
 * Calls `fn` once with tensors that stand for its inputs and returns the graph of all it computed.
 * @throws {Error} naming the program, if it needs a tfjs kernel that has no mapping or reads a tensor's values
 */
export function trace<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
): Trace {
  const recorder = getRecorder();
  const graph = new GraphBuilder(name);
  const leaves = leavesOf(inputs);
  const previous = tf.getBackend();
  // With a synchronous factory the switch has happened when setBackend returns; its promise only says so later.
  void tf.setBackend(recorderName);
  const stop = recorder.start(graph);
  const scope = tf.engine();
  scope.startScope(name);
  try {
    const edges = new Map(leaves.map(({ path, spec }) => [path, graph.input(path, spec.shape, spec.dtype)]));
    const tensors = build(inputs, (path) => {
      const info = recorder.tensorOf(edges.get(path)!);
      return scope.makeTensorFromDataId(info.dataId, info.shape, info.dtype, recorder);
    });
    const result = fn(tensors as TensorsOf<S>);
    const outputs = signatureOf(result);
    const results = leavesOf(outputs).map((leaf) => ({
      name: resultName(leaf.path),
      value: recorder.plainValueOf(graph, at(result, leaf) as Tensor),
    }));
    return { graph: graph.finish(results), inputs: leaves, outputs };
  } catch (error) {
    throw explain(name, error);
  } finally {
    scope.endScope();
    stop();
    // tfjs starts without a backend; it must not be left with one that computes nothing.
    void tf.setBackend(previous || 'cpu');
  }
}

/** The graph's name for the result at `path`, which may be the path of an input too. */
export function resultName(path: string): string {
  return `result:${path}`;
}

/** The shapes and types of a function's results. Booleans leave a program as int32. */
export function signatureOf(result: TensorTree): Signature {
  return Object.fromEntries(
    Object.entries(result).map(([key, entry]) => [
      key,
      isTensor(entry)
        ? { shape: entry.shape, dtype: entry.dtype === 'float32' ? 'float32' : 'int32' }
        : signatureOf(entry),
    ]),
  );
}

function isTensor(entry: unknown): entry is Tensor {
  return entry instanceof tf.Tensor;
}

function explain(program: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /[Kk]ernel '(\w+)' not registered/.exec(message)?.[1];
  const why = missing
    ? `tfjs kernel ${missing} has no ONNX mapping${unmapped[missing] ? ` (${unmapped[missing]})` : ''}; rewrite the function without it, or run it on an eager engine (--engine wasm or cpu)`
    : message;
  return new Error(`program ${program} cannot be compiled: ${why}`, { cause: error });
}
