import { logSoftmax, tf, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';

/** What the predictions are compared with: their squared distance, or the cross-entropy. */
export const distillationLosses = ['cross-entropy', 'mse'] as const;
export type DistillationLoss = (typeof distillationLosses)[number];

/**
 * `[rows, outputs]`, what a student learns: α·onehot(y) + (1 − α)·softmax(teacher); α weighs the ground truth (Borup & Andersen, arXiv:2102.13088).
 * @param teacher logits in which only the outputs that compete can win
 */
export function mixedTargets(labels: Tensor1D, teacher: Tensor2D, alpha: Scalar): Tensor2D {
  const truth = tf.mul(tf.oneHot(labels, teacher.shape[1]), alpha);
  return tf.add(truth, tf.mul(tf.softmax(teacher), tf.sub(1, alpha)));
}

/**
 * Σᵢ wᵢ·ℓ(softmax(zᵢ), tᵢ), with ℓ = −Σ_k t·log p in nats, or the mean over the competing outputs of (p − t)². Both have the gradient of a sum
 * of two losses, α·ℓ(p, onehot) + (1 − α)·ℓ(p, teacher). Targets and weights are constants to it.
 * @param competing number of outputs that compete
 */
export function distanceToTargets(
  kind: DistillationLoss,
  logits: Tensor2D,
  targets: Tensor2D,
  weights: Tensor1D,
  competing: Scalar,
): Scalar {
  const perRow: Tensor1D =
    kind === 'mse'
      ? tf.div(tf.sum(tf.square(tf.sub(tf.softmax(logits), targets)), 1), competing)
      : tf.neg(tf.sum(tf.mul(targets, logSoftmax(logits)), 1));
  return tf.sum(tf.mul(perRow, weights));
}

/**
 * The share of the ground truth with which α·f₁ + (1 − α)·f₀ is nearest to the truth on rows that neither was trained on:
 * α* = ⟨f₁ − f₀, y − f₀⟩ / ‖f₁ − f₀‖², within [0, 1]. Where the two agree every share is as good; then 1.
 * @param first f₁, predictions of what is fitted to the ground truth alone
 * @param zero f₀, predictions of what is fitted to its teacher alone
 */
export function optimalShare(first: ArrayLike<number>, zero: ArrayLike<number>, truth: ArrayLike<number>): number {
  let [along, length] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    const step = first[i] - zero[i];
    along += step * (truth[i] - zero[i]);
    length += step ** 2;
  }
  return length > 0 ? Math.min(1, Math.max(0, along / length)) : 1;
}
