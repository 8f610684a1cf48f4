import * as z from 'zod';
import { defineMethod, type State } from './contract.ts';
import { accumulate, createAnchor, createAnchoredStep } from './shared/anchored.ts';
import { createDecorrelation, decorrelationWords } from './shared/decorrelation.ts';
import { choice, nonNegative, positiveInteger, sniOption } from './shared/options.ts';
import { rowsOf } from './shared/rowMeans.ts';
import { createSynapses, norms } from './shared/synapses.ts';
import { createTrainer } from './shared/trainer.ts';

/** How the importance of the tasks becomes one: Ω ← Ω + Ω_task, or Ω ← ½Ω + ½Ω_task. */
const combinations = ['sum', 'average'] as const;

/**
 * Memory Aware Synapses: after every task Ω = mean |∂ ‖f(x)‖² / ∂θ| says how much each parameter moves the outputs f, without labels;
 * loss + λ·Σ Ω·(θ − θ*)². Docs: docs/methods/mas.md
 */
export const mas = defineMethod({
  name: 'mas',
  title: 'Memory Aware Synapses',
  family: 'regularization',
  paper: 'arXiv:1711.09601',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(0.1, {
      description: 'strength of the penalty (λ, without the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/mas.md; 1 in arXiv:1711.09601',
    }),
    combine: choice(combinations, 'sum', {
      description: 'how the importance of tasks is put together: added up, or by the mean of the old and the new',
      source: 'arXiv:1711.09601 (its code); average as in arXiv:2010.15277',
    }),
    norm: choice(norms, 'squared', {
      description: 'what of the logits the importance is the sensitivity of: their squared length, or their length',
      source: 'arXiv:1711.09601; plain as in arXiv:2010.15277',
    }),
    importanceSamples: positiveInteger(1000, {
      description: 'training rows per task that the importance is estimated on',
      unit: 'samples',
      source: 'ours; the paper takes all',
    }),
    sni: sniOption,
  }),
  conventions: ({ combine, norm, sni }) => [
    'penalty λ·Σ Ω·(θ − θ*)², without the factor ½: its gradient is 2λ·Ω·(θ − θ*)',
    `Ω is the mean over single rows of |∂ ${norm === 'squared' ? '‖f‖²' : '‖f‖'} / ∂θ|, f the logits: in the task scenario those of the row’s task, else all`,
    combine === 'sum' ? 'Ω ← Ω + Ω_task' : 'Ω ← ½·Ω + ½·Ω_task, from Ω = 0',
    ...decorrelationWords(sni),
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { options, network, rng } = setup;
    const trainer = createTrainer(setup);
    const anchor = createAnchor(network);
    const decorrelation = await createDecorrelation(setup, trainer, { method: 'mas', strength: options.sni });
    const observe = await createAnchoredStep(setup, trainer, anchor, {
      name: 'mas',
      strength: options.lambda,
      decorrelation,
    });
    const importanceOf = await createSynapses(setup, trainer, options.norm);
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      observe,
      async endTask(task) {
        const { length } = task.train;
        const selected = rng.sample(length, Math.min(options.importanceSamples, length));
        const read = rowsOf(task, selected);
        const fresh = await importanceOf(selected.length, read);
        await decorrelation?.learn(selected.length, read);
        const share = options.combine === 'sum' ? 1 : 0.5;
        accumulate(anchor.importance, fresh, share, share);
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
