import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { createSparseTraining } from './shared/masks/sparseTraining.ts';
import { sparseTrainingOptions, sparseTrainingWords } from './shared/masks/trainingOptions.ts';
import { choice } from './shared/options.ts';

const growths = ['random', 'unfired'] as const;

/**
 * Sparse Evolutionary Training: the network is sparse from the start; every so many updates each layer drops its weakest connections and
 * grows as many new ones at random places, from zero. Docs: docs/methods/set.md
 */
export const set = defineMethod({
  name: 'set',
  title: 'Sparse Evolutionary Training',
  family: 'sparse',
  paper: 'arXiv:1707.04780',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    ...sparseTrainingOptions({
      distribution: ['erk', 'arXiv:1911.11134'],
      dropFraction: [0.3, 'arXiv:1707.04780'],
      interval: [100, 'arXiv:1911.11134'],
      dropSchedule: ['constant', 'arXiv:1707.04780'],
      end: [1, 'arXiv:1707.04780'],
      drop: ['magnitude', 'arXiv:1911.11134'],
      candidates: ['inactive', 'ours'],
    }),
    growth: choice(growths, 'random', {
      description: 'where weights grow: anywhere, or first where none ever was (ITOP)',
      source: 'arXiv:1707.04780; unfired: arXiv:2102.02887',
    }),
  }),
  conventions: sparseTrainingWords,
  create: (setup) => createSparseTraining('set', setup, { growth: setup.options.growth, evolves: 'after' }),
});
