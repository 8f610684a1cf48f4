import {
  float32,
  tf,
  type Arrays,
  type Scalar,
  type Specs,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { Rng } from '../../base/index.ts';

/** Weights of each unit of a fresh autoencoder that are not 0. */
const connections = 15;

/** Weight decay of the training, on weights alone. */
const decay = 5e-4;

/** Keeps the first steps of Adagrad finite. */
const delta = 1e-8;

/** Errors below this are rounding. */
const leastError = 1e-12;

/** What is trained of an autoencoder, and the statistics that its inputs are standardised by. */
export function autoencoderSpecs(inputs: number, code: number): { readonly weights: Specs; readonly moments: Specs } {
  return {
    weights: {
      'encoder/weight': float32(inputs, code),
      'encoder/bias': float32(code),
      'decoder/weight': float32(code, inputs),
      'decoder/bias': float32(inputs),
    },
    moments: { mean: float32(inputs), deviation: float32(inputs) },
  };
}

/** Biases of 0, and for each unit 15 weights from the standard normal distribution at places drawn by chance; the others are 0. */
export function initialAutoencoder(inputs: number, code: number, rng: Rng): Arrays {
  const sparse = (from: number, to: number): Float32Array => {
    const weight = new Float32Array(from * to);
    for (let unit = 0; unit < to; unit++)
      for (const place of rng.sample(from, Math.min(connections, from))) weight[place * to + unit] = rng.normal();
    return weight;
  };
  return {
    'encoder/weight': sparse(inputs, code),
    'encoder/bias': new Float32Array(code),
    'decoder/weight': sparse(code, inputs),
    'decoder/bias': new Float32Array(inputs),
  };
}

/** `[rows, inputs]`, σ((x − mean) / deviation): what the autoencoder reads, and is to give back. */
export function autoencoderInput(gate: Tensors, x: Tensor2D): Tensor2D {
  return tf.sigmoid(tf.div(tf.sub(x, gate.mean), gate.deviation));
}

/** `[rows, inputs]`, relu(input·A + a)·B + b: the reconstruction before its sigmoid. */
export function reconstruct(gate: Tensors, input: Tensor2D): Tensor2D {
  const code = tf.relu(tf.add(tf.matMul(input, gate['encoder/weight'] as Tensor2D), gate['encoder/bias']));
  return tf.add(tf.matMul(code as Tensor2D, gate['decoder/weight'] as Tensor2D), gate['decoder/bias']);
}

/** `[rows]`, Σ over inputs of (input − σ(reconstruction))². */
export function reconstructionError(gate: Tensors, x: Tensor2D): Tensor1D {
  const input = autoencoderInput(gate, x);
  return tf.sum(tf.squaredDifference(input, tf.sigmoid(reconstruct(gate, input))), 1);
}

/**
 * Σ over rows of weight·Σ over inputs of the cross-entropy −t·log σ(z) − (1 − t)·log(1 − σ(z)) = softplus(z) − t·z, in nats.
 * @param z the reconstruction before its sigmoid
 * @param target t, `[rows, inputs]`
 */
export function reconstructionLoss(z: Tensor2D, target: Tensor2D, weight: Tensor1D): Scalar {
  return tf.sum(tf.mul(tf.sum(tf.sub(tf.softplus(z), tf.mul(target, z)), 1), weight));
}

/**
 * One update by Adagrad: g ← ∇ + decay·θ (of weights, not of biases); s ← s + g²; θ ← θ − rate·g / (√s + δ).
 * Source: rahafaljundi/Expert-Gate.
 */
export function adagrad(parameters: Tensors, gradients: Tensors, squares: Tensors, rate: Scalar) {
  const updated: { parameters: Tensors; squares: Tensors } = { parameters: {}, squares: {} };
  for (const [name, parameter] of Object.entries(parameters)) {
    const gradient = name.endsWith('/weight') ? tf.add(gradients[name], tf.mul(parameter, decay)) : gradients[name];
    const sum = tf.add(squares[name], tf.square(gradient));
    updated.squares[name] = sum;
    updated.parameters[name] = tf.sub(parameter, tf.div(tf.mul(rate, gradient), tf.add(tf.sqrt(sum), delta)));
  }
  return updated;
}

/**
 * How related a new task is to an earlier one, 1 − (Er_a − Er_new) / Er_new: both are mean errors on the new task's data, of the earlier task's
 * autoencoder and of its own. 1: it is reconstructed as well.
 */
export function relatedness(earlier: number, own: number): number {
  const [theirs, least] = [earlier, own].map((error) => Math.max(error, leastError));
  return 1 - (theirs - least) / least;
}
