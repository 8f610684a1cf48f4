import { sizeOf, type LowRankChange } from '../types.ts';
import type { Graph, Value } from './graph.ts';
import type { LowRankForm, ScalarSum } from './lowRank.ts';

/** Reads a low-rank change off the values that a program computes anyway: they become results, in arrays of their own. */
export interface ChangeReader {
  readonly outputs: readonly { readonly name: string; readonly value: Value; readonly array: Float32Array }[];
  /** What the last run did. @param inputOf the array that was fed for an input of the graph */
  read(inputOf: (name: string) => Float32Array): LowRankChange;
}

export function changeReader({ mix, products }: LowRankForm): ChangeReader {
  const scalars = [...mix.flat(), ...products.flatMap(({ scales }) => scales)].flatMap((sum) =>
    sum.flatMap(({ values }) => values),
  );
  const values = [...new Set([...products.flatMap(({ rights }) => rights), ...scalars])];
  const arrays = new Map(values.map((value) => [value, new Float32Array(sizeOf(value.shape))]));
  const sums = products.map(({ rights }) => (rights.length > 1 ? new Float32Array(sizeOf(rights[0].shape)) : null));
  const numberOf = (sum: ScalarSum): number =>
    sum.reduce(
      (total, term) => total + term.values.reduce((product, value) => product * arrays.get(value)![0], term.factor),
      0,
    );
  return {
    outputs: values.map((value, i) => ({ name: `change:${i}`, value, array: arrays.get(value)! })),
    read: (inputOf) => ({
      mix: mix.map((row) => row.map(numberOf)),
      products: products.map(({ left, rights, scales }, i) => ({
        rows: left.rows,
        left: inputOf(left.input.name),
        right: addUp(
          rights.map((right) => arrays.get(right)!),
          sums[i],
        ),
        scales: scales.map(numberOf),
      })),
    }),
  };
}

function addUp([first, ...others]: readonly Float32Array[], into: Float32Array | null): Float32Array {
  if (!into) return first;
  into.set(first);
  for (const array of others) for (let i = 0; i < array.length; i++) into[i] += array[i];
  return into;
}

/** The graph with a reader's values among its results. */
export function withOutputs(graph: Graph, { outputs }: ChangeReader): Graph {
  return { ...graph, outputs: [...graph.outputs, ...outputs.map(({ name, value }) => ({ name, value }))] };
}
