import type { Rng } from '../../base/index.ts';
import { float32, tf, type ArraySpec, type Tensor1D, type Tensor2D } from '../../engine/index.ts';

/** Hash functions of vectors of one width: each of `tables` has `bits` random planes through the origin, and so 2^bits buckets. */
export interface HashShape {
  /** Number of hash functions (K). */
  readonly tables: number;
  /** Planes of each (L). */
  readonly bits: number;
  readonly width: number;
}

export function planeSpec({ tables, bits, width }: HashShape): ArraySpec {
  return float32(width, tables * bits);
}

/** `[width, tables·bits]`, the planes' normals: independent standard normal numbers. */
export function drawPlanes({ tables, bits, width }: HashShape, rng: Rng): Float32Array {
  return Float32Array.from({ length: width * tables * bits }, () => rng.normal());
}

/**
 * The bucket of each vector in each table, SimHash: bit l is 1 where the vector lies on the positive side of plane l. Two vectors at the
 * angle θ agree in a bit with probability 1 − θ/π, whatever their lengths. Charikar 2002, doi:10.1145/509907.509965.
 * @param vectors `[rows, width]`
 * @param planes `[width, tables·bits]`
 * @returns `[rows·tables]`, whole numbers; those of table k are k·2^bits … (k + 1)·2^bits − 1
 */
export function bucketsOf(vectors: Tensor2D, planes: Tensor2D, { tables, bits }: HashShape): Tensor1D {
  const count = vectors.shape[0] * tables;
  const sides = tf.cast(tf.greater(tf.matMul(vectors, planes), 0), 'float32');
  const powers = tf.tensor2d(Array.from({ length: bits }, (_, bit) => [2 ** bit]));
  const within = tf.reshape(tf.matMul(tf.reshape(sides, [count, bits]), powers), [count]);
  const offsets = Int32Array.from({ length: count }, (_, i) => (i % tables) * 2 ** bits);
  return tf.add(tf.cast(within, 'int32'), tf.tensor1d(offsets, 'int32'));
}
