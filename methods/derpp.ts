import * as z from 'zod';
import { tf, float32, type Scalar, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { crossEntropy } from './shared/classifier.ts';
import { memoryOption, nonNegative, replayBatchOption, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Dark Experience Replay++: rows are stored with the logits they had when they were seen; replay pulls the logits of one draw back to
 * the stored ones and learns the labels of a second, independent draw. Docs: docs/methods/der++.md
 */
export const derpp = defineMethod({
  name: 'der++',
  title: 'Dark Experience Replay++',
  family: 'replay',
  paper: 'arXiv:2004.07211',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    alpha: nonNegative(0.2, {
      description: 'weight of the squared distance to stored logits',
      unit: '1',
      source: 'arXiv:2004.07211 (Split-MNIST, 200 samples)',
    }),
    beta: nonNegative(1, {
      description: 'weight of the cross-entropy on replayed labels',
      unit: '1',
      source: 'arXiv:2004.07211 (Split-MNIST, 200 samples)',
    }),
  }),
  check: (options, stream) => requireRoom('der++', options, stream),
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { inputSize, outputCount } = stream;
    const { batch: b } = training;
    const { replayBatch: r, alpha, beta } = options;
    const trainer = createTrainer(setup);
    const buffer = createReservoir(options.memory, inputSize, rng, { logits: outputCount });
    // One forward pass over three blocks of rows: the stream batch, the draw for logits, the draw for labels.
    const count = b + 2 * r;
    const rows = allocateRows(count, inputSize);
    const stored = new Float32Array(r * outputCount);
    const step = await trainer.compileLoss(
      'der++',
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
        const loss: Scalar = tf.add(labels(0, b), tf.add(tf.mul(alpha, matched), tf.mul(beta, labels(b + r, r))));
        return { loss, aux: { logits: tf.slice(plain, [0, 0], [b, outputCount]) } };
      },
    );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const forLogits = drawViews(training.views, r, buffer.draw);
        const forLabels = drawViews(training.views, r, buffer.draw);
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        buffer.store.copyTo(rows, b, forLogits, 1 / forLogits.length);
        buffer.store.copyTo(rows, b + r, forLabels, 1 / forLabels.length);
        buffer.store.copyExtra('logits', stored, forLogits);
        const { loss, aux } = await step({ rows, stored });
        buffer.add(batch, { logits: aux.logits as Float32Array });
        return { loss };
      },
      state: () => ({ trainer: trainer.state(), buffer: buffer.state(), rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes }),
    };
  },
});
