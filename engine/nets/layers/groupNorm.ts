import { tf, type Tensor, type Tensor4D } from '../../tf.ts';
import { epsilon } from './affine.ts';

/**
 * Group normalisation (arXiv:1803.08494) before scale and shift: the channels of each row are split into `groups` of neighbours, each
 * normalised by its own mean and biased variance over channels and map.
 * @param x `[rows, height, width, channels]`, channels a multiple of groups
 */
export function normalizeGroups(x: Tensor4D, groups: number): Tensor4D {
  const [rows, height, width, channels] = x.shape;
  const split = tf.reshape(x, [rows, height * width, groups, channels / groups]);
  const centred: Tensor = tf.sub(split, tf.mean(split, [1, 3], true));
  const variance = tf.mean(tf.square(centred), [1, 3], true);
  return tf.reshape(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), [rows, height, width, channels]);
}

/** 32 groups as in the paper, or the largest power of two below that leaves whole groups of at least two channels; 1 for odd counts. */
export function groupCount(channels: number): number {
  let groups = 32;
  while (groups > 1 && (channels % groups !== 0 || channels / groups < 2)) groups /= 2;
  return groups;
}
