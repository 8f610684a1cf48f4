import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { tf, unitNorm, type Scalar, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import { defineMethod } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { crossEntropy } from './shared/classifier.ts';
import { memoryOption, nonNegative, positive, replayBatchOption, requireRoom } from './shared/options.ts';
import { replayState } from './shared/replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Unbiased experience replay: a logit wᵀh is a product of norms and of the cosine of an angle. The stream's rows are learnt from the angle
 * alone, replayed rows from both, over one output layer without bias. Built from the abstract of the paper. Docs: docs/methods/uer.md
 */
export const uer = defineMethod({
  name: 'uer',
  title: 'UER (abstract-level)',
  family: 'replay',
  paper: 'arXiv:2309.04081',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    scale: positive(11.1, {
      description: 'factor of the cosines that are the logits of the stream’s rows',
      unit: '1',
      source: '1/0.09, in FelixHuiweiLin/PCR',
    }),
    replayWeight: nonNegative(1, {
      description: 'weight of the cross-entropy on replayed rows',
      unit: '1',
      source: 'this project; the abstract gives none',
    }),
  }),
  check: (options, stream) => requireRoom('uer', options, stream),
  async create(setup) {
    const { network, stream, training, options, rng } = setup;
    const { inputSize, outputCount } = stream;
    const { batch: b } = training;
    const { replayBatch: r, scale, replayWeight } = options;
    const output = network.layers.at(-1)!.name;
    const bias = `${output}/bias`;
    const biased = bias in network.parameters;
    if (`${output}/scale` in network.parameters)
      throw new UserError('method uer: it makes cosines of a linear output layer itself; choose head linear');
    // The output layer shall have no bias: one that it has starts at 0, and no gradient reaches it.
    const initial = biased ? { ...setup.initial, [bias]: new Float32Array(outputCount) } : setup.initial;
    const trainer = createTrainer({ ...setup, initial });
    const buffer = createReservoir(options.memory, inputSize, rng);
    const count = b + r;
    const rows = allocateRows(count, inputSize);
    const step = await trainer.compileLoss('uer', { rows: rowSpecs(count, inputSize) }, (parameters, inputs) => {
      const all = asRows(inputs.rows);
      const held = biased ? { ...parameters, [bias]: tf.mul(parameters[bias], 0) } : parameters;
      const { features, logits } = trainer.classifier.see(held, all);
      const lossOf = (values: Tensor2D, from: number, length: number): Scalar => {
        const part = (vector: Tensor1D): Tensor1D => tf.slice(vector, from, length);
        return crossEntropy(trainer.classifier.compete(values, part(all.task)), part(all.y), part(all.weight));
      };
      const seen: Tensor2D = tf.slice(features, [0, 0], [b, features.shape[1]]);
      const learning = lossOf(angleLogits(seen, parameters[`${output}/weight`] as Tensor2D, scale), 0, b);
      const replaying: Scalar = tf.mul(replayWeight, lossOf(tf.slice(logits, [b, 0], [r, outputCount]), b, r));
      return { loss: tf.add(learning, replaying), stability: () => replaying };
    });
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const slots = drawViews(training.views, r, buffer.draw);
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        buffer.store.copyTo(rows, b, slots, 1 / slots.length);
        const { loss } = await step({ rows });
        buffer.add(batch);
        return { loss };
      },
      ...replayState(trainer, buffer, rng),
    };
  },
});

/** `[rows, outputs]`, s·cos(hᵢ, wₖ) of features `[rows, width]` and weights `[width, outputs]`: in [−s, s], whatever the norms. */
export function angleLogits(features: Tensor2D, weight: Tensor2D, scale: number): Tensor2D {
  return tf.mul(tf.matMul(unitNorm(features, 1), unitNorm(weight, 0)), scale);
}
