import * as z from 'zod';
import { float32, tf, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type Batch, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { crossEntropy, headMask } from './shared/classifier.ts';
import { memoryOption, replayBatchOption, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Experience replay with asymmetric cross-entropy: the stream's rows compete among the classes of their own batch and those never seen, so
 * that learning new classes does not push the old ones down; replayed rows compete among all. Docs: docs/methods/er-ace.md
 */
export const erAce = defineMethod({
  name: 'er-ace',
  title: 'Experience Replay with Asymmetric Cross-Entropy',
  family: 'replay',
  paper: 'arXiv:2104.05025',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({ memory: memoryOption, replayBatch: replayBatchOption }),
  check: (options, stream) => requireRoom('er-ace', options, stream),
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { inputSize, outputCount } = stream;
    const { batch: b } = training;
    const trainer = createTrainer(setup);
    const buffer = createReservoir(options.memory, inputSize, rng);
    const count = b + options.replayBatch;
    const rows = allocateRows(count, inputSize);
    const seen = new Uint8Array(outputCount);
    const step = await trainer.compileLoss(
      'er-ace',
      { rows: rowSpecs(count, inputSize), mask: float32(outputCount) },
      (parameters, inputs) => {
        const { y, weight, task } = asRows(inputs.rows);
        const logits = trainer.classifier.compete(trainer.classifier.logits(parameters, asRows(inputs.rows)), task);
        const block = (from: number, length: number) =>
          [
            tf.slice(logits, [from, 0], [length, outputCount]) as Tensor2D,
            tf.slice(y, from, length) as Tensor1D,
            tf.slice(weight, from, length) as Tensor1D,
          ] as const;
        const [ofStream, ...labels] = block(0, b);
        const learning = crossEntropy(tf.add(ofStream, inputs.mask), ...labels);
        const replaying = crossEntropy(...block(b, options.replayBatch));
        return { loss: tf.add(learning, replaying), stability: () => replaying };
      },
    );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const present = classesOf(batch);
        for (const output of present) seen[output] = 1;
        const mask = headMask(competingClasses(present, seen), outputCount);
        const slots = drawViews(training.views, options.replayBatch, buffer.draw);
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        buffer.store.copyTo(rows, b, slots, 1 / slots.length);
        const { loss } = await step({ rows, mask });
        buffer.add(batch);
        return { loss };
      },
      state: () => ({ trainer: trainer.state(), buffer: buffer.state(), seen, rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        seen.set(state.seen as Uint8Array);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes + seen.byteLength }),
    };
  },
});

const classesOf = ({ y, size }: Batch): Set<number> => new Set(y.subarray(0, size));

/**
 * The outputs among which the rows of a batch compete: those that are right for one of its rows, and those that never were for any row so far.
 * @param seen `[outputCount]`, 1 for outputs that were right for a row, of this batch or before
 */
function competingClasses(present: ReadonlySet<number>, seen: Uint8Array): number[] {
  return [...seen.keys()].filter((output) => present.has(output) || seen[output] === 0);
}
