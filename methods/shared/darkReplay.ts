import { float32, tf, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Setup } from '../contract.ts';
import { drawViews } from './buffers/drawViews.ts';
import { createReservoir } from './buffers/reservoir.ts';
import { crossEntropy } from './classifier.ts';
import type { Compete, Rehearsal } from './rehearsal.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './rows.ts';
import type { Trainer } from './trainer.ts';

export type DarkReplayOptions = {
  readonly memory: number;
  readonly replayBatch: number;
  /** Weight of the squared distance to stored logits. */
  readonly alpha: number;
  /** Weight of the cross-entropy on the labels of a second draw; without it there is no second draw. */
  readonly beta?: number;
};

/**
 * Dark Experience Replay (arXiv:2004.07211), with and without labels: a reservoir keeps rows with the logits they had when they were seen, and
 * every update minimises CE(stream) + α·mean squared distance to the stored logits of a draw + β·CE(labels of a second, independent draw).
 * @param name of the method, for errors and profiles
 */
export function darkReplay(
  name: string,
  { stream, training, rng }: Pick<Setup, 'stream' | 'training' | 'rng'>,
  options: DarkReplayOptions,
  { classifier }: Trainer,
  compete: Compete = classifier.compete,
): Rehearsal {
  const { inputSize, outputCount } = stream;
  const { batch: b } = training;
  const { replayBatch: r, alpha, beta } = options;
  const buffer = createReservoir(options.memory, inputSize, rng, { logits: outputCount });
  // One forward pass over blocks of rows: the stream batch, the draw for logits, the draw for labels.
  const count = b + (beta === undefined ? r : 2 * r);
  const rows = allocateRows(count, inputSize);
  const stored = new Float32Array(r * outputCount);
  return {
    buffer,
    steps: {
      [name]: {
        inputs: { rows: rowSpecs(count, inputSize), stored: { logits: float32(r, outputCount) } },
        loss(parameters, inputs) {
          const given = asRows(inputs.rows);
          const { y, weight, task } = given;
          const plain = classifier.logits(parameters, given);
          const logits = compete(plain, task, b);
          const labels = (from: number, length: number): Scalar =>
            crossEntropy(
              tf.slice(logits, [from, 0], [length, outputCount]),
              tf.slice(y, from, length) as Tensor1D,
              tf.slice(weight, from, length) as Tensor1D,
            );
          const drawn: Tensor2D = tf.slice(plain, [b, 0], [r, outputCount]);
          const distances = tf.mean(tf.squaredDifference(drawn, inputs.stored.logits as Tensor2D), 1);
          const matched = tf.sum(tf.mul(distances, tf.slice(weight, b, r)));
          const learnt = labels(0, b);
          const distilled: Scalar = tf.mul(alpha, matched);
          const kept: Scalar = beta === undefined ? distilled : tf.add(distilled, tf.mul(beta, labels(b + r, r)));
          return {
            loss: tf.add(learnt, kept),
            stability: () => kept,
            logits: () => tf.slice(plain, [0, 0], [b, outputCount]),
          };
        },
      },
    },
    keepsLogits: true,
    prepare(batch) {
      let slots = drawViews(training.views, r, buffer.draw);
      rows.weight.fill(0);
      putBatch(rows, batch, 0, 1 / batch.size);
      buffer.store.copyTo(rows, b, slots, 1 / slots.length);
      buffer.store.copyExtra('logits', stored, slots);
      if (beta !== undefined) {
        slots = drawViews(training.views, r, buffer.draw);
        buffer.store.copyTo(rows, b + r, slots, 1 / slots.length);
      }
      return { step: name, inputs: { rows, stored: { logits: stored } }, slots };
    },
    keep: (batch, logits) => void buffer.add(batch, { logits: logits! }),
  };
}
