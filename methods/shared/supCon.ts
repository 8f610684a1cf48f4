import { logSoftmax, tf, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';

/**
 * Supervised contrastive loss, the form with the sum over positives outside of the logarithm (L_out of Khosla et al., arXiv:2004.11362), in nats:
 *
 * Σᵢ wᵢ · (−1/|P(i)|) Σ_{p ∈ P(i)} log( exp(zᵢ·z_p/τ) / Σ_{a ∈ A(i)} exp(zᵢ·z_a/τ) ),
 *
 * with A(i) all rows but i itself and P(i) those of them that have the label of i. Rows of weight 0 are in no A and no P; the size of a weight counts
 * for the row as an anchor only. An anchor without positives adds nothing. The paper's mean over anchors is wᵢ = 1/rows.
 *
 * @param z `[rows, size]`, unit vectors
 * @param labels `[rows]`
 * @param weights `[rows]`, 0 or more
 * @param temperature τ, above 0
 */
export function supCon(z: Tensor2D, labels: Tensor1D, weights: Tensor1D, temperature: number): Scalar {
  const rows = z.shape[0];
  const others = tf.sub(1, tf.eye(rows));
  const counted = tf.cast(tf.greater(weights, 0), 'float32');
  const candidates: Tensor2D = tf.mul(others, tf.expandDims(counted, 0));
  const alike = tf.cast(tf.equal(tf.expandDims(labels, 0), tf.expandDims(labels, 1)), 'float32');
  const positives: Tensor2D = tf.mul(alike, candidates);
  const similarities = tf.div(tf.matMul(z, z, false, true), temperature);
  // Far enough below for exp to be 0, and near enough to 0 for no similarity beside it to lose digits in the sum.
  const logProbabilities = logSoftmax(tf.add(tf.mul(similarities, candidates), tf.mul(tf.sub(candidates, 1), 1e9)));
  const sums = tf.sum(tf.mul(logProbabilities, positives), 1);
  const means = tf.div(sums, tf.maximum(tf.sum(positives, 1), 1));
  return tf.neg(tf.sum(tf.mul(means, weights)));
}
