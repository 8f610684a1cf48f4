import { float32, logSoftmax, tf, type Specs, type Tensor, type Tensor2D, type Tensors } from '../../engine/index.ts';
import type { StreamInfo } from '../contract.ts';
import { bucketsOf, planeSpec, type HashShape } from './simhash.ts';

export interface Correction extends HashShape {
  /** Strength of the correction (λ), in [0, 1]. */
  readonly lambda: number;
  /** Share of the correction that is towards the labels themselves, the rest being by the errors of the past (γ), in [0, 1]. */
  readonly gamma: number;
  /** Outputs that are told apart as one distribution. */
  readonly groups: readonly (readonly number[])[];
  readonly outputCount: number;
}

/**
 * The arrays of a sketch. Tables hold a row for each bucket, with one number an output: how often the output was the label of what fell
 * there, and the sum of the probabilities that were predicted for it, which only γ < 1 needs.
 */
export function memorySpecs(correction: Correction): Specs {
  const { tables, bits, outputCount, gamma } = correction;
  const table = float32(tables * 2 ** bits, outputCount);
  return { planes: planeSpec(correction), labels: table, ...(gamma < 1 && { predictions: table }) };
}

/**
 * Outputs that are told apart as one distribution: all together, or in the task scenario those of each task, tasks that share outputs
 * being taken together.
 */
export function outputGroups({ scenario, taskOutputs, outputCount }: StreamInfo): number[][] {
  if (scenario !== 'task') return [Array.from({ length: outputCount }, (_, output) => output)];
  let groups: number[][] = [];
  for (const outputs of taskOutputs) {
    const apart = groups.filter((group) => !group.some((output) => outputs.includes(output)));
    const shared = groups.filter((group) => !apart.includes(group)).flat();
    groups = [...apart, [...new Set([...shared, ...outputs])]];
  }
  return groups;
}

/** `[rows, outputs]`, log softmax over each group by itself, in nats. */
export function groupedLogSoftmax(logits: Tensor2D, groups: readonly (readonly number[])[]): Tensor2D {
  if (groups.length === 1) return logSoftmax(logits);
  const outputs = logits.shape[1];
  const parts = groups.map((group) => {
    const member = Array.from({ length: outputs }, (_, output) => Number(group.includes(output)));
    const others = member.map((is) => (is ? 0 : -1e9));
    return tf.mul(logSoftmax(tf.add(logits, tf.tensor1d(others))), tf.tensor1d(member));
  });
  return tf.addN(parts) as Tensor2D;
}

/**
 * log ŷ′ of predictions that are corrected by what a memory of past errors holds near them. With ŷ the softmax, and ȳ, ȳ_base the means of
 * labels and of predictions in the buckets that the features fall into (each bucket's mean first, then the mean over those that are not empty):
 *
 * ŷ′ = normalised clamp(ŷ + λ·[γ·(ȳ − ŷ) + (1 − γ)·(ȳ − ȳ_base)], 0, 1)
 *
 * in each group of outputs by itself. A row whose buckets hold no label of a group keeps ŷ there. All distributions sum to 1 and so does what
 * is clamped before; clamping leaves a sum of at least 1.
 * @param logits `[rows, outputs]`
 * @param features `[rows, width]`, what is hashed
 * @param memory arrays of {@link memorySpecs}
 * @returns `[rows, outputs]`, in nats
 */
export function correctedLog(logits: Tensor2D, features: Tensor2D, memory: Tensors, correction: Correction): Tensor2D {
  const { lambda, gamma, tables, groups, outputCount } = correction;
  const rows = logits.shape[0];
  const together = Array.from({ length: outputCount }, (_, a) =>
    Array.from({ length: outputCount }, (_unused, b) =>
      Number(groups.some((group) => group.includes(a) && group.includes(b))),
    ),
  );
  /** `[…, outputs]`, for each output the sum over its group. */
  const overGroup = (values: Tensor2D): Tensor2D => tf.matMul(values, tf.tensor2d(together));
  const overTables = (values: Tensor): Tensor => tf.sum(tf.reshape(values, [rows, tables, outputCount]), 1);

  const buckets = bucketsOf(features, memory.planes as Tensor2D, correction);
  const labels = tf.gather(memory.labels as Tensor2D, buckets);
  const hits = overGroup(labels);
  const met = overTables(tf.cast(tf.greater(hits, 0), 'float32'));
  const mean = (sums: Tensor): Tensor => tf.div(overTables(tf.div(sums, tf.maximum(hits, 1))), tf.maximum(met, 1));

  const log = groupedLogSoftmax(logits, groups);
  const predicted = tf.exp(log);
  const label = mean(labels);
  const towardsLabel = tf.mul(gamma, tf.sub(label, predicted));
  const error = memory.predictions
    ? tf.add(towardsLabel, tf.mul(1 - gamma, tf.sub(label, mean(tf.gather(memory.predictions as Tensor2D, buckets)))))
    : towardsLabel;
  const clamped = tf.clipByValue(tf.add(predicted, tf.mul(lambda, error)), 0, 1) as Tensor2D;
  const corrected = tf.div(clamped, overGroup(clamped));
  // What is ruled out altogether stays a finite number.
  return tf.where(tf.greater(met, 0), tf.log(tf.maximum(corrected, 1e-30)), log) as Tensor2D;
}
