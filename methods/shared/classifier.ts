import {
  tf,
  type Network,
  type Scalar,
  type Tap,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { StreamInfo } from '../contract.ts';
import type { RowTensors } from './rows.ts';

/** `[outputCount]`, to be added to logits: 0 for outputs that compete, and so little for the others that they cannot win. */
export function headMask(outputs: readonly number[], outputCount: number): Float32Array {
  return Float32Array.from({ length: outputCount }, (_, output) => (outputs.includes(output) ? 0 : -1e9));
}

/** The network as the scenario sees it. */
export interface Classifier {
  /** Logits in which only the outputs that compete can win: all of them, or in the task scenario those of each row's task. */
  compete(logits: Tensor2D, task: Tensor1D): Tensor2D;
  /** `[rows]`, log p(y|x) of each row's label, in nats. */
  logLikelihood(parameters: Tensors, rows: RowTensors, tap?: Tap): Tensor1D;
  /** Σ weight·cross-entropy over rows, in nats. */
  loss(parameters: Tensors, rows: RowTensors): Scalar;
}

export function createClassifier(network: Network, { scenario, taskOutputs, outputCount }: StreamInfo): Classifier {
  const heads = taskOutputs.map((outputs) => [...headMask(outputs, outputCount)]);
  const compete = (logits: Tensor2D, task: Tensor1D): Tensor2D =>
    scenario === 'task' ? tf.add(logits, tf.gather(tf.tensor2d(heads), task)) : logits;
  return {
    compete,
    logLikelihood: (parameters, { x, y, task }, tap) =>
      logLikelihood(compete(network.apply(parameters, x, tap), task), y),
    loss: (parameters, { x, y, task, weight }) => crossEntropy(compete(network.apply(parameters, x), task), y, weight),
  };
}

/** `[rows]`, log softmax(zᵢ)[yᵢ] in nats; logits `[rows, outputs]`, labels `[rows]`. */
export function logLikelihood(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, logits.shape[1])), 1);
}

/** −Σᵢ wᵢ·log softmax(zᵢ)[yᵢ], in nats; logits `[rows, outputs]`, labels and weights `[rows]`. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, weights: Tensor1D): Scalar {
  return tf.neg(tf.sum(tf.mul(logLikelihood(logits, labels), weights)));
}
