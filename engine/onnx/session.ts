import * as ort from 'onnxruntime-node';
import { at, build, checkArray, leavesOf } from '../tree.ts';
import { resultName, trace } from '../trace/trace.ts';
import {
  allocate,
  float32,
  type ArraysOf,
  type ArraysOfTree,
  type CompileOptions,
  type Engine,
  type Program,
  type Signature,
  type TensorTree,
  type TensorsOf,
  type TypedArray,
} from '../types.ts';
import { changeReader, withOutputs } from './change.ts';
import { countFlops } from './flops.ts';
import { channelBlock } from './channelBlock.ts';
import { footprintOf, largestBytes, type Graph } from './graph.ts';
import { lowRankForm } from './lowRank.ts';
import { blockChannels, optimize, simplify } from './passes/index.ts';
import { overwritable } from './overwritable.ts';
import { weightProducts } from './products/weightProducts.ts';
import type { Provider } from './provider.ts';
import { serialize } from './serialize.ts';
import { sessions, type Lease } from './sessions.ts';
import { runSession, stopBeforeCopies } from './withoutCopies.ts';

/** The compiled engine: functions are traced to ONNX and run by ONNX Runtime. */
export function onnxEngine(threads: number, provider: Provider = 'cpu'): Engine {
  const leases = new Set<Lease>();
  return {
    name: 'onnx',
    threads,
    provider,
    async compile(name, fn, inputs, options) {
      const { lease, program } = await compile(name, fn, inputs, { threads, provider, ...options });
      leases.add(lease);
      return {
        ...program,
        async dispose() {
          leases.delete(lease);
          await lease.release();
        },
      };
    },
    async dispose() {
      await Promise.all([...leases].map((lease) => lease.release()));
      leases.clear();
    },
  };
}

async function compile<S extends Signature, T extends TensorTree>(
  name: string,
  fn: (inputs: TensorsOf<S>) => T,
  inputs: S,
  { threads, provider, follow = [] }: { readonly threads: number; readonly provider: Provider } & CompileOptions,
) {
  const traced = trace(name, fn, inputs);
  const simple = simplify(traced.graph);
  const form = follow.length > 0 ? lowRankForm(simple, follow) : null;
  const change = form && changeReader(form);
  const graph = optimize(change ? withOutputs(simple, change) : simple);
  const lease = await sessions.acquire({
    // Only the CPU knows images in blocks, and writes results where they are to go.
    model: serialize(provider === 'cpu' ? await stopBeforeCopies(await inBlocks(graph)) : graph),
    threads,
    provider,
    footprint: footprintOf(graph),
  });
  // An input that the results do not depend on is accepted and ignored.
  const feeds = traced.inputs;
  const results = leavesOf(traced.outputs);
  const shapes = new Map([
    ...feeds.map((leaf) => [leaf.path, leaf.spec] as const),
    ...results.map((leaf) => [resultName(leaf.path), leaf.spec] as const),
    ...(change?.outputs ?? []).map(({ name: path, value }) => [path, float32(...value.shape)] as const),
  ]);
  const wrap = tensorCache(shapes);

  let fed: ArraysOf<S>;
  const inputOf = (path: string): Float32Array =>
    at(
      fed,
      feeds.find((leaf) => leaf.path === path)!,
    ) as Float32Array;

  const program: Omit<Program<S, T>, 'dispose'> = {
    name,
    inputs,
    outputs: traced.outputs,
    flops: countFlops(graph),
    products: weightProducts(simple),
    largestBytes: largestBytes(graph),
    // Elsewhere arrays are copied to and fro, and nothing is won.
    overwritable: provider === 'cpu' ? overwritable(graph, resultName('')) : new Set(),
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
      for (const { name: path, array } of change?.outputs ?? []) fetch[path] = wrap(path, array);
      await runSession(lease.session, feed, fetch);
      fed = arrays;
      return build(traced.outputs, (path) => filled.get(path)!) as ArraysOfTree<T>;
    },
    ...(change && { lastChange: () => change.read(inputOf) }),
  };
  return { lease, program };
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
