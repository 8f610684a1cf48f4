import { logSoftmax, tf, unitNorm, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';

/** Which rows there are, and of which class. */
export interface LabelledRows {
  /** `[rows]`, 0 … classes − 1. */
  readonly y: Tensor1D;
  /** `[rows]`; rows of weight 0 do not count, all others count the same. */
  readonly weight: Tensor1D;
}

/** `[classes, width]`, the mean of the rows of each class; 0 for a class without rows. And `[classes]`, 1 for those with rows, else 0. */
export function meansByClass(z: Tensor2D, { y, weight }: LabelledRows, classes: number) {
  const counted: Tensor1D = tf.cast(tf.greater(weight, 0), 'float32');
  const members: Tensor2D = tf.mul(tf.oneHot(y, classes), tf.reshape(counted, [-1, 1]));
  const counts: Tensor1D = tf.sum(members, 0);
  const means: Tensor2D = tf.div(tf.matMul(members, z, true), tf.reshape(tf.maximum(counts, 1), [classes, 1]));
  return { means, present: tf.minimum(counts, 1) as Tensor1D };
}

/**
 * Contrast of online prototypes (OPE, arXiv:2308.00301): u_c and u′_c are the normalised class means of two views of the same rows. With v the
 * 2K vectors of the K classes that have rows, v⁺ the other view's of the same class, and s = ⟨v, ·⟩/τ:
 * L = −(1/2K) Σ_v log[exp s(v⁺) / Σ_{w ≠ v} exp s(w)], in nats; 0 without rows.
 * @param one `[rows, width]`, projections of the first view, unit vectors
 * @param other the same of the second
 * @param temperature τ
 * @returns beside the loss `[classes, width]`, the mean of both views' means before they are normalised; 0 for classes without rows
 */
export function prototypeLoss(
  one: Tensor2D,
  other: Tensor2D,
  rows: LabelledRows,
  classes: number,
  temperature: number,
): { loss: Scalar; means: Tensor2D } {
  const { means: first, present } = meansByClass(one, rows, classes);
  const { means: second } = meansByClass(other, rows, classes);
  const vectors: Tensor2D = tf.concat([unitNorm(first, 1), unitNorm(second, 1)], 0);
  const both: Tensor1D = tf.concat([present, present], 0);
  const size = 2 * classes;
  const self = tf.eye(size);
  const twins: Tensor2D = tf.concat([tf.slice(self, [classes, 0]), tf.slice(self, [0, 0], [classes, size])], 0);
  const excluded = tf.maximum(self, tf.sub(1, tf.reshape(both, [1, size])));
  const similarities: Tensor2D = tf.div(tf.matMul(vectors, vectors, false, true), temperature);
  const logs = logSoftmax(tf.sub(similarities, tf.mul(1e9, excluded)) as Tensor2D);
  const ofTwins: Tensor1D = tf.sum(tf.mul(logs, twins), 1);
  const loss: Scalar = tf.neg(tf.div(tf.sum(tf.mul(ofTwins, both)), tf.maximum(tf.sum(both), 1)));
  return { loss, means: tf.div(tf.add(first, second), 2) };
}
