import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { tf, type Tensors } from '../engine/index.ts';
import { defineMethod } from './contract.ts';
import { drawWays } from './shared/buffers/buffer.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { bufferNames, createBuffer, requireBuffer } from './shared/buffers/named.ts';
import { choice, flag, memoryOption, openShareOrNull, replayBatchOption } from './shared/options.ts';
import { replayState } from './shared/replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/** How new and replayed rows meet: in one forward pass, or in one of their own each. */
const batchings = ['joint', 'separate'] as const;

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
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { inputSize } = stream;
    const { replayBatch, excludeCurrent, draw: by } = options;
    const joint = options.batches === 'joint';
    const trainer = createTrainer(setup);
    const buffer = createBuffer(options.buffer, options.memory, stream, rng);
    const count = joint ? training.batch + replayBatch : training.batch;
    const rows = allocateRows(count, inputSize);
    // Where replayed rows go: behind the new ones, or among rows of their own.
    const old = joint ? rows : allocateRows(replayBatch, inputSize);
    const oldStart = joint ? training.batch : 0;
    const lossOn = (parameters: Tensors, group: Tensors) => trainer.classifier.loss(parameters, asRows(group));
    const step = await trainer.compileLoss('er', { rows: rowSpecs(count, inputSize) }, (parameters, inputs) => ({
      loss: lossOn(parameters, inputs.rows),
      stability: joint
        ? () => trainer.classifier.loss(parameters, asRows(inputs.rows), weightFrom(inputs.rows.weight, training.batch))
        : undefined,
    }));
    const separate = joint
      ? null
      : await trainer.compileLoss(
          'er-separate',
          { rows: rowSpecs(count, inputSize), old: rowSpecs(replayBatch, inputSize) },
          (parameters, inputs) => ({
            loss: tf.add(lossOn(parameters, inputs.rows), lossOn(parameters, inputs.old)),
            stability: () => lossOn(parameters, inputs.old),
          }),
        );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const before = excludeCurrent ? batch.task : undefined;
        const slots = drawViews(training.views, replayBatch, (most) => buffer.draw(most, { by, before }));
        const weights = rowWeights(options, batch.size, slots.length);
        putBatch(rows, batch, 0, weights.fresh);
        buffer.store.copyTo(old, oldStart, slots, weights.old);
        old.weight.fill(0, oldStart + slots.length);
        const { loss } = await (separate && slots.length > 0 ? separate({ rows, old }) : step({ rows }));
        buffer.add(batch);
        return { loss };
      },
      ...replayState(trainer, buffer, rng),
    };
  },
});

/**
 * What each of `fresh` new and of `old` replayed rows weighs in the loss: α/fresh and (1 − α)/old, also while there is nothing to replay. With α
 * null they weigh the same in a joint batch, 1/(fresh + old), and separate batches count by their means, 1/fresh and 1/old.
 */
function rowWeights(
  { alpha, batches }: { readonly alpha: number | null; readonly batches: (typeof batchings)[number] },
  fresh: number,
  old: number,
): { readonly fresh: number; readonly old: number } {
  if (alpha !== null) return { fresh: alpha / fresh, old: (1 - alpha) / old };
  if (batches === 'separate') return { fresh: 1 / fresh, old: 1 / old };
  return { fresh: 1 / (fresh + old), old: 1 / (fresh + old) };
}
