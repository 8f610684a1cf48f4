import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { createSparseTraining } from './shared/masks/sparseTraining.ts';
import { sparseTrainingOptions, sparseTrainingWords } from './shared/masks/trainingOptions.ts';

/**
 * The Rigged Lottery: the network is sparse from the start; every so many updates, in place of a weight update, each layer drops its smallest weights
 * and grows as many, from zero, where the gradient on the batch is largest. Docs: docs/methods/rigl.md
 */
export const rigl = defineMethod({
  name: 'rigl',
  title: 'The Rigged Lottery',
  family: 'sparse',
  paper: 'arXiv:1911.11134',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject(
    sparseTrainingOptions({
      distribution: ['erk', 'arXiv:1911.11134'],
      dropFraction: [0.3, 'arXiv:1911.11134'],
      interval: [100, 'arXiv:1911.11134'],
      dropSchedule: ['cosine', 'arXiv:1911.11134'],
      end: [0.75, 'arXiv:1911.11134, where it is 25,000 of 32,000 updates'],
      drop: ['magnitude', 'arXiv:1911.11134'],
      candidates: ['not-kept', 'arXiv:1911.11134, its code'],
    }),
  ),
  conventions: (options) => [
    ...sparseTrainingWords(options),
    'a topology update takes the place of a weight update; the first one is the first update of its span',
  ],
  create: (setup) => createSparseTraining('rigl', setup, { growth: 'gradient', evolves: 'instead' }),
});
