import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { defineMethod, type State } from './contract.ts';
import { accumulate, createAnchor, createAnchoredStep } from './shared/anchored.ts';
import { createDecorrelation, decorrelationWords } from './shared/decorrelation.ts';
import { createFisherPass } from './shared/fisher.ts';
import { fisherConvention, fisherVariants } from './shared/fisherLabels.ts';
import { choice, nonNegative, positiveInteger, sniOption, unitInterval } from './shared/options.ts';
import { rowsOf } from './shared/rowMeans.ts';
import { createTrainer } from './shared/trainer.ts';

/** One penalty for all tasks, around where the last one ended, or one for each task. */
const forms = ['online', 'separate'] as const;

/**
 * Elastic Weight Consolidation: a diagonal F of the Fisher information says after every task how much each parameter mattered, and
 * loss + (λ/2)·Σ F·(θ − θ*)² ties it to where it was. `online`: F ← γF + F_task around the last anchor θ*; `separate`: the sum of a penalty
 * (λ/2)·Σ F_k·(θ − θ*_k)² for each past task k. Docs: docs/methods/ewc.md
 */
export const ewc = defineMethod({
  name: 'ewc',
  title: 'Elastic Weight Consolidation',
  family: 'regularization',
  paper: 'arXiv:1612.00796',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(30, {
      description: 'strength of the penalty (λ, with the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/ewc.md',
    }),
    form: choice(forms, 'online', {
      description: 'one running penalty around the last anchor, or one for each past task',
      source: 'arXiv:1805.06370 (online), arXiv:1612.00796 (separate)',
    }),
    gamma: unitInterval(1, {
      description: 'decay of the running Fisher information at every task, if online (γ)',
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
    sni: sniOption,
  }),
  check({ form, gamma }) {
    if (form === 'separate' && gamma !== 1)
      throw new UserError(
        `method ewc: gamma: ${gamma} would decay a running Fisher information, and form separate has none; leave gamma at 1, or set form=online`,
      );
  },
  conventions: ({ lambda, form, gamma, fisher, fisherSamples, sni }) => [
    `penalty: (lambda/2)·Σ F·(θ − θ*)² with lambda = ${lambda}, over all parameters: weights, biases, norms and the output layer`,
    form === 'online'
      ? `form online: F ← gamma·F + F_task with gamma = ${gamma}, θ* where the last task ended`
      : 'form separate: the sum of a penalty for each past task, with its own F and θ*',
    fisherConvention(fisher, fisherSamples),
    ...decorrelationWords(sni),
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { options, network, rng } = setup;
    const trainer = createTrainer(setup);
    const anchor = createAnchor(network);
    const decorrelation = await createDecorrelation(setup, trainer, { method: 'ewc', strength: options.sni });
    const observe = await createAnchoredStep(setup, trainer, anchor, {
      name: 'ewc',
      strength: options.lambda / 2,
      decorrelation,
    });
    const fisherDiagonal = await createFisherPass(setup, trainer, options.fisher);
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      observe,
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.fisherSamples, task.train.length));
        const fisher = await fisherDiagonal(task, selected);
        await decorrelation?.learn(selected.length, rowsOf(task, selected));
        if (options.form === 'separate') return anchor.add(trainer.parameters, fisher);
        accumulate(anchor.importance, fisher, options.gamma);
        anchor.moveTo(trainer.parameters);
      },
      state: () =>
        ({
          trainer: trainer.state(),
          anchor: anchor.state(),
          units: decorrelation?.state() ?? null,
          rng: rng.state(),
        }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        anchor.restore(state.anchor as State);
        decorrelation?.restore(state.units as State);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: anchor.bytes + (decorrelation?.bytes ?? 0) }),
    };
  },
});
