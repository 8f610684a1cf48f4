import { customGradient, tf, unitNorm, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { supCon } from './supCon.ts';

/** What X-DER (arXiv:2201.00766) does to the outputs of tasks to come, and to stored logits of those that have come since. */

/**
 * Overwrites stored logits of a row, where later outputs are concerned, by the model's present ones. They must not outdo the logit g of the row's
 * label: where the largest, z, does, all of them are multiplied by γ·g/z.
 * @param stored `[outputs]`, overwritten
 * @param fresh `[outputs]`
 * @param later the outputs that are overwritten
 */
export function transplant(
  stored: Float32Array,
  fresh: ArrayLike<number>,
  label: number,
  later: readonly number[],
  gamma: number,
): void {
  const truth = stored[label];
  const largest = Math.max(...later.map((output) => fresh[output]));
  const factor = largest > truth ? (gamma * truth) / largest : 1;
  for (const output of later) stored[output] = factor * fresh[output];
}

/** `[1 or rows, outputs]`, to be added to logits so that only members (1, others 0) can win. */
export function onlyAmong(members: Tensor2D): Tensor2D {
  return tf.mul(tf.sub(members, 1), 1e9);
}

/** `[rows]`, the largest logit among members, `[1 or rows, outputs]`; far below all others where there are none. */
export function largestAmong(logits: Tensor2D, members: Tensor2D): Tensor1D {
  return tf.max(tf.add(logits, onlyAmong(members)), 1);
}

/** Mean of lower + margin − higher over the counted rows where it is above 0; 0 where there is none. All `[rows]`. */
export function meanViolation(lower: Tensor1D, higher: Tensor1D, margin: number, counted: Tensor1D): Scalar {
  const excess: Tensor1D = tf.mul(tf.relu(tf.sub(tf.add(lower, margin), higher)), counted);
  const violations = tf.sum(tf.step(excess));
  return tf.div(tf.sum(excess), tf.maximum(violations, 1));
}

/**
 * Σₜ sₜ·SupCon of rows in the space of task t's outputs alone, each row's logits there scaled to length 1.
 * @param heads outputs of each task
 * @param shares `[tasks]`, s; tasks that are not to come have 0
 * @param weights `[rows]`, of rows as anchors
 */
export function headContrast(
  logits: Tensor2D,
  labels: Tensor1D,
  weights: Tensor1D,
  heads: readonly (readonly number[])[],
  shares: Tensor1D,
  temperature: number,
): Scalar {
  const outputs = logits.shape[1];
  const losses = heads.map((head, task) => {
    const columns = Array.from({ length: outputs }, (_, output) => head.map((each) => Number(each === output)));
    const points = unitNorm(tf.matMul(logits, tf.tensor2d(columns)), 1);
    const share = tf.slice(shares, task, 1);
    return tf.sum(tf.mul(share, supCon(points, labels, weights, temperature))) as Scalar;
  });
  return tf.addN(losses) as Scalar;
}

/** The tensor, as a constant to gradients. */
export function constant<T extends Tensor1D | Tensor2D>(tensor: T): T {
  return customGradient(
    (x: T): T => x.clone() as T,
    (dy) => [tf.zerosLike(dy)],
  )(tensor);
}
