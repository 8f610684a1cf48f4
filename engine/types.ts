import type { Provider } from './onnx/provider.ts';
import type { Tensor } from './tf.ts';

export type Shape = readonly number[];
export type DType = 'float32' | 'int32';

/** Shape and type of one array. Shapes are static: batches that come short are padded and weighted, not recompiled. */
export interface ArraySpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

export type TypedArray = Float32Array | Int32Array;

/** Named arrays, such as the parameters of a network. */
export type Arrays = Record<string, TypedArray>;
export type Specs = Readonly<Record<string, ArraySpec>>;
export type Tensors = Record<string, Tensor>;

/** What a program takes: arrays in a tree of named groups, such as `{ parameters: {…}, rows: { x, y } }`. */
export interface Signature {
  readonly [key: string]: ArraySpec | Signature;
}

/** The same tree with tensors in place of specs: what the traced function sees. */
export type TensorsOf<S> = { readonly [K in keyof S]: S[K] extends ArraySpec ? Tensor : TensorsOf<S[K]> };

/** The same tree with typed arrays in place of specs: what a caller passes to `run`. */
export type ArraysOf<S> = { readonly [K in keyof S]: S[K] extends ArraySpec ? TypedArray : ArraysOf<S[K]> };

/** What a traced function returns: tensors in a tree of named groups. */
export interface TensorTree {
  readonly [key: string]: Tensor | TensorTree;
}

export type ArraysOfTree<T> = { readonly [K in keyof T]: T[K] extends Tensor ? TypedArray : ArraysOfTree<T[K]> };

export type PartialTree<T> = { readonly [K in keyof T]?: T[K] extends TypedArray ? T[K] : PartialTree<T[K]> };

/**
 * What one run of a program did to matrices S = [S₀, S₁, …] of one shape `[in, out]`, where that is known to be of low rank:
 * S′ᵢ = Σⱼ mix[i][j]·Sⱼ + Σ over products of scales[i]·leftᵀ·right.
 */
export interface LowRankChange {
  readonly mix: readonly (readonly number[])[];
  readonly products: readonly LowRankProduct[];
}

export interface LowRankProduct {
  readonly rows: number;
  /** `[rows, in]` */
  readonly left: Float32Array;
  /** `[rows, out]` */
  readonly right: Float32Array;
  /** One a matrix. */
  readonly scales: readonly number[];
}

export interface CompileOptions {
  /** Paths of matrices of one shape that are inputs and results of the program, and whose changes `lastChange` is to tell. */
  readonly follow?: readonly string[];
}

/** What a product does for a layer: it computes outputs, the gradient of its inputs, or that of its weight. */
export type ProductRole = 'forward' | 'input-gradient' | 'weight-gradient';

/** The products of a program that belong to one weight in one role. */
export interface WeightProduct {
  /** Path of the weight among the program's inputs, such as `parameters/hidden1/weight`. */
  readonly weight: string;
  readonly role: ProductRole;
  /** Operations in one run: 2 for each multiply-add, biases not counted. */
  readonly flops: number;
}

/** A pure function of tensors, made ready to run many times. */
export interface Program<S extends Signature = Signature, T extends TensorTree = TensorTree> {
  readonly name: string;
  readonly inputs: S;
  /** Shapes and types of the results, in the tree that the function returned. */
  readonly outputs: Signature;
  /** Floating-point operations of one run (a multiply-add counts as two), or null where the function could not be traced. */
  readonly flops: number | null;
  /** Those of `flops` that go through weights of layers, by weight and role; null where the function could not be traced. */
  readonly products: readonly WeightProduct[] | null;
  /** Bytes of its largest intermediate result, or null where the function could not be traced. */
  readonly largestBytes: number | null;
  /**
   * Runs the program. Arrays are read in place. Results are written into the arrays of `into` where it has them, else into new ones;
   * an array of `into` must not be among the feeds, but for what is `overwritable`.
   * @throws {RangeError} if an array is missing or has the wrong length
   */
  run(feeds: ArraysOf<S>, into?: PartialTree<ArraysOfTree<T>>): Promise<ArraysOfTree<T>>;
  /** Paths of inputs over which the result of the same path may be written: what reads them has done so by then. */
  readonly overwritable: ReadonlySet<string>;
  /**
   * What the last run did to the followed matrices, in arrays that the next run overwrites. Absent where none were to be followed, where
   * their change is not of low rank by its form, and on engines that do not analyse programs.
   */
  readonly lastChange?: () => LowRankChange;
  dispose(): Promise<void>;
}

export type EngineName = 'onnx' | 'tensorflow' | 'wasm' | 'cpu';

/** Where programs run. */
export interface Engine {
  readonly name: EngineName;
  readonly threads: number;
  /** Where ONNX Runtime computes; null for engines without it. */
  readonly provider: Provider | null;
  /**
   * Makes a program of a pure function: it may use any tfjs operation, draws no random numbers and reads nothing but its inputs.
   * It is called once (compiled engines) or at every run (eager engines).
   * @param name named in errors and profiles
   */
  compile<S extends Signature, T extends TensorTree>(
    name: string,
    fn: (inputs: TensorsOf<S>) => T,
    inputs: S,
    options?: CompileOptions,
  ): Promise<Program<S, T>>;
  dispose(): Promise<void>;
}

export function isSpec(entry: ArraySpec | Signature): entry is ArraySpec {
  return Array.isArray(entry.shape);
}

/** Number of elements of an array of this shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function float32(...shape: number[]): ArraySpec {
  return { shape, dtype: 'float32' };
}

export function int32(...shape: number[]): ArraySpec {
  return { shape, dtype: 'int32' };
}

/** A zero-filled array for every spec. */
export function allocate(specs: Specs): Arrays {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [
      name,
      dtype === 'float32' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape)),
    ]),
  );
}
