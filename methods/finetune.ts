import * as z from 'zod';
import { defineMethod } from './contract.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/** Plain training on the stream, one task after the other: the lower bound. Docs: docs/methods/finetune.md */
export const finetune = defineMethod({
  name: 'finetune',
  title: 'Finetuning',
  family: 'baseline',
  paper: 'arXiv:1312.6211',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({}),
  async create(setup) {
    const { stream, training } = setup;
    const trainer = createTrainer(setup);
    const rows = allocateRows(training.batch, stream.inputSize);
    const step = await trainer.compileLoss(
      'finetune',
      { rows: rowSpecs(training.batch, stream.inputSize) },
      (parameters, inputs) => ({
        loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
      }),
    );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss } = await step({ rows });
        return { loss };
      },
      state: trainer.state,
      restore: trainer.restore,
      cost: () => ({ flops: trainer.flops, extraBytes: 0 }),
    };
  },
});
