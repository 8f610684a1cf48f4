import * as ort from 'onnxruntime-node';
import { at, build, checkArray, leavesOf } from '../tree.ts';
import { resultName, trace } from '../trace/trace.ts';
import {
  allocate,
  type ArraysOfTree,
  type Engine,
  type Program,
  type Signature,
  type TensorTree,
  type TensorsOf,
  type TypedArray,
} from '../types.ts';
import { countFlops } from './flops.ts';
import type { Graph } from './graph.ts';
import { channelBlock } from './channelBlock.ts';
import { blockChannels } from './passes/blockChannels.ts';
import { optimize } from './rewrite.ts';
import { serialize } from './serialize.ts';

/** The compiled engine: functions are traced to ONNX and run by ONNX Runtime on the CPU. */
export function onnxEngine(threads: number): Engine {
  const sessions = new Set<ort.InferenceSession>();
  return {
    name: 'onnx',
    threads,
    async compile(name, fn, inputs) {
      const { session, program } = await compile(name, fn, inputs, threads);
      sessions.add(session);
      return {
        ...program,
        async dispose() {
          if (sessions.delete(session)) await session.release();
        },
      };
    },
    async dispose() {
      await Promise.all([...sessions].map((session) => session.release()));
      sessions.clear();
    },
  };
}

async function compile<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
  threads: number,
) {
  const traced = trace(name, fn, inputs);
  const graph = optimize(traced.graph);
  const session = await ort.InferenceSession.create(serialize(await inBlocks(graph)), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Vanishing gradients turn into denormals, which the processor computes a hundred times slower and nobody can see.
    extra: { session: { set_denormal_as_zero: '1' } },
  });
  // An input that the results do not depend on is accepted and ignored.
  const feeds = traced.inputs;
  const results = leavesOf(traced.outputs);
  const shapes = new Map([
    ...feeds.map((leaf) => [leaf.path, leaf.spec] as const),
    ...results.map((leaf) => [resultName(leaf.path), leaf.spec] as const),
  ]);
  const wrap = tensorCache(shapes);

  const program: Omit<Program<S, T>, 'dispose'> = {
    name,
    inputs,
    outputs: traced.outputs,
    flops: countFlops(graph),
    async run(arrays, into = {}) {
      const feed: Record<string, ort.Tensor> = {};
      for (const leaf of feeds) feed[leaf.path] = wrap(leaf.path, checkArray(name, leaf, at(arrays, leaf)));
      const fetch: Record<string, ort.Tensor> = {};
      const filled = new Map<string, TypedArray>();
      for (const leaf of results) {
        const array = (at(into, leaf) as TypedArray | undefined) ?? allocate({ array: leaf.spec }).array;
        filled.set(leaf.path, array);
        fetch[resultName(leaf.path)] = wrap(resultName(leaf.path), array);
      }
      await session.run(feed, fetch);
      return build(traced.outputs, (path) => filled.get(path)!) as ArraysOfTree<T>;
    },
  };
  return { session, program };
}

/** The graph with images in the layout that this processor convolves fastest. */
async function inBlocks(graph: Graph): Promise<Graph> {
  if (!graph.nodes.some(({ op }) => op === 'Conv')) return graph;
  const size = await channelBlock();
  return size === null ? graph : blockChannels(graph, size);
}

/** ONNX Runtime reads and writes typed arrays in place; making the tensor around one is what costs, so each array keeps its own. */
function tensorCache(
  specs: ReadonlyMap<string, { readonly shape: readonly number[]; readonly dtype: 'float32' | 'int32' }>,
) {
  const caches = new Map([...specs.keys()].map((path) => [path, new WeakMap<TypedArray, ort.Tensor>()]));
  return (path: string, array: TypedArray): ort.Tensor => {
    const cache = caches.get(path)!;
    let tensor = cache.get(array);
    if (!tensor) {
      const { dtype, shape } = specs.get(path)!;
      tensor = new ort.Tensor(dtype, array as Float32Array, shape);
      cache.set(array, tensor);
    }
    return tensor;
  };
}
