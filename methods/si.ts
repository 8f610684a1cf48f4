import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { choice, nonNegative, positive } from './shared/options.ts';
import { addPathImportance, alongPath } from './shared/pathIntegral.ts';
import { createPathPenalty } from './shared/pathPenalty.ts';

/** Which gradient the path integral is taken over: of the loss on the batch alone, or of the whole with the penalty. */
const integrands = ['task', 'total'] as const;

/**
 * Synaptic Intelligence: every update credits each parameter with what its change took off the loss, ω ← ω − g·Δθ; after a task
 * Ω ← Ω + max(0, ω)/((θ − θ*)² + ξ), and from then on the loss grows by c·Σ Ω·(θ − θ*)². Docs: docs/methods/si.md
 */
export const si = defineMethod({
  name: 'si',
  title: 'Synaptic Intelligence',
  family: 'regularization',
  paper: 'arXiv:1703.04200',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegative(1, {
      description: 'strength of the penalty (c, without the factor ½)',
      unit: '1',
      source: 'arXiv:1703.04200',
    }),
    damping: positive(0.1, {
      description: 'added to the squared distance that a parameter went in a task (ξ)',
      unit: 'squared parameter',
      source: 'arXiv:1703.04200, its permuted MNIST',
    }),
    gradient: choice(integrands, 'task', {
      description:
        'gradient that the path integral is taken over: of the loss on the batch, or of the loss with the penalty',
      source: 'arXiv:1703.04200; total as in Avalanche',
    }),
  }),
  conventions: ({ gradient }) => [
    'penalty: lambda · Σ importance · (θ − θ*)², without the factor ½',
    `path integral of the gradient of the ${gradient === 'task' ? 'loss on the batch, without the penalty' : 'loss with the penalty'}`,
    'importance of each task floored at 0, none capped, all parameters included',
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { options } = setup;
    const penalty = await createPathPenalty(
      setup,
      { name: 'si', strength: options.lambda },
      {
        keeps: ['path'],
        inputs: {},
        follow: ({ path }, step) => ({ path: alongPath(path, step[options.gradient], step.before, step.after) }),
      },
    );
    const { trainer, anchor } = penalty;
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      observe: (batch) => penalty.step(batch, {}),
      async endTask() {
        const path = penalty.kept('path');
        const end = trainer.model.parameters();
        addPathImportance(anchor.importance, { path, start: anchor.parameters, end }, options.damping);
        for (const values of Object.values(path)) values.fill(0);
        anchor.moveTo(end);
      },
      state: penalty.state,
      restore: penalty.restore,
      cost: () => ({ flops: trainer.flops, extraBytes: penalty.bytes }),
    };
  },
});
