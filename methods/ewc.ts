import * as z from 'zod';
import { allocate, tf, type Arrays, type Scalar } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { createFisherPass, fisherVariants } from './shared/fisher.ts';
import { choice, nonNegative, positiveInteger, unitInterval } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { quadraticDistance } from './shared/quadraticPenalty.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Elastic Weight Consolidation in its online form: one anchor θ* and one running Fisher diagonal, F ← γF + F_task after every task;
 * loss + (λ/2)·Σ F·(θ − θ*)². Docs: docs/methods/ewc.md
 */
export const ewc = defineMethod({
  name: 'ewc',
  title: 'Elastic Weight Consolidation (online)',
  family: 'regularization',
  paper: 'arXiv:1805.06370',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(30, {
      description: 'strength of the penalty (λ, with the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/ewc.md',
    }),
    gamma: unitInterval(1, {
      description: 'decay of the running Fisher information at every task (γ)',
      unit: '1',
      source: 'arXiv:1805.06370; 1 as in arXiv:1904.07734',
    }),
    fisher: choice(fisherVariants, 'exact', {
      description: 'labels that the Fisher information is taken over',
      source: 'arXiv:2502.11756 (its EXACT)',
    }),
    fisherSamples: positiveInteger(1000, {
      description: 'training rows per task that the Fisher information is estimated on',
      unit: 'samples',
      source: 'ours',
    }),
  }),
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const trainer = createTrainer(setup);
    const rows = allocateRows(training.batch, stream.inputSize);
    const anchor = allocate(network.parameters);
    const fisher = allocate(network.parameters);
    let consolidated = 0;

    const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('ewc-first-task', rowInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const penalized = await trainer.compileLoss(
      'ewc',
      { ...rowInputs, anchor: network.parameters, fisher: network.parameters },
      (parameters, inputs) => {
        const distance = quadraticDistance(parameters, inputs.anchor, inputs.fisher);
        const penalty: Scalar = tf.mul(options.lambda / 2, distance);
        return {
          loss: tf.add(trainer.classifier.loss(parameters, asRows(inputs.rows)), penalty),
          stability: () => penalty,
          aux: { penalty },
        };
      },
    );
    const fisherDiagonal = await createFisherPass(setup, trainer, options.fisher);

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss, aux } = consolidated === 0 ? await plain({ rows }) : await penalized({ rows, anchor, fisher });
        return { loss, penalty: aux.penalty?.[0] ?? 0 };
      },
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.fisherSamples, task.train.length));
        const added = await fisherDiagonal(task, selected);
        for (const [name, values] of Object.entries(fisher))
          for (let i = 0; i < values.length; i++) values[i] = options.gamma * values[i] + added[name][i];
        assign(anchor, trainer.parameters);
        consolidated++;
      },
      state: () => ({ trainer: trainer.state(), anchor, fisher, consolidated, rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(anchor, state.anchor as Arrays);
        assign(fisher, state.fisher as Arrays);
        consolidated = state.consolidated as number;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(anchor) + bytesOf(fisher) }),
    };
  },
});
