import * as z from 'zod';
import { allocate, type Arrays } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { accumulate, createAnchor, createAnchoredStep } from './shared/anchored.ts';
import { createFisherPass } from './shared/fisher.ts';
import { fisherConvention, fisherVariants } from './shared/fisherLabels.ts';
import { choice, nonNegative, positiveInteger, unitInterval } from './shared/options.ts';
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
  conventions: ({ lambda, momentum, gamma, fisher, fisherSamples }) => [
    `penalty: (lambda/2)·Σ Ω·(θ_F − θ_S)² with lambda = ${lambda}, over all parameters: weights, biases, norms and the output layer`,
    `after a task: θ_S ← m·θ_S + (1 − m)·θ_F with m = ${momentum}, Ω ← gamma·Ω + F_task with gamma = ${gamma}`,
    fisherConvention(fisher, fisherSamples),
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { options, network, rng } = setup;
    const { lambda, momentum, gamma } = options;
    const trainer = createTrainer(setup);
    const { model } = trainer;
    const anchor = createAnchor(network);
    // The running statistics of batch norms belong to the weights.
    const statistics = allocate(network.statistics);
    const slow = { ...anchor.parameters, ...statistics };
    const observe = await createAnchoredStep(setup, trainer, anchor, { name: 'fast-slow', strength: lambda / 2 });
    const fisherDiagonal = await createFisherPass(setup, trainer, options.fisher);

    return {
      model: {
        ...model,
        parameters: () => (options.predict === 'slow' && anchor.count > 0 ? slow : model.parameters()),
      },
      async beginTask() {
        trainer.beginTask();
        if (anchor.count === 0) return;
        assign(trainer.parameters, slow);
        assign(trainer.statistics, slow);
      },
      observe,
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.fisherSamples, task.train.length));
        // At the fast weights: there the task was learnt.
        accumulate(anchor.importance, await fisherDiagonal(task, selected), gamma);
        consolidate(slow, model.parameters(), anchor.count === 0 ? 0 : momentum);
        anchor.moveTo(slow);
      },
      state: () => ({ trainer: trainer.state(), anchor: anchor.state(), statistics, rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        anchor.restore(state.anchor as State);
        assign(statistics, state.statistics as Arrays);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: anchor.bytes + bytesOf(statistics) }),
    };
  },
});

/** slow ← m·slow + (1 − m)·fast, in place. */
function consolidate(slow: Arrays, fast: Arrays, momentum: number): void {
  for (const [name, values] of Object.entries(slow))
    for (let i = 0; i < values.length; i++) values[i] = momentum * values[i] + (1 - momentum) * fast[name][i];
}
