import { tf, unitNorm, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';

/** Keeps a positive of vanishing probability from dominating: its gradient fades below it, as in the released code. */
const epsilon = 1e-8;

/**
 * S = λ·(z zᵀ + z f_sᵀ): projections compared with projections and with a slice of the normalised features (OCM, ICML 2022).
 * @param z `[rows, width]`, unit vectors
 * @param features `[rows, size]`, as the network gives them
 * @param slice `[width]`, which numbers of a normalised feature are compared
 */
export function instanceSimilarities(z: Tensor2D, features: Tensor2D, slice: Tensor1D, scale: number): Tensor2D {
  // A product with ones and zeros selects columns: its gradient is one, too.
  const part = tf.matMul(unitNorm(features, 1), tf.oneHot(slice, features.shape[1]) as Tensor2D, false, true);
  return tf.mul(scale, tf.matMul(z, tf.add(z, part) as Tensor2D, false, true));
}

export interface InstanceRows {
  /** `[rows]`; rows of the same group are positives of each other. Both views of an image are in one group. */
  readonly group: Tensor1D;
  /** `[rows]`; rows of weight 0 do not count, all others count the same. */
  readonly weight: Tensor1D;
}

/**
 * Supervised contrast of instances as in OCM (ICML 2022) and OnPro (arXiv:2308.00301). Of N rows, the first half one view of images and
 * the second half another view of the same, with P(i) the rows of the group of i, i itself among them, t(i) the other view of i's image and
 * p_ij = softmax_j(S_ij/τ):
 *
 * - `stream`: softmax over j ≠ i; L = −(1/N) Σᵢ [log p_i,t(i) + (2/|P(i)|) Σ_{j ∈ P(i), j ≠ i} log p_ij]
 * - `replay`: softmax over all j; L = −(1/N) Σᵢ (1/|P(i)|) Σ_{j ∈ P(i)} log p_ij
 *
 * in nats, with log(p + 10⁻⁸) for log p.
 * @param similarities `[rows, rows]`, S
 * @param temperature τ
 */
export function instanceLoss(
  similarities: Tensor2D,
  { group, weight }: InstanceRows,
  temperature: number,
  kind: 'stream' | 'replay',
): Scalar {
  const [rows] = similarities.shape;
  const counted: Tensor1D = tf.cast(tf.greater(weight, 0), 'float32');
  const [column, row] = [tf.reshape(counted, [rows, 1]), tf.reshape(counted, [1, rows])];
  const same = tf.cast(tf.equal(tf.reshape(group, [rows, 1]), tf.reshape(group, [1, rows])), 'float32');
  const positives: Tensor2D = tf.mul(tf.mul(same, column), row);
  const shares: Tensor2D = tf.div(positives, tf.maximum(tf.sum(positives, 1, true), 1));
  const missing = tf.sub(1, row);
  let excluded = missing;
  let weights = shares;
  if (kind === 'stream') {
    const self = tf.eye(rows);
    const half = rows / 2;
    const twins = tf.concat([tf.slice(self, [half, 0]), tf.slice(self, [0, 0], [half, rows])], 0);
    excluded = tf.maximum(missing, self);
    weights = tf.add(tf.mul(tf.mul(2, shares), tf.sub(1, self)), tf.mul(twins, column));
  }
  const p = tf.softmax(tf.sub(tf.div(similarities, temperature), tf.mul(1e9, excluded)) as Tensor2D);
  const sum: Scalar = tf.sum(tf.mul(tf.log(tf.add(p, epsilon)), weights));
  return tf.neg(tf.div(sum, tf.maximum(tf.sum(counted), 1)));
}
