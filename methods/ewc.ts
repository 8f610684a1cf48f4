import * as z from 'zod';
import { defineMethod, type State } from './contract.ts';
import { accumulate, createAnchor, createAnchoredStep } from './shared/anchored.ts';
import { createFisherPass, fisherVariants } from './shared/fisher.ts';
import { choice, nonNegative, positiveInteger, unitInterval } from './shared/options.ts';
import { createTrainer } from './shared/trainer.ts';

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
    const { options, network, rng } = setup;
    const trainer = createTrainer(setup);
    const anchor = createAnchor(network);
    const observe = await createAnchoredStep(setup, trainer, anchor, { name: 'ewc', strength: options.lambda / 2 });
    const fisherDiagonal = await createFisherPass(setup, trainer, options.fisher);
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      observe,
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.fisherSamples, task.train.length));
        accumulate(anchor.importance, await fisherDiagonal(task, selected), options.gamma);
        anchor.moveTo(trainer.parameters);
      },
      state: () => ({ trainer: trainer.state(), anchor: anchor.state(), rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        anchor.restore(state.anchor as State);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: anchor.bytes }),
    };
  },
});
