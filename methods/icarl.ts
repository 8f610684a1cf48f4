import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { allocate, customGradient, float32, tf, type Arrays, type Scalar, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createExemplars } from './shared/buffers/exemplars.ts';
import { createNearestMean } from './shared/nearestMean.ts';
import { memoryOption, replayBatchOption, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom, type RowTensors } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';
import { createUnitFeaturePass } from './shared/unitFeatures.ts';

/**
 * iCaRL: outputs are sigmoids that learn the task's classes from labels and all earlier ones from the network as it was before the task, on
 * the stream's rows and on exemplars; what is predicted is the class whose exemplars have the nearest mean. Docs: docs/methods/icarl.md
 */
export const icarl = defineMethod({
  name: 'icarl',
  title: 'Incremental Classifier and Representation Learning',
  family: 'replay',
  paper: 'arXiv:1611.07725',
  scenarios: ['class', 'task'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    mirror: z.boolean().default(false).meta({
      description: 'average class means over exemplars and their mirror images',
      unit: 'true | false',
      source: 'off: digits; the paper’s code has it on, for CIFAR-100',
    }),
  }),
  check(options, stream) {
    requireRoom('icarl', options, stream);
    if (options.mirror && !stream.images)
      throw new UserError('method icarl: mirror: the inputs are rows of a table, not images; leave mirror out');
  },
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { inputSize, outputCount, taskOutputs } = stream;
    const { batch: b } = training;
    const trainer = createTrainer(setup);
    const exemplars = createExemplars(options.memory, outputCount, inputSize, rng);
    const held = { store: exemplars.store, slots: () => exemplars.representatives() };
    const prediction = await createNearestMean(setup, trainer, held, { flip: options.mirror });
    const featurePass = await createUnitFeaturePass(setup, trainer, { rows: 1000 });
    const first = allocateRows(b, inputSize);
    const rows = allocateRows(b + options.replayBatch, inputSize);
    const teacher = allocate(trainer.model.specs);
    /** 1 for the outputs of the task at hand, and for those of earlier tasks that are none of its own. */
    const outputs = { labelled: new Float32Array(outputCount), taught: new Float32Array(outputCount) };
    const outputSpecs = { labelled: float32(outputCount), taught: float32(outputCount) };
    const labelsOf = ({ y }: RowTensors, labelled: Tensor2D): Tensor2D => tf.mul(tf.oneHot(y, outputCount), labelled);
    const weightsOf = ({ weight }: RowTensors, counted: Tensor2D): Tensor2D =>
      tf.mul(tf.expandDims(weight, 1), counted);

    const plain = await trainer.compileLoss(
      'icarl-first-task',
      { rows: rowSpecs(b, inputSize), outputs: outputSpecs },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const labelled = inputs.outputs.labelled as Tensor2D;
        const logits = trainer.classifier.logits(parameters, batch);
        return { loss: binaryCrossEntropy(logits, labelsOf(batch, labelled), weightsOf(batch, labelled)) };
      },
    );
    const distilled = await trainer.compileLoss(
      'icarl',
      { rows: rowSpecs(b + options.replayBatch, inputSize), outputs: outputSpecs, teacher: trainer.model.specs },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const [labelled, taught] = [inputs.outputs.labelled, inputs.outputs.taught] as [Tensor2D, Tensor2D];
        const before = tf.mul(tf.sigmoid(trainer.model.logits(inputs.teacher, batch.x)), taught);
        const targets: Tensor2D = tf.add(labelsOf(batch, labelled), before);
        const logits = trainer.classifier.logits(parameters, batch);
        // All that exemplars are told, and what the stream's rows are told of earlier classes.
        const keeping = (): Tensor2D =>
          tf.add(weightsOf(batch, taught), weightsOf({ ...batch, weight: weightFrom(batch.weight, b) }, labelled));
        return {
          loss: binaryCrossEntropy(logits, targets, weightsOf(batch, tf.add(labelled, taught))),
          stability: () => binaryCrossEntropy(logits, targets, keeping()),
        };
      },
    );

    return {
      model: prediction.model,
      async beginTask(task) {
        trainer.beginTask();
        exemplars.beginTask(task);
        assign(teacher, trainer.model.parameters());
        const past = new Set(taskOutputs.slice(0, task.index).flat());
        for (let output = 0; output < outputCount; output++) {
          const now = task.outputs.includes(output);
          outputs.labelled[output] = Number(now);
          outputs.taught[output] = Number(!now && past.has(output));
        }
      },
      async observe(batch) {
        exemplars.standIn(batch);
        prediction.changed();
        const slots = drawViews(training.views, options.replayBatch, exemplars.draw);
        if (slots.length === 0) {
          putBatch(first, batch, 0, 1 / batch.size);
          return { loss: (await plain({ rows: first, outputs })).loss };
        }
        const weight = 1 / (batch.size + slots.length);
        putBatch(rows, batch, 0, weight);
        exemplars.store.copyTo(rows, b, slots, weight);
        rows.weight.fill(0, b + slots.length);
        return { loss: (await distilled({ rows, outputs, teacher })).loss };
      },
      async endTask(task) {
        trainer.addFlops(await exemplars.endTask(task, featurePass));
        prediction.changed();
      },
      state: () => ({
        trainer: trainer.state(),
        exemplars: exemplars.state(),
        teacher: teacher as State,
        outputs,
        rng: rng.state(),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        exemplars.restore(state.exemplars as State);
        assign(teacher, state.teacher as Arrays);
        assign(outputs, state.outputs as Arrays);
        rng.restore(state.rng as number[]);
        prediction.changed();
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes: exemplars.store.bytes + bytesOf(teacher) + prediction.bytes,
      }),
    };
  },
});

/**
 * Σᵢ Σ_c wᵢ_c·(−t ln σ(z) − (1 − t) ln(1 − σ(z))) in nats, as softplus(z) − t·z, which is stable; all `[rows, outputs]`, targets in [0, 1].
 * The gradient with respect to the logits is written out, w·(σ(z) − t). Targets and weights are constants to it.
 */
export function binaryCrossEntropy(logits: Tensor2D, targets: Tensor2D, weights: Tensor2D): Scalar {
  const loss = customGradient(
    (values: Tensor2D): Scalar => tf.sum(tf.mul(tf.sub(tf.softplus(values), tf.mul(values, targets)), weights)),
    (dy, [values], [target, weight]) => [tf.mul(tf.mul(tf.sub(tf.sigmoid(values), target), weight), dy)],
    [targets, weights] as [Tensor2D, Tensor2D],
  );
  return loss(logits);
}
