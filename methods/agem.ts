import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { dot, mapTensors, tf, type Tensors } from '../engine/index.ts';
import { defineMethod } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createRingBuffer } from './shared/buffers/ring.ts';
import { memoryOption, positiveInteger } from './shared/options.ts';
import { replayState } from './shared/replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Averaged Gradient Episodic Memory: the stream's gradient g is projected so that it does not, to first order, raise the loss on a random
 * batch of old tasks' rows with gradient h: if g·h < 0, g ← g − (g·h / h·h) h. Docs: docs/methods/a-gem.md
 */
export const agem = defineMethod({
  name: 'a-gem',
  title: 'Averaged Gradient Episodic Memory',
  family: 'replay',
  paper: 'arXiv:1812.00420',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    memory: memoryOption,
    referenceBatch: positiveInteger(256, {
      description: 'rows of old tasks that the reference gradient is computed on',
      unit: 'samples',
      source: 'arXiv:1812.00420',
    }),
  }),
  check({ memory }, { taskCount, outputsPerTask }) {
    const rings = taskCount * outputsPerTask;
    if (memory < rings)
      throw new UserError(
        `method a-gem: memory: ${memory} samples are too few for one of each class of each task (at least ${rings})`,
      );
  },
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const rings = stream.taskOutputs.reduce((sum, outputs) => sum + outputs.length, 0);
    const trainer = createTrainer(setup);
    const buffer = createRingBuffer(Math.floor(options.memory / rings), stream.taskOutputs, stream.inputSize, rng);
    const count = Math.min(options.referenceBatch, buffer.store.capacity);
    const rows = allocateRows(training.batch, stream.inputSize);
    const old = allocateRows(count, stream.inputSize);
    const plain = await trainer.compileLoss(
      'a-gem-first-task',
      { rows: rowSpecs(training.batch, stream.inputSize) },
      (parameters, inputs) => ({
        loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
      }),
    );
    const projected = await trainer.compile(
      'a-gem',
      { rows: rowSpecs(training.batch, stream.inputSize), old: rowSpecs(count, stream.inputSize) },
      (parameters, inputs) => {
        const { loss, gradients } = trainer.lossGradients(
          (p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.rows)) }),
          parameters,
        );
        const reference = trainer.lossGradients(
          (p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.old)) }),
          parameters,
        ).gradients;
        const { gradients: result, product } = projectOffConflict(gradients, reference);
        const stability = mapTensors(result, (gradient, name) => tf.sub(gradient, gradients[name]));
        return { loss, gradients: result, stability, aux: { product } };
      },
    );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const slots = drawViews(training.views, count, (distinct) => buffer.drawBefore(batch.task, distinct));
        const { loss, aux } = slots.length === 0 ? await plain({ rows }) : await projected({ rows, old: fill(slots) });
        buffer.add(batch);
        return { loss, projected: aux.product?.[0] < 0 ? 1 : 0 };
      },
      ...replayState(trainer, buffer, rng),
    };

    function fill(slots: Int32Array) {
      old.weight.fill(0);
      buffer.store.copyTo(old, 0, slots, 1 / slots.length);
      return old;
    }
  },
});

/** Removes from `gradients` its component along `reference` where the two disagree (negative inner product). */
export function projectOffConflict(gradients: Tensors, reference: Tensors) {
  const product = dot(gradients, reference);
  const coefficient = tf.div(tf.minimum(product, 0), tf.maximum(dot(reference, reference), 1e-30));
  return {
    product,
    gradients: mapTensors(gradients, (gradient, name) => tf.sub(gradient, tf.mul(coefficient, reference[name]))),
  };
}
