import { resultName } from '../trace/trace.ts';
import { sizeOf } from '../types.ts';
import { producersOf, splatOf, type Graph, type Node, type Value } from './graph.ts';

/** A number that is known when the program runs: Σ factor·Π values, over scalar values of the graph. */
export type ScalarSum = readonly { readonly factor: number; readonly values: readonly Value[] }[];

/** How a program changes matrices S = [S₀, S₁, …]: S′ᵢ = Σⱼ mix[i][j]·Sⱼ + Σ over products of scales[i]·leftᵀ·(Σ rights). */
export interface LowRankForm {
  readonly mix: readonly (readonly ScalarSum[])[];
  readonly products: readonly {
    /** `[rows, in]`, an input of the graph or a view of one with the same elements in the same order. */
    readonly left: { readonly input: Value; readonly rows: number };
    /** `[rows, out]` each */
    readonly rights: readonly Value[];
    readonly scales: readonly ScalarSum[];
  }[];
}

/** A matrix as Σ scalar·atom; atoms are the matrices themselves and products with an input of the graph. */
type Linear = ReadonlyMap<Value, ScalarSum>;

const one: ScalarSum = [{ factor: 1, values: [] }];
const minusOne: ScalarSum = [{ factor: -1, values: [] }];

/**
 * Looks for a low-rank form of what a graph does to some of its matrices: sums, differences and scalings of the matrices and of products
 * Aᵀ·B, where A is an input. That is what SGD, with or without momentum and weight decay, does to the weights of a first linear layer,
 * whose gradient is Xᵀ·δ.
 * @param graph without equal nodes, and before products are folded into updates
 * @param paths of matrices of one shape that are inputs and results of the program
 * @returns null if any of them changes in another way
 */
export function lowRankForm(graph: Graph, paths: readonly string[]): LowRankForm | null {
  const producers = producersOf(graph);
  const inputs = new Set(graph.inputs);
  const matrices = paths.map((path) => graph.inputs.find(({ name }) => name === path)!);
  const shape = matrices[0].shape.join();
  const known = new Map<Value, Linear | null>(matrices.map((matrix) => [matrix, new Map([[matrix, one]])]));

  /** The graph's input whose elements a value is made of. */
  const inputBehind = (value: Value): Value | null => {
    if (inputs.has(value)) return value;
    const node = producers.get(value);
    return node?.op === 'Reshape' ? inputBehind(node.inputs[0]!) : null;
  };
  const isProduct = (node: Node): boolean =>
    node.op === 'Gemm' &&
    node.inputs.length === 2 &&
    node.attributes.transA === 1 &&
    node.attributes.transB !== 1 &&
    inputBehind(node.inputs[0]!) !== null;

  const linear = (value: Value): Linear | null => {
    if (!known.has(value)) known.set(value, value.shape.join() === shape ? derive(value) : null);
    return known.get(value)!;
  };
  const derive = (value: Value): Linear | null => {
    const node = producers.get(value);
    if (!node) return null;
    if (isProduct(node)) return new Map([[value, one]]);
    const [a, b] = node.inputs as Value[];
    if (node.op === 'Add') return add(linear(a), linear(b));
    if (node.op === 'Sub') return add(linear(a), times(linear(b), minusOne));
    if (node.op === 'Neg') return times(linear(a), minusOne);
    if (node.op === 'Mul') return sizeOf(b.shape) === 1 ? times(linear(a), scalar(b)) : times(linear(b), scalar(a));
    return null;
  };

  const forms = paths.map((path) => linear(graph.outputs.find(({ name }) => name === resultName(path))!.value));
  if (!forms.every((form) => form !== null)) return null;
  const atoms = new Set(forms.flatMap((form) => [...form.keys()]));
  const groups = new Map<string, { left: Value; rows: number; rights: Value[]; scales: ScalarSum[] }>();
  for (const atom of atoms) {
    if (matrices.includes(atom)) continue;
    const [a, b] = producers.get(atom)!.inputs as Value[];
    const left = inputBehind(a)!;
    const scales = forms.map((form) => form.get(atom) ?? []);
    // Products of the same rows that count alike are one: Aᵀ·B + Aᵀ·C = Aᵀ·(B + C).
    const key = JSON.stringify([left.name, a.shape, scales.map(namesOf)]);
    const group = groups.get(key) ?? { left, rows: a.shape[0], rights: [], scales };
    group.rights.push(b);
    groups.set(key, group);
  }
  return {
    mix: forms.map((form) => matrices.map((matrix) => form.get(matrix) ?? [])),
    products: [...groups.values()].map(({ left, rows, rights, scales }) => ({
      left: { input: left, rows },
      rights,
      scales,
    })),
  };
}

function add(a: Linear | null, b: Linear | null): Linear | null {
  if (!a || !b) return null;
  const sum = new Map(a);
  for (const [atom, coefficient] of b) sum.set(atom, [...(sum.get(atom) ?? []), ...coefficient]);
  return sum;
}

function times(a: Linear | null, scale: ScalarSum | null): Linear | null {
  if (!a || !scale) return null;
  const scaled = (coefficient: ScalarSum): ScalarSum =>
    coefficient.flatMap((x) => scale.map((y) => ({ factor: x.factor * y.factor, values: [...x.values, ...y.values] })));
  return new Map([...a].map(([atom, coefficient]) => [atom, scaled(coefficient)]));
}

function scalar(value: Value): ScalarSum | null {
  if (sizeOf(value.shape) !== 1) return null;
  const constant = splatOf(value);
  return constant === undefined ? [{ factor: 1, values: [value] }] : [{ factor: constant, values: [] }];
}

const namesOf = (sum: ScalarSum) => sum.map(({ factor, values }) => [factor, values.map(({ name }) => name)]);
