import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { defineMethod } from './contract.ts';
import { drawWays } from './shared/buffers/buffer.ts';
import { bufferNames, requireBuffer } from './shared/buffers/named.ts';
import { batchings, experienceReplay } from './shared/experienceReplay.ts';
import { choice, flag, memoryOption, openShareOrNull, replayBatchOption } from './shared/options.ts';
import { createRehearsalLearner } from './shared/rehearsal.ts';

/** Experience replay: every update learns from the stream batch and from rows of a buffer. Docs: docs/methods/er.md */
export const er = defineMethod({
  name: 'er',
  title: 'Experience Replay',
  family: 'replay',
  paper: 'arXiv:1902.10486',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    buffer: choice(bufferNames, 'reservoir', {
      description:
        'which rows are kept: a uniform sample, as many of each class or of each task, or the last ones of each class of each task',
      source: 'arXiv:1902.10486',
    }),
    draw: choice(drawWays, 'uniform', {
      description: 'what is drawn alike from the buffer: each row, or each class and then a row of it',
      source: 'arXiv:1902.10486',
    }),
    excludeCurrent: flag(false, {
      description: 'whether rows of the current task are kept from replay',
      source: 'arXiv:1902.10486',
    }),
    batches: choice(batchings, 'joint', {
      description: 'new and replayed rows in one forward pass, or in one each',
      source: 'arXiv:1902.10486',
    }),
    alpha: openShareOrNull({
      description:
        'weight of the mean loss on new rows, 1 − alpha on replayed ones; null: the same for every row, or for both means if separate',
      unit: '1',
      source: 'arXiv:1902.10486',
    }),
  }),
  check(options, stream) {
    requireBuffer('er', options, stream);
    if (options.buffer === 'task-balanced' && stream.scenario === 'task-free')
      throw new UserError(
        'method er: buffer: a task-free stream does not tell which rows are of which task; choose reservoir or balanced',
      );
    if (options.excludeCurrent && stream.scenario === 'task-free')
      throw new UserError(
        'method er: excludeCurrent: a task-free stream does not tell which rows are of the current task; set excludeCurrent=false',
      );
  },
  create: (setup) => createRehearsalLearner(setup, (trainer) => experienceReplay(setup, setup.options, trainer)),
});
