import { tf, type Scalar, type Tensor1D, type Tensor2D, type Tensor4D } from '../../tf.ts';
import type { Pass } from '../network.ts';
import { affine, epsilon, type Affine } from './affine.ts';
import { customGradient } from './customGradient.ts';

/** Mean and variance of each channel, `[channels]` each. */
export interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** Weight of a batch in the running statistics, as in PyTorch. */
const momentum = 0.1;

/**
 * Batch normalisation (arXiv:1502.03167) with PyTorch's conventions, γ·(x − mean) / √(variance + 10⁻⁵) + β. In train mode by the mean and the
 * biased variance of the batch's counted rows, and the running statistics move: r ← 0.9·r + 0.1·batch, with the unbiased variance.
 * In the other modes by the running statistics.
 * @param x `[rows, height, width, channels]`; rows that do not count are normalised like the others
 * @returns `moved` is null except in train mode
 */
export function batchNorm(
  x: Tensor4D,
  scaleAndShift: Affine,
  running: Moments,
  { mode, counted }: Pick<Pass, 'mode' | 'counted'>,
): { output: Tensor4D; moved: Moments | null } {
  if (mode !== 'train') return { output: affine(x, foldMoments(scaleAndShift, running)), moved: null };
  const batch = batchOf(x.shape, counted);
  const moments = momentsOf(x, batch);
  return { output: normalizeBatch(x, scaleAndShift, moments, batch), moved: move(running, moments, batch.count) };
}

/** (x − mean) / √(variance + ε): what batch norm scales and shifts. */
export function normalize(x: Tensor4D, { mean, variance }: Moments): Tensor4D {
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
}

/** The scale and shift that are all there is to batch norm by given moments: γ' = γ / √(variance + ε), β' = β − mean·γ'. */
export function foldMoments({ gamma, beta }: Affine, { mean, variance }: Moments): Affine {
  const scale: Tensor1D = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  return { gamma: scale, beta: tf.sub(beta, tf.mul(mean, scale)) };
}

/** What of a batch counts. */
interface Batch {
  /** Number of values that each channel's moments are over. */
  readonly count: Scalar;
  /** `[1, rows]`, 1/count for rows that count, 0 for others. */
  readonly shares: Tensor2D;
}

function batchOf([rows, height, width]: readonly number[], counted?: Tensor1D): Batch {
  const weights: Tensor1D = counted ?? tf.ones([rows]);
  const count: Scalar = tf.maximum(tf.mul(tf.sum(weights), height * width), 1);
  return { count, shares: tf.reshape(tf.div(weights, count), [1, rows]) };
}

/** `[rows, channels]`: sums over the map. Leaving rows out of what they add up to costs a product of rows × channels numbers. */
function rowSums(values: Tensor4D): Tensor2D {
  return tf.sum(values, [1, 2]);
}

/** Mean and biased variance of each channel over the maps of the rows that count, the variance in a second pass. */
function momentsOf(x: Tensor4D, { shares }: Batch): Moments {
  const meanOf = (values: Tensor4D): Tensor1D => tf.reshape(tf.matMul(shares, rowSums(values)), [x.shape[3]]);
  const mean = meanOf(x);
  return { mean, variance: meanOf(tf.square(tf.sub(x, mean))) };
}

/**
 * Normalises by the batch's own moments, with the gradient written out: with c = x − mean, r = 1/√(variance + ε), s = the row's share,
 * dβ = Σ dy, dγ = r·Σ dy·c and dx = γr·(dy − s·(dβ + r·dγ·c)); about half of what differentiating step by step computes.
 */
function normalizeBatch(
  x: Tensor4D,
  { gamma, beta }: Affine,
  { mean, variance }: Moments,
  { shares }: Batch,
): Tensor4D {
  const [rows, , , channels] = x.shape;
  const normal = customGradient(
    (image: Tensor4D, scale: Tensor1D, shift: Tensor1D): Tensor4D =>
      tf.batchNorm(tf.sub(image, mean), tf.zerosLike(mean), variance, shift, scale, epsilon),
    (dy, [image, scale], [centre, spread, share]) => {
      const inverse: Tensor1D = tf.rsqrt(tf.add(spread, epsilon));
      const offsets: Tensor4D = tf.sub(image, centre);
      const dBeta: Tensor1D = tf.sum(rowSums(dy), 0);
      const dGamma: Tensor1D = tf.mul(inverse, tf.sum(rowSums(tf.mul(dy, offsets)), 0));
      const slope: Tensor1D = tf.mul(scale, inverse);
      const ofRow = (values: Tensor1D): Tensor4D =>
        tf.reshape(tf.matMul(share, tf.reshape(values, [1, channels]), true), [rows, 1, 1, channels]);
      const pull = tf.add(tf.mul(offsets, ofRow(tf.mul(tf.mul(slope, inverse), dGamma))), ofRow(tf.mul(slope, dBeta)));
      return [tf.sub(tf.mul(dy, slope), pull), dGamma, dBeta];
    },
    [mean, variance, shares] as [Tensor1D, Tensor1D, Tensor2D],
  );
  return normal(x, gamma, beta);
}

/** A single value has no unbiased variance: then the biased one, 0, is taken. */
function move(running: Moments, { mean, variance }: Moments, count: Scalar): Moments {
  const unbiased: Tensor1D = tf.mul(variance, tf.div(count, tf.maximum(tf.sub(count, 1), 1)));
  const towards = (old: Tensor1D, seen: Tensor1D): Tensor1D =>
    tf.add(tf.mul(old, 1 - momentum), tf.mul(seen, momentum));
  return { mean: towards(running.mean, mean), variance: towards(running.variance, unbiased) };
}
