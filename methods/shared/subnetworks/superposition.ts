import {
  float32,
  lossGradients,
  tf,
  type Arrays,
  type Network,
  type Scalar,
  type Specs,
  type Tap,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../../engine/index.ts';
import type { Model } from '../../contract.ts';

/** How a row finds its mask: by one gradient over all candidates, or by halving them, as often as it takes. */
export const inferences = ['one-shot', 'binary'] as const;
export type Inference = (typeof inferences)[number];

interface Superposition {
  /** Names of the weights that masks cover: all of the network’s, which is a perceptron. */
  readonly names: readonly string[];
  /** Number of masks that there can be. */
  readonly most: number;
  readonly infer: Inference;
  /** Masks that are candidates, by weight name: one a task. */
  candidates(): readonly Arrays[];
}

/**
 * A model that is not told tasks: layers compute Σ_k α_k·(x·(w⊙m_k)), every row with coefficients of its own. With α = 1/K, the candidate with the largest
 * −∂H/∂α_k is chosen, H being the entropy of the row’s outputs (one-shot); or the half of the candidates with the larger ones stays, until one is left
 * (binary). The row is predicted with that mask alone. Wortsman et al. 2020, arXiv:2006.14769, section 3.
 */
export function superposedModel(
  network: Network,
  base: Model,
  { names, most, infer, candidates }: Superposition,
): Model {
  const maskOf = (name: string, k: number): string => `masks/${k}/${name}`;
  const masks: Specs = Object.fromEntries(
    names.flatMap((name) => Array.from({ length: most }, (_, k) => [maskOf(name, k), network.parameters[name]])),
  );
  /** Logits with coefficients `[rows, most]`. */
  function mixed(parameters: Tensors, x: Tensor2D, alpha: Tensor2D, seen?: Tap): Tensor2D {
    const tap: Tap = (layer, input, output) => {
      const name = `${layer}/weight`;
      const parts = Array.from({ length: most }, (_, k) => {
        const masked = tf.mul(parameters[name], parameters[maskOf(name, k)]) as Tensor2D;
        return tf.mul(tf.matMul(input, masked), tf.slice(alpha, [0, k], [-1, 1]));
      });
      const sum = tf.addN(parts) as Tensor2D;
      return seen ? seen(layer, input, sum) : (sum as typeof output);
    };
    return network.apply(parameters, x, { mode: 'inference', statistics: parameters, tap });
  }

  /** −∂H/∂α `[rows, most]` of each row’s own coefficients. */
  function pull(parameters: Tensors, x: Tensor2D, alpha: Tensor2D): Tensor2D {
    const entropy = (p: Tensors): { loss: Scalar } => {
      const logits = mixed(parameters, x, p.alpha as Tensor2D);
      const log = tf.logSoftmax(logits);
      return { loss: tf.neg(tf.sum(tf.mul(tf.exp(log), log))) };
    };
    return tf.neg(lossGradients(entropy, { alpha }).gradients.alpha as Tensor2D);
  }

  return {
    specs: { ...base.specs, ...masks, known: float32(most) },
    logits(parameters, x, tap) {
      const [rows] = x.shape;
      let left: Tensor2D = tf.tile(tf.reshape(parameters.known as Tensor1D, [1, most]), [rows, 1]) as Tensor2D;
      const rounds = infer === 'one-shot' ? 1 : Math.ceil(Math.log2(Math.max(2, most)));
      for (let round = 0; round < rounds; round++) {
        const alpha = tf.div(left, tf.sum(left, 1, true)) as Tensor2D;
        const size = pull(parameters, x, alpha);
        left = infer === 'one-shot' ? best(size, left) : betterHalf(size, left);
      }
      return mixed(parameters, x, left, tap);
    },
    parameters() {
      const known = candidates();
      const given: Arrays = { ...base.parameters(), known: new Float32Array(most).fill(1, 0, known.length) };
      for (const name of names)
        for (let k = 0; k < most; k++) given[maskOf(name, k)] = known[Math.min(k, known.length - 1)][name];
      return given;
    },
  };
}

/** 1 for the candidate with the largest value in each row. @param left 1 for candidates */
export function best(values: Tensor2D, left: Tensor2D): Tensor2D {
  const open = tf.where(tf.greater(left, 0), values, tf.fill(values.shape, -1e30)) as Tensor2D;
  return tf.cast(tf.oneHot(tf.argMax(open, 1) as Tensor1D, values.shape[1]), 'float32') as Tensor2D;
}

/** 1 for the larger half of the candidates in each row, rounded up; of equal ones the first. */
export function betterHalf(values: Tensor2D, left: Tensor2D): Tensor2D {
  const [rows, most] = values.shape;
  const open = tf.where(tf.greater(left, 0), values, tf.fill(values.shape, -1e30)) as Tensor2D;
  const mine = tf.reshape(open, [rows, most, 1]);
  const other = tf.reshape(open, [rows, 1, most]);
  // Of equal values the earlier one counts as larger.
  const earlier = Float32Array.from({ length: most * most }, (_, i) => Number(i % most < Math.floor(i / most)));
  const ties = tf.mul(tf.cast(tf.equal(other, mine), 'float32'), tf.tensor(earlier, [1, most, most]));
  const rank = tf.sum(tf.add(tf.cast(tf.greater(other, mine), 'float32'), ties), 2);
  const keep = tf.floor(tf.div(tf.add(tf.sum(left, 1, true), 1), 2));
  return tf.mul(left, tf.cast(tf.less(rank, keep), 'float32')) as Tensor2D;
}
