import { sizeOf, type ProductRole } from '../../types.ts';
import { producersOf, type Graph, type Node, type Value } from '../graph.ts';
import { contractionOf } from './contraction.ts';

/** A product of rows with a view of a weight. */
export interface ThroughWeight {
  readonly node: Node;
  readonly weight: Value;
  readonly role: ProductRole;
  /** What it is multiplied by. */
  readonly rows: Value;
  /** Numbers in the view of the weight. */
  readonly size: number;
}

/** Operators that only move numbers, drop or repeat some, or put zeros between. */
const moves = new Set(['Identity', 'Reshape', 'Transpose', 'Cast', 'Slice', 'Pad', 'Gather', 'Concat']);

/** Of these all numbers stay. */
const rearrangements = new Set(['Identity', 'Reshape', 'Transpose', 'Cast']);

/** Operators whose result may be as large as one of its inputs and still is not computed element by element. */
const mixing = /^(Softmax|LogSoftmax|CumSum|TopK|Einsum|Scatter\w*|Reduce\w*)$/;

/**
 * Finds the weight that a gradient belongs to, by the two factors of its product: one of them, and one alone, is what the weight was multiplied by on the
 * way forward, as it was, moved, or changed element by element, such as squared and scaled; or that less a part of it, as projections leave it.
 * Where the product on the way forward is not computed since nobody reads it, the other factor is what the weight was multiplied by on the way back.
 */
export function operandFinder(
  graph: Graph,
  products: readonly ThroughWeight[],
): (factors: readonly [Value, Value], size: number) => Value | null {
  const producers = producersOf(graph);
  const places = new Map(graph.inputs.map((input, i) => [input, i]));
  const [forward, backward] = (['forward', 'input-gradient'] as const).map((role) => {
    const multiplied = new Map<Value, ThroughWeight[]>();
    for (const product of products) {
      if (product.role !== role) continue;
      // The same numbers in another shape are the same operand.
      for (let value: Value | null = product.rows; value;) {
        multiplied.set(value, [...(multiplied.get(value) ?? []), product]);
        const node: Node | undefined = producers.get(value);
        value = node && rearrangements.has(node.op) ? node.inputs[0] : null;
      }
    }
    return multiplied;
  });

  /** The weight of `size` numbers that was multiplied by what a value is made of: the nearest one, the first of the inputs if there are several. */
  function search(from: Value, size: number, multiplied: typeof forward, differences: boolean): Value | null {
    const visited = new Set<Value>();
    for (let level = [from]; level.length > 0;) {
      const found = level.flatMap((value) => multiplied.get(value) ?? []).filter((product) => product.size === size);
      if (found.length > 0)
        return found.map(({ weight }) => weight).toSorted((a, b) => places.get(a)! - places.get(b)!)[0];
      for (const value of level) visited.add(value);
      const next = level.flatMap((value) => sourcesOf(producers.get(value), differences));
      level = [...new Set(next)].filter((value) => !visited.has(value));
    }
    return null;
  }

  return (factors, size) => {
    for (const [multiplied, differences] of [
      [forward, false],
      [forward, true],
      [backward, false],
    ] as const) {
      const [a, b] = factors.map((value) => search(value, size, multiplied, differences));
      // What a layer reads times itself is no gradient.
      if (a && b) return null;
      if (a || b) return a ?? b;
    }
    return null;
  };
}

/**
 * What a value's numbers are made of, one by one; empty if they are computed from several values.
 * @param differences whether sums and differences are taken for what they are made of
 */
function sourcesOf(node: Node | undefined, differences: boolean): Value[] {
  if (!node || mixing.test(node.op) || contractionOf(node)) return [];
  const inputs = node.inputs.filter((input): input is Value => input !== null && !input.data);
  if (node.op === 'Concat') return inputs;
  if (moves.has(node.op)) return inputs.slice(0, 1);
  const [{ shape }] = node.outputs;
  const whole = [...new Set(inputs)].filter(
    (input) => sizeOf(input.shape) === sizeOf(shape) && input.shape.length === shape.length,
  );
  return whole.length === 1 || (differences && (node.op === 'Add' || node.op === 'Sub')) ? whole : [];
}
