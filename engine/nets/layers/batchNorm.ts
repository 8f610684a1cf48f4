import { tf, type Scalar, type Tensor1D, type Tensor4D } from '../../tf.ts';
import type { Pass } from '../network.ts';
import { affine, epsilon, type Affine } from './affine.ts';

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
  const { moments, count } = batchMoments(x, counted);
  return { output: affine(x, foldMoments(scaleAndShift, moments)), moved: move(running, moments, count) };
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

/**
 * Mean and biased variance of each channel over the maps of the rows that count, the variance in a second pass.
 * @param counted `[rows]`, 1 for rows that count, 0 for others; all count unless given
 * @returns with the number of values that each is over
 */
function batchMoments(x: Tensor4D, counted?: Tensor1D): { moments: Moments; count: Scalar } {
  const [rows, height, width, channels] = x.shape;
  const weights: Tensor1D = counted ?? tf.ones([rows]);
  const count: Scalar = tf.maximum(tf.mul(tf.sum(weights), height * width), 1);
  const shares = tf.reshape(tf.div(weights, count), [1, rows]);
  // Sums of each row first: then leaving rows out costs a product of rows × channels numbers.
  const meanOf = (values: Tensor4D): Tensor1D => tf.reshape(tf.matMul(shares, tf.sum(values, [1, 2])), [channels]);
  const mean = meanOf(x);
  return { moments: { mean, variance: meanOf(tf.square(tf.sub(x, mean))) }, count };
}

/** A single value has no unbiased variance: then the biased one, 0, is taken. */
function move(running: Moments, { mean, variance }: Moments, count: Scalar): Moments {
  const unbiased: Tensor1D = tf.mul(variance, tf.div(count, tf.maximum(tf.sub(count, 1), 1)));
  const towards = (old: Tensor1D, seen: Tensor1D): Tensor1D =>
    tf.add(tf.mul(old, 1 - momentum), tf.mul(seen, momentum));
  return { mean: towards(running.mean, mean), variance: towards(running.variance, unbiased) };
}
