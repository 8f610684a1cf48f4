import * as z from 'zod';
import { defineMethod, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { memoryOption, replayBatchOption, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/** Experience replay: every update learns from the stream batch and from rows of a reservoir, as one batch. Docs: docs/methods/er.md */
export const er = defineMethod({
  name: 'er',
  title: 'Experience Replay',
  family: 'replay',
  paper: 'arXiv:1902.10486',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({ memory: memoryOption, replayBatch: replayBatchOption }),
  check: (options, stream) => requireRoom('er', options, stream),
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const trainer = createTrainer(setup);
    const buffer = createReservoir(options.memory, stream.inputSize, rng);
    const count = training.batch + options.replayBatch;
    const rows = allocateRows(count, stream.inputSize);
    const step = await trainer.compileLoss('er', { rows: rowSpecs(count, stream.inputSize) }, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const slots = drawViews(training.views, options.replayBatch, buffer.draw);
        const weight = 1 / (batch.size + slots.length);
        putBatch(rows, batch, 0, weight);
        buffer.store.copyTo(rows, training.batch, slots, weight);
        rows.weight.fill(0, training.batch + slots.length);
        const { loss } = await step({ rows });
        buffer.add(batch);
        return { loss };
      },
      state: () => ({ trainer: trainer.state(), buffer: buffer.state(), rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes }),
    };
  },
});
