import { float32, tf, type Scalar, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Learner, Setup } from '../contract.ts';
import { drawViews } from './buffers/drawViews.ts';
import { createReservoir } from './buffers/reservoir.ts';
import { crossEntropy } from './classifier.ts';
import { replayState } from './replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './rows.ts';
import { createTrainer } from './trainer.ts';

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
export async function createDarkReplay(name: string, setup: Setup<DarkReplayOptions>): Promise<Learner> {
  const { stream, training, options, rng } = setup;
  const { inputSize, outputCount } = stream;
  const { batch: b } = training;
  const { replayBatch: r, alpha, beta } = options;
  const trainer = createTrainer(setup);
  const buffer = createReservoir(options.memory, inputSize, rng, { logits: outputCount });
  // One forward pass over blocks of rows: the stream batch, the draw for logits, the draw for labels.
  const count = b + (beta === undefined ? r : 2 * r);
  const rows = allocateRows(count, inputSize);
  const stored = new Float32Array(r * outputCount);
  const step = await trainer.compileLoss(
    name,
    { rows: rowSpecs(count, inputSize), stored: float32(r, outputCount) },
    (parameters, inputs) => {
      const { y, weight, task } = asRows(inputs.rows);
      const plain = trainer.classifier.logits(parameters, asRows(inputs.rows));
      const logits = trainer.classifier.compete(plain, task);
      const labels = (from: number, length: number): Scalar =>
        crossEntropy(
          tf.slice(logits, [from, 0], [length, outputCount]),
          tf.slice(y, from, length) as Tensor1D,
          tf.slice(weight, from, length) as Tensor1D,
        );
      const drawn: Tensor2D = tf.slice(plain, [b, 0], [r, outputCount]);
      const distances = tf.mean(tf.squaredDifference(drawn, inputs.stored as Tensor2D), 1);
      const matched = tf.sum(tf.mul(distances, tf.slice(weight, b, r)));
      const learnt = labels(0, b);
      const distilled: Scalar = tf.mul(alpha, matched);
      const kept: Scalar = beta === undefined ? distilled : tf.add(distilled, tf.mul(beta, labels(b + r, r)));
      const aux = { logits: tf.slice(plain, [0, 0], [b, outputCount]) };
      return { loss: tf.add(learnt, kept), stability: () => kept, aux };
    },
  );
  return {
    model: trainer.model,
    async beginTask() {
      trainer.beginTask();
    },
    async observe(batch) {
      const forLogits = drawViews(training.views, r, buffer.draw);
      rows.weight.fill(0);
      putBatch(rows, batch, 0, 1 / batch.size);
      buffer.store.copyTo(rows, b, forLogits, 1 / forLogits.length);
      buffer.store.copyExtra('logits', stored, forLogits);
      if (beta !== undefined) {
        const forLabels = drawViews(training.views, r, buffer.draw);
        buffer.store.copyTo(rows, b + r, forLabels, 1 / forLabels.length);
      }
      const { loss, aux } = await step({ rows, stored });
      buffer.add(batch, { logits: aux.logits as Float32Array });
      return { loss };
    },
    ...replayState(trainer, buffer, rng),
  };
}
