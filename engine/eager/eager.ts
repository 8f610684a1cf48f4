import { tf, type Tensor } from '../tf.ts';
import { analyze, type Analysis } from '../analyze.ts';
import { signatureOf } from '../trace/trace.ts';
import { at, build, checkArray, leavesOf, type Leaf } from '../tree.ts';
import type {
  ArraysOfTree,
  Engine,
  EngineName,
  Program,
  Signature,
  TensorTree,
  TensorsOf,
  TypedArray,
} from '../types.ts';

/** An engine that calls the function at every run on a registered tfjs backend. */
export function eagerEngine(name: EngineName, backend: string): Engine {
  return {
    name,
    threads: 1,
    provider: null,
    async compile(program, fn, inputs) {
      return eagerProgram(program, fn, inputs, backend);
    },
    async dispose() {},
  };
}

function eagerProgram<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
  backend: string,
): Program<S, T> {
  const feeds = new Map(leavesOf(inputs).map((leaf) => [leaf.path, leaf]));
  const traced = tryTrace(name, fn, inputs);
  let outputs = traced?.outputs;
  return {
    name,
    inputs,
    get outputs() {
      if (!outputs) throw new Error(`program ${name}: its results are known after the first run`);
      return outputs;
    },
    flops: traced?.flops ?? null,
    products: traced?.products ?? null,
    largestBytes: traced?.largestBytes ?? null,
    overwritable: new Set(),
    async run(arrays, into = {}) {
      // It is open already, so this takes effect at once; waiting would let other programs switch it in between.
      void tf.setBackend(backend);
      const result = tf.tidy(() =>
        fn(build(inputs, (path) => toTensor(name, feeds.get(path)!, at(arrays, feeds.get(path)!))) as TensorsOf<S>),
      );
      outputs ??= signatureOf(result);
      const results = leavesOf(outputs);
      const read = await Promise.all(
        results.map((leaf) => readInto(at(result, leaf) as Tensor, at(into, leaf) as TypedArray | undefined)),
      );
      tf.dispose(result as Parameters<typeof tf.dispose>[0]);
      const arrayOf = new Map(results.map((leaf, i) => [leaf.path, read[i]]));
      return build(outputs, (path) => arrayOf.get(path)!) as ArraysOfTree<T>;
    },
    async dispose() {},
  };
}

/** An eager engine runs what cannot be traced; only its operation counts are unknown then. */
function tryTrace<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
): Analysis | null {
  try {
    return analyze(name, fn, inputs);
  } catch {
    return null;
  }
}

function toTensor(program: string, leaf: Leaf, array: unknown): Tensor {
  // Copied, since some backends keep the array they are given and the caller goes on to change it.
  return tf.tensor(checkArray(program, leaf, array).slice(), [...leaf.spec.shape], leaf.spec.dtype);
}

async function readInto(tensor: Tensor, target: TypedArray | undefined): Promise<TypedArray> {
  const data = await tensor.data();
  const array = target ?? (tensor.dtype === 'float32' ? new Float32Array(tensor.size) : new Int32Array(tensor.size));
  array.set(data);
  return array;
}
