import * as z from 'zod';
import { allocate, float32, tf, type Arrays, type Scalar, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { crossEntropy } from './shared/classifier.ts';
import { seeFeatures } from './shared/features.ts';
import { freeOutputs, newOutputs } from './shared/frozen.ts';
import { flag, nonNegative } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Less-Forgetful Learning: what the output layer knows of old tasks is frozen, and the features that it reads are held where they were at the
 * start of the task, cross-entropy + λ·mean of ½‖f − f_old‖² over the stream's own rows. Docs: docs/methods/lfl.md
 */
export const lfl = defineMethod({
  name: 'lfl',
  title: 'Less-Forgetful Learning',
  family: 'regularization',
  paper: 'arXiv:1607.00122',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(0.1, {
      description: 'strength of the hold on the features (λ_e, with the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/lfl.md',
    }),
    freeze: flag(true, {
      description: 'whether the weights and biases of old outputs in the output layer are frozen',
      source: 'arXiv:1607.00122',
    }),
  }),
  conventions: ({ freeze }) => [
    'penalty: mean over the rows of the batch of ½‖f − f_old‖², summed over the features that the output layer reads, with the factor ½',
    'teacher: the model at the start of the task; both sides of the difference in inference mode, on the rows as augmented',
    freeze
      ? 'frozen: of the output layer, weights and biases of the outputs that earlier tasks have'
      : 'frozen: nothing',
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { stream, training, options, network } = setup;
    const trainer = createTrainer(setup);
    const { classifier } = trainer;
    const rows = allocateRows(training.batch, stream.inputSize);
    const teacher = allocate(trainer.model.specs);
    const free = new Float32Array(stream.outputCount);
    let taught = 0;

    // Where training and inference differ, the features are looked at a second time.
    const differs = network.dropout > 0 || Object.keys(network.statistics).length > 0;
    const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('lfl-first-task', rowInputs, (parameters, inputs) => ({
      loss: classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const held = await trainer.compileLoss(
      'lfl',
      {
        ...rowInputs,
        teacher: trainer.model.specs,
        statistics: network.statistics,
        free: float32(stream.outputCount),
      },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const { logits, features } = classifier.see(parameters, batch);
        const now = differs
          ? seeFeatures(network, parameters, batch.x, { mode: 'frozen', statistics: inputs.statistics }).features
          : features;
        const before = seeFeatures(network, inputs.teacher, batch.x, { mode: 'frozen', statistics: inputs.teacher });
        const distance = halfSquaredDistance(now, before.features);
        const penalty: Scalar = tf.mul(options.lambda, tf.sum(tf.mul(distance, batch.weight)));
        const learning = crossEntropy(classifier.compete(logits, batch.task), batch.y, batch.weight);
        return { loss: tf.add(learning, penalty), stability: () => penalty, aux: { penalty } };
      },
      options.freeze ? { moves: (name, inputs) => freeOutputs(network, inputs.free, true)(name) } : {},
    );

    return {
      model: trainer.model,
      async beginTask(task) {
        trainer.beginTask();
        assign(teacher, trainer.model.parameters());
        free.set(newOutputs(stream, task.index));
        taught = task.index;
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        if (taught === 0) return { loss: (await plain({ rows })).loss, penalty: 0 };
        const { loss, aux } = await held({ rows, teacher, statistics: trainer.statistics, free });
        return { loss, penalty: aux.penalty[0] };
      },
      state: () => ({ trainer: trainer.state(), teacher, free, taught }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(teacher, state.teacher as Arrays);
        free.set(state.free as Float32Array);
        taught = state.taught as number;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(teacher) }),
    };
  },
});

/** `[rows]`, ½‖a − b‖² of each row. */
function halfSquaredDistance(a: Tensor2D, b: Tensor2D) {
  return tf.mul(0.5, tf.sum(tf.square(tf.sub(a, b)), 1));
}
