import { tf, type Tensor } from '../../tf.ts';

/**
 * Inverted dropout (arXiv:1207.0580): x·mask / (1 − rate), so that the expectation stays and inference needs no scaling.
 * @param mask of x's shape, 1 for kept and 0 for dropped values
 * @param rate share of dropped values, in [0, 1)
 */
export function dropout<T extends Tensor>(x: T, mask: Tensor, rate: number): T {
  return tf.mul(x, tf.mul(mask, 1 / (1 - rate)));
}
