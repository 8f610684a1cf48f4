import { sizeOf, tf, type Specs, type Tensor1D, type Tensors } from '../../engine/index.ts';

/** Numbers in all arrays of a group together. */
export function flatSize(specs: Specs): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** All tensors of a group, in the order of their specs, as one vector `[flatSize]`. */
export function flatten(tensors: Tensors, specs: Specs): Tensor1D {
  return tf.concat(Object.keys(specs).map((name) => tf.reshape(tensors[name], [-1]) as Tensor1D));
}

/** The tensors of a group out of one vector: undoes `flatten`. */
export function unflatten(vector: Tensor1D, specs: Specs): Tensors {
  let start = 0;
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => {
      const part = tf.slice(vector, start, sizeOf(shape));
      start += sizeOf(shape);
      return [name, tf.reshape(part, [...shape])];
    }),
  );
}
