import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { darkReplay } from './shared/darkReplay.ts';
import { memoryOption, nonNegative, replayBatchOption, requireRoom } from './shared/options.ts';
import { createRehearsalLearner } from './shared/rehearsal.ts';

/**
 * Dark Experience Replay: rows are stored with the logits they had when they were seen, and replay pulls the logits of a draw back to the
 * stored ones. Labels of stored rows are not used. Docs: docs/methods/der.md
 */
export const der = defineMethod({
  name: 'der',
  title: 'Dark Experience Replay',
  family: 'replay',
  paper: 'arXiv:2004.07211',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    alpha: nonNegative(0.2, {
      description: 'weight of the squared distance to stored logits',
      unit: '1',
      source: 'arXiv:2004.07211 (Split-MNIST, 200 samples)',
    }),
  }),
  check: (options, stream) => requireRoom('der', options, stream),
  create: (setup) => createRehearsalLearner(setup, (trainer) => darkReplay('der', setup, setup.options, trainer)),
});
