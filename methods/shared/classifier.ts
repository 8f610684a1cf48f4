import {
  customGradient,
  logSoftmax,
  tf,
  type Network,
  type Pass,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import type { StreamInfo } from '../contract.ts';
import type { Consistency } from './consistency.ts';
import { seeFeatures, seeUnits, type Seen, type SeenUnits } from './features.ts';
import type { RowTensors } from './rows.ts';

/** `[outputCount]`, to be added to logits: 0 for outputs that compete, and so little for the others that they cannot win. */
export function headMask(outputs: readonly number[], outputCount: number): Float32Array {
  return Float32Array.from({ length: outputCount }, (_, output) => (outputs.includes(output) ? 0 : -1e9));
}

/** The network as the scenario sees it. In a training step it runs in train mode, and each call moves running statistics once. */
export interface Classifier {
  /** How the network runs on some rows in the step at hand; undefined outside of steps. */
  pass(rows: RowTensors): Pass | undefined;
  /** Logits in which only the outputs that compete can win: all of them, or in the task scenario those of each row's task. */
  compete(logits: Tensor2D, task: Tensor1D): Tensor2D;
  /** `[rows, outputCount]`, before any choice of which outputs compete. @param pass as the step runs the network unless given */
  logits(parameters: Tensors, rows: RowTensors, pass?: Pass): Tensor2D;
  /** The logits with the features that the output layer reads. @param pass as the step runs the network unless given */
  see(parameters: Tensors, rows: RowTensors, pass?: Pass): Seen;
  /** The logits with what the linear layers compute before their activation. @param pass as the step runs the network unless given */
  seeUnits(parameters: Tensors, rows: RowTensors, pass?: Pass): SeenUnits;
  /** `[rows]`, log p(y|x) of each row's label, in nats. @param pass as the step runs the network unless given */
  logLikelihood(parameters: Tensors, rows: RowTensors, pass?: Pass): Tensor1D;
  /**
   * Σ weight·cross-entropy over rows, in nats.
   * @param weight `[rows]`; the rows' own unless given
   * @param pass as the step runs the network unless given
   */
  loss(parameters: Tensors, rows: RowTensors, weight?: Tensor1D, pass?: Pass): Scalar;
}

/**
 * @param passOf how the network runs on rows; in inference mode unless given
 * @param ran told of every run
 */
export function createClassifier(
  network: Network,
  { scenario, taskOutputs, outputCount }: StreamInfo,
  passOf: (rows: RowTensors) => Pass | undefined = () => undefined,
  ran: Consistency['ran'] = () => {},
): Classifier {
  const heads = taskOutputs.map((outputs) => [...headMask(outputs, outputCount)]);
  const compete = (logits: Tensor2D, task: Tensor1D): Tensor2D =>
    scenario === 'task' ? tf.add(logits, tf.gather(tf.tensor2d(heads), task)) : logits;
  const logits = (parameters: Tensors, rows: RowTensors, pass = passOf(rows)): Tensor2D => {
    const result = network.apply(parameters, rows.x, pass);
    ran(parameters, rows, () => compete(result, rows.task));
    return result;
  };
  return {
    pass: passOf,
    compete,
    logits,
    see(parameters, rows, pass = passOf(rows)) {
      const seen = seeFeatures(network, parameters, rows.x, pass);
      ran(parameters, rows, () => compete(seen.logits, rows.task));
      return seen;
    },
    seeUnits(parameters, rows, pass = passOf(rows)) {
      const seen = seeUnits(network, parameters, rows.x, pass);
      ran(parameters, rows, () => compete(seen.logits, rows.task));
      return seen;
    },
    logLikelihood: (parameters, rows, pass) =>
      logLikelihood(compete(logits(parameters, rows, pass), rows.task), rows.y),
    loss: (parameters, rows, weight = rows.weight, pass) =>
      crossEntropy(compete(logits(parameters, rows, pass), rows.task), rows.y, weight),
  };
}

/** `[rows]`, log softmax(zᵢ)[yᵢ] in nats; logits `[rows, outputs]`, labels `[rows]`. */
export function logLikelihood(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tf.sum(tf.mul(logSoftmax(logits), tf.oneHot(labels, logits.shape[1])), 1);
}

/**
 * −Σᵢ wᵢ·log softmax(zᵢ)[yᵢ], in nats; logits `[rows, outputs]`, labels and weights `[rows]`. The gradient with respect to the logits is
 * written out, wᵢ·(softmax(zᵢ) − onehot(yᵢ)): a third of the operations. Labels and weights are constants to it.
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, weights: Tensor1D): Scalar {
  const loss = customGradient(
    (z: Tensor2D): Scalar => tf.neg(tf.sum(tf.mul(logLikelihood(z, labels), weights))),
    (dy, [z], [label, weight]) => {
      const [rows, outputs] = z.shape;
      const excess = tf.sub(tf.softmax(z), tf.oneHot(label, outputs));
      return [tf.mul(tf.mul(excess, tf.reshape(weight, [rows, 1])), dy)];
    },
    [labels, weights] as [Tensor1D, Tensor1D],
  );
  return loss(logits);
}
