import { tf, type Loss, type Scalar, type Tensor1D, type Tensor2D, type Tensors } from '../../engine/index.ts';
import { crossEntropy, type Classifier } from './classifier.ts';
import { constant, headContrast, largestAmong, meanViolation, onlyAmong } from './futureHeads.ts';
import type { RowTensors } from './rows.ts';

export interface XderInputs {
  /** The stream batch, a draw for its logits, a draw for its labels. */
  readonly rows: RowTensors;
  /** Random views for the contrast, with their weights as anchors. */
  readonly views: RowTensors;
  /** `[replayBatch, outputs]`, stored logits of the first draw. */
  readonly stored: Tensor2D;
  /** 1 for rows of `rows` that count, each slot of the memory once. */
  readonly unique: Tensor1D;
  /** `[1, outputs]` each, 1 for the outputs of tasks before, now and to come; `shares` `[tasks]`, 1/number of tasks to come for each of those. */
  readonly members: {
    readonly past: Tensor2D;
    readonly present: Tensor2D;
    readonly future: Tensor2D;
    readonly shares: Tensor1D;
  };
}

export interface XderWeights {
  readonly batch: number;
  readonly replayBatch: number;
  readonly alpha: number;
  readonly beta: number;
  readonly lambda: number;
  readonly eta: number;
  readonly margin: number;
  readonly temperature: number;
}

/**
 * The loss of X-DER (arXiv:2201.00766): CE(stream, present outputs) + α·mean squared distance to stored logits + β·CE(second draw, past outputs) +
 * λ·contrast of views on each coming task's outputs + η·(coming outputs above those of a row's own task − margin) + η·(the stream's rows: past
 * probabilities above present ones − margin), the last two as means over the rows for which they are above 0.
 */
export function createXderLoss(
  classifier: Classifier,
  taskOutputs: readonly (readonly number[])[],
  { batch: b, replayBatch: r, alpha, beta, lambda, eta, margin, temperature }: XderWeights,
) {
  return (parameters: Tensors, { rows, views, stored, unique, members }: XderInputs): Loss => {
    const { past, present, future, shares } = members;
    const logits = classifier.logits(parameters, rows);
    const outputs = logits.shape[1];
    const block = (from: number, length: number): Tensor2D => tf.slice(logits, [from, 0], [length, outputs]);
    const part = (vector: Tensor1D, from: number, length: number): Tensor1D => tf.slice(vector, from, length);
    const labels = (from: number, length: number, among: Tensor2D): Scalar =>
      crossEntropy(
        tf.add(block(from, length), onlyAmong(among)),
        part(rows.y, from, length),
        part(rows.weight, from, length),
      );
    const distances = tf.mean(tf.squaredDifference(block(b, r), stored), 1);
    const matched = tf.sum(tf.mul(distances, part(rows.weight, b, r)));

    const heads = taskOutputs.map((head) => Array.from({ length: outputs }, (_, output) => +head.includes(output)));
    const own: Tensor2D = tf.gather(tf.tensor2d(heads), rows.task);
    const early = meanViolation(largestAmong(logits, future), largestAmong(logits, own), margin, unique);

    const odds: Tensor2D = tf.softmax(tf.add(block(0, b), onlyAmong(tf.add(past, present))));
    const best = (among: Tensor2D): Tensor1D => tf.max(tf.mul(odds, among), 1);
    const hasPast = tf.max(past) as Scalar;
    const late = tf.mul(hasPast, meanViolation(constant(best(past)), best(present), margin, part(unique, 0, b)));

    const seen = classifier.logits(parameters, views);
    const contrast = headContrast(seen, views.y, views.weight, taskOutputs, shares, temperature);
    const kept = [tf.mul(alpha, matched), tf.mul(beta, labels(b + r, r, past))];
    const [learnt, ...others] = [labels(0, b, present), tf.mul(lambda, contrast), tf.mul(eta, tf.add(early, late))];
    const loss = tf.addN([learnt, ...kept, ...others]) as Scalar;
    return { loss, stability: () => tf.addN(kept) as Scalar, aux: { logits: block(b, 2 * r) } };
  };
}
