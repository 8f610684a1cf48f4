import * as z from 'zod';
import { allocate, tf, type Arrays, type Scalar } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { quadraticDistance } from './shared/quadraticPenalty.ts';
import { createFisherPass } from './shared/fisher.ts';
import { fisherVariants } from './shared/fisherLabels.ts';
import { choice, nonNegative, positiveInteger, unitInterval } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Two sets of weights: each task is learnt by fast ones, which start from the slow ones and are held near them, loss +
 * (λ/2)·Σ Ω·(θ_F − θ_S)²; after it the slow ones follow, θ_S ← m·θ_S + (1 − m)·θ_F. The first task trains both. A baseline in the spirit of
 * the paper, whose equations were not at hand. Docs: docs/methods/fast-slow.md
 */
export const fastSlow = defineMethod({
  name: 'fast-slow',
  title: 'Fast and slow weights (inspired by Wang et al. 2021)',
  family: 'regularization',
  paper: 'arXiv:2104.09034',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(30, {
      description: 'strength of the pull to the slow weights (λ, with the factor ½)',
      unit: '1',
      source: 'ours, that of ewc',
    }),
    momentum: unitInterval(0.5, {
      description: 'share of the slow weights that a task leaves as it is (m)',
      unit: '1',
      source: 'ours, see docs/methods/fast-slow.md',
    }),
    gamma: unitInterval(1, {
      description: 'decay of the importance at every task (γ)',
      unit: '1',
      source: 'ours, that of ewc',
    }),
    fisher: choice(fisherVariants, 'exact', {
      description: 'labels that the importance is taken over',
      source: 'ours, that of ewc',
    }),
    fisherSamples: positiveInteger(1000, {
      description: 'training rows per task that the importance is estimated on',
      unit: 'samples',
      source: 'ours',
    }),
    predict: choice(['fast', 'slow'], 'fast', {
      description: 'weights that are evaluated once the first task is learnt',
      source: 'ours, see docs/methods/fast-slow.md',
    }),
  }),
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const { lambda, momentum, gamma } = options;
    const trainer = createTrainer(setup);
    const { model } = trainer;
    const rows = allocateRows(training.batch, stream.inputSize);
    /** With the running statistics of batch norms, which belong to the weights. */
    const slow = allocate(model.specs);
    const importance = allocate(network.parameters);
    let consolidated = 0;

    const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('fast-slow-first-task', rowInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const held = await trainer.compileLoss(
      'fast-slow',
      { ...rowInputs, slow: network.parameters, importance: network.parameters },
      (parameters, inputs) => {
        const penalty: Scalar = tf.mul(lambda / 2, quadraticDistance(parameters, inputs.slow, inputs.importance));
        const learning = trainer.classifier.loss(parameters, asRows(inputs.rows));
        return { loss: tf.add(learning, penalty), stability: () => penalty, aux: { penalty } };
      },
    );
    const fisherDiagonal = await createFisherPass(setup, trainer, options.fisher);

    return {
      model: {
        ...model,
        parameters: () => (options.predict === 'slow' && consolidated > 0 ? slow : model.parameters()),
      },
      async beginTask() {
        trainer.beginTask();
        if (consolidated === 0) return;
        assign(trainer.parameters, slow);
        assign(trainer.statistics, slow);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss, aux } = consolidated === 0 ? await plain({ rows }) : await held({ rows, slow, importance });
        return { loss, penalty: aux.penalty?.[0] ?? 0 };
      },
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.fisherSamples, task.train.length));
        // At the fast weights: there the task was learnt.
        const added = await fisherDiagonal(task, selected);
        for (const [name, values] of Object.entries(importance))
          for (let i = 0; i < values.length; i++) values[i] = gamma * values[i] + added[name][i];
        consolidate(slow, model.parameters(), consolidated === 0 ? 0 : momentum);
        consolidated++;
      },
      state: () => ({ trainer: trainer.state(), slow, importance, consolidated, rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(slow, state.slow as Arrays);
        assign(importance, state.importance as Arrays);
        consolidated = state.consolidated as number;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(slow) + bytesOf(importance) }),
    };
  },
});

/** slow ← m·slow + (1 − m)·fast, in place. */
function consolidate(slow: Arrays, fast: Arrays, momentum: number): void {
  for (const [name, values] of Object.entries(slow))
    for (let i = 0; i < values.length; i++) values[i] = momentum * values[i] + (1 - momentum) * fast[name][i];
}
