import { isSpec, sizeOf, type ArraySpec, type Signature, type TypedArray } from './types.ts';

/** One array of a tree of arrays: where it sits and what it must be. */
export interface Leaf {
  readonly keys: readonly string[];
  /** The keys joined by `/`: unique in the tree, and the name of the array inside the compiled program. */
  readonly path: string;
  readonly spec: ArraySpec;
  readonly size: number;
}

export interface Tree<V> {
  [key: string]: V | Tree<V>;
}

/** The arrays of a signature, in the order of its keys. */
export function leavesOf(signature: Signature, above: readonly string[] = []): Leaf[] {
  return Object.entries(signature).flatMap(([key, entry]): Leaf[] => {
    const keys = [...above, key];
    return isSpec(entry)
      ? [{ keys, path: keys.join('/'), spec: entry, size: sizeOf(entry.shape) }]
      : leavesOf(entry, keys);
  });
}

/** The value at a leaf's place, or undefined. */
export function at(tree: unknown, { keys }: Leaf): unknown {
  let current = tree;
  for (const key of keys) {
    if (current === undefined) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** The signature's tree with a value at every leaf. Groups without members are kept as empty groups. */
export function build<V>(signature: Signature, value: (path: string) => V, above = ''): Tree<V> {
  const tree: Tree<V> = {};
  for (const [key, entry] of Object.entries(signature)) {
    const path = above + key;
    tree[key] = isSpec(entry) ? value(path) : build(entry, value, `${path}/`);
  }
  return tree;
}

/** Checks that `array` is what the leaf asks for. */
export function checkArray(program: string, { path, spec, size }: Leaf, array: unknown): TypedArray {
  const wanted = spec.dtype === 'float32' ? Float32Array : Int32Array;
  if (array === undefined) throw new RangeError(`${program}: input ${path} is missing`);
  if (!(array instanceof wanted)) throw new TypeError(`${program}: input ${path} must be a ${wanted.name}`);
  if (array.length !== size)
    throw new RangeError(
      `${program}: input ${path} has ${array.length} elements, not ${size} (${spec.shape.join('×') || 'a scalar'})`,
    );
  return array;
}
