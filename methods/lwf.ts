import * as z from 'zod';
import { allocate, float32, tf, type Arrays, type Scalar, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { crossEntropy } from './shared/classifier.ts';
import { nonNegative, positive } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Learning without Forgetting: the model as it was before the task (the teacher) labels the stream's own rows on the old outputs, and the
 * learner matches it: cross-entropy + λ·T²·KL(teacher ‖ learner) at temperature T. Docs: docs/methods/lwf.md
 */
export const lwf = defineMethod({
  name: 'lwf',
  title: 'Learning without Forgetting',
  family: 'regularization',
  paper: 'arXiv:1606.09282',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(1, {
      description: 'weight of the distillation term (λ)',
      unit: '1',
      source: 'arXiv:1606.09282, there without the factor T²',
    }),
    temperature: positive(2, {
      description: 'temperature of both softmaxes in the distillation term (T)',
      unit: '1',
      source: 'arXiv:1606.09282',
    }),
  }),
  async create(setup) {
    const { stream, training, options } = setup;
    const { outputCount, taskOutputs, scenario } = stream;
    const trainer = createTrainer(setup);
    const rows = allocateRows(training.batch, stream.inputSize);
    const teacher = allocate(trainer.model.specs);
    let taught = 0;

    // Outputs that are distilled together as one distribution: each old task's own head, or all old outputs at once.
    const groups = scenario === 'task' ? taskOutputs.length : 1;
    const old = new Float32Array(groups * outputCount);
    const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('lwf-first-task', rowInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const distilled = await trainer.compileLoss(
      'lwf',
      { ...rowInputs, teacher: trainer.model.specs, old: float32(groups, outputCount) },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const logits = trainer.classifier.logits(parameters, batch);
        const divergence = groupedDivergence(
          trainer.model.logits(inputs.teacher, batch.x),
          logits,
          inputs.old as Tensor2D,
          options.temperature,
        );
        const learning = crossEntropy(trainer.classifier.compete(logits, batch.task), batch.y, batch.weight);
        const distillation = tf.mul(
          options.lambda * options.temperature ** 2,
          tf.sum(tf.mul(divergence, batch.weight)),
        ) as Scalar;
        return { loss: tf.add(learning, distillation), stability: () => distillation, aux: { distillation } };
      },
    );

    return {
      model: trainer.model,
      async beginTask(task) {
        trainer.beginTask();
        if (task.index === 0) return;
        assign(teacher, trainer.model.parameters());
        taught = task.index;
        for (let past = 0; past < task.index; past++)
          for (const output of taskOutputs[past]) old[(groups === 1 ? 0 : past) * outputCount + output] = 1;
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss, aux } = taught === 0 ? await plain({ rows }) : await distilled({ rows, teacher, old });
        return { loss, distillation: aux.distillation?.[0] ?? 0 };
      },
      state: () => ({ trainer: trainer.state(), teacher, old, taught }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(teacher, state.teacher as Arrays);
        old.set(state.old as Float32Array);
        taught = state.taught as number;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(teacher) }),
    };
  },
});

/**
 * `[rows]`, Σ over groups g of KL(softmax(t/T | g) ‖ softmax(s/T | g)) in nats, each softmax over its group's outputs only.
 * @param groups `[groups, outputs]`, 1 where the output belongs to the group; a group without outputs counts nothing
 */
export function groupedDivergence(teacher: Tensor2D, student: Tensor2D, groups: Tensor2D, temperature: number) {
  const [rows, outputs] = teacher.shape;
  const members = tf.expandDims(groups, 0);
  const excluded = tf.mul(tf.sub(1, members), -1e9);
  const logProbabilities = (logits: Tensor2D) =>
    tf.logSoftmax(tf.add(tf.reshape(tf.div(logits, temperature), [rows, 1, outputs]), excluded));
  const target = logProbabilities(teacher);
  const terms = tf.mul(tf.exp(target), tf.sub(target, logProbabilities(student)));
  return tf.sum(tf.mul(terms, members), [1, 2]);
}
