import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { createSparseTraining } from './shared/masks/sparseTraining.ts';
import { sparseTrainingOptions, sparseTrainingWords } from './shared/masks/trainingOptions.ts';
import { flag, fraction } from './shared/options.ts';

/**
 * Sparse Networks from Scratch (sparse momentum): the network is sparse from the start; every so many updates each layer drops its smallest weights,
 * what is dropped is given out to the layers by their mean |m|, and grows, from zero, where |m| is largest, m being a running mean of the gradients of
 * all weights. Docs: docs/methods/snfs.md
 */
export const snfs = defineMethod({
  name: 'snfs',
  title: 'Sparse Networks from Scratch',
  family: 'sparse',
  paper: 'arXiv:1907.04840',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    ...sparseTrainingOptions({
      distribution: ['uniform', 'arXiv:1907.04840'],
      dropFraction: [0.5, 'arXiv:1907.04840, its code'],
      interval: [100, 'arXiv:1911.11134; an epoch in arXiv:1907.04840'],
      dropSchedule: ['cosine', 'arXiv:1907.04840, its code'],
      end: [1, 'arXiv:1907.04840'],
      drop: ['magnitude', 'arXiv:1907.04840'],
      candidates: ['not-kept', 'arXiv:1907.04840, its code'],
    }),
    averaging: fraction(0.9, {
      description: 'decay of the running mean of gradients that growth goes by (β)',
      unit: '1',
      source: 'arXiv:1907.04840, the momentum of its optimiser',
    }),
    redistribute: flag(true, {
      description: 'whether layers of large mean |m| grow more than they drop and the others less',
      source: 'arXiv:1907.04840',
    }),
  }),
  conventions: (options) => [
    ...sparseTrainingWords(options),
    `growth by a running mean of the gradients of all weights, with decay ${options.averaging}${options.redistribute ? '; what layers drop is given out anew' : ''}`,
  ],
  create: (setup) =>
    createSparseTraining('snfs', setup, {
      growth: 'momentum',
      evolves: 'after',
      averaging: setup.options.averaging,
      redistributes: setup.options.redistribute,
    }),
});
