import { tf, type Tensor1D, type Tensors } from '../../engine/index.ts';
import type { Setup } from '../contract.ts';
import type { DrawWay } from './buffers/buffer.ts';
import { drawViews } from './buffers/drawViews.ts';
import { createBuffer, type BufferName } from './buffers/named.ts';
import { crossEntropy } from './classifier.ts';
import type { Compete, Prepared, Rehearsal, RehearsalStep } from './rehearsal.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom } from './rows.ts';
import type { Trainer } from './trainer.ts';

/** How new and replayed rows meet: in one forward pass, or in one of their own each. */
export const batchings = ['joint', 'separate'] as const;

export interface ExperienceReplayOptions {
  readonly memory: number;
  readonly replayBatch: number;
  readonly buffer: BufferName;
  readonly draw: DrawWay;
  readonly excludeCurrent: boolean;
  readonly batches: (typeof batchings)[number];
  /** Weight of the mean loss on new rows; null: see `rowWeights`. */
  readonly alpha: number | null;
}

/** Experience replay (arXiv:1902.10486): an update learns the labels of the stream batch and of rows of a buffer. */
export function experienceReplay(
  { stream, training, rng }: Pick<Setup, 'stream' | 'training' | 'rng'>,
  options: ExperienceReplayOptions,
  { classifier }: Trainer,
  compete: Compete = classifier.compete,
): Rehearsal {
  const { inputSize } = stream;
  const { batch: b } = training;
  const { replayBatch, excludeCurrent, draw: by } = options;
  const joint = options.batches === 'joint';
  const buffer = createBuffer(options.buffer, options.memory, stream, rng);
  const count = joint ? b + replayBatch : b;
  const rows = allocateRows(count, inputSize);
  // Where replayed rows go: behind the new ones, or among rows of their own.
  const old = joint ? rows : allocateRows(replayBatch, inputSize);
  const oldStart = joint ? b : 0;

  /** The loss on a group of rows of which the first `fresh` ones are of the stream. */
  function lossOn(parameters: Tensors, group: Tensors, fresh: number, weight = group.weight as Tensor1D) {
    const given = asRows(group);
    const logits = classifier.logits(parameters, given);
    return { logits, loss: crossEntropy(compete(logits, given.task, fresh), given.y, weight) };
  }

  const together: RehearsalStep = {
    inputs: { rows: rowSpecs(count, inputSize) },
    loss(parameters, inputs) {
      const group = inputs.rows;
      const { logits, loss } = lossOn(parameters, group, b);
      return {
        loss,
        stability: joint ? () => lossOn(parameters, group, b, weightFrom(group.weight, b)).loss : undefined,
        logits: () => (joint ? tf.slice(logits, [0, 0], [b, stream.outputCount]) : logits),
      };
    },
  };
  const separate: RehearsalStep = {
    inputs: { rows: rowSpecs(count, inputSize), old: rowSpecs(replayBatch, inputSize) },
    loss(parameters, inputs) {
      const { logits, loss } = lossOn(parameters, inputs.rows, b);
      const remembered = () => lossOn(parameters, inputs.old, 0).loss;
      return { loss: tf.add(loss, remembered()), stability: remembered, logits: () => logits };
    },
  };

  return {
    buffer,
    steps: joint ? { er: together } : { er: together, 'er-separate': separate },
    keepsLogits: false,
    prepare(batch): Prepared {
      const before = excludeCurrent ? batch.task : undefined;
      const slots = drawViews(training.views, replayBatch, (most) => buffer.draw(most, { by, before }));
      const weights = rowWeights(options, batch.size, slots.length);
      putBatch(rows, batch, 0, weights.fresh);
      buffer.store.copyTo(old, oldStart, slots, weights.old);
      old.weight.fill(0, oldStart + slots.length);
      if (joint || slots.length === 0) return { step: 'er', inputs: { rows }, slots };
      return { step: 'er-separate', inputs: { rows, old }, slots };
    },
    keep: (batch) => void buffer.add(batch),
  };
}

/**
 * What each of `fresh` new and of `old` replayed rows weighs in the loss: α/fresh and (1 − α)/old, also while there is nothing to replay. With α
 * null they weigh the same in a joint batch, 1/(fresh + old), and separate batches count by their means, 1/fresh and 1/old.
 */
function rowWeights(
  { alpha, batches }: Pick<ExperienceReplayOptions, 'alpha' | 'batches'>,
  fresh: number,
  old: number,
): { readonly fresh: number; readonly old: number } {
  if (alpha !== null) return { fresh: alpha / fresh, old: (1 - alpha) / old };
  if (batches === 'separate') return { fresh: 1 / fresh, old: 1 / old };
  return { fresh: 1 / (fresh + old), old: 1 / (fresh + old) };
}
