import * as z from 'zod';
import type { Specs } from '../engine/index.ts';
import { defineMethod, type LearnerTask, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { rowBytes } from './shared/buffers/store.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom, type Rows } from './shared/rows.ts';
import { createTrainer, type Step } from './shared/trainer.ts';

/** Walks over the rows of a task in random order, again and again. */
interface Walk {
  order: Int32Array;
  position: number;
}

/**
 * Incremental joint training: every update learns from the stream batch and as many rows of each task before, drawn from all of their data.
 * The upper bound for replay: what remains of the stability gap under it is not due to a small memory. Docs: docs/methods/joint.md
 */
export const joint = defineMethod({
  name: 'joint',
  title: 'Incremental joint training',
  family: 'baseline',
  paper: 'arXiv:2311.04898',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({}),
  async create(setup) {
    const { stream, training, rng } = setup;
    const trainer = createTrainer(setup);
    const walks: Walk[] = [];
    // Shapes are static, so each number of tasks so far has a program of its own, made when it is first needed.
    const steps: { step: Step<{ rows: Specs }>; rows: Rows }[] = [];

    async function stepFor(index: number) {
      const count = training.batch * (index + 1);
      const step = await trainer.compileLoss(
        `joint-${index + 1}`,
        { rows: rowSpecs(count, stream.inputSize) },
        (parameters, inputs) => ({
          loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
          stability: () =>
            trainer.classifier.loss(parameters, asRows(inputs.rows), weightFrom(inputs.rows.weight, training.batch)),
        }),
      );
      return (steps[index] = { step, rows: allocateRows(count, stream.inputSize) });
    }

    function next(task: LearnerTask, count: number): Int32Array {
      const walk = (walks[task.index] ??= { order: rng.permutation(task.train.length), position: 0 });
      return Int32Array.from({ length: count }, () => {
        if (walk.position === walk.order.length)
          Object.assign(walk, { order: rng.permutation(task.train.length), position: 0 });
        return walk.order[walk.position++];
      });
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const { step, rows } = steps[batch.task] ?? (await stepFor(batch.task));
        const weight = 1 / (batch.size + batch.task * training.batch);
        putBatch(rows, batch, 0, weight);
        for (let past = 0; past < batch.task; past++) {
          const task = setup.taskAt(past);
          const start = (past + 1) * training.batch;
          const selected = drawViews(training.views, training.batch, (count) => next(task, count));
          task.train.read(selected, rows.x.subarray(start * stream.inputSize));
          selected.forEach((row, i) => {
            rows.y[start + i] = task.train.labels[row];
            rows.id[start + i] = task.train.ids[row];
          });
          rows.task.fill(past, start, start + training.batch);
          rows.weight.fill(weight, start, start + training.batch);
        }
        const { loss } = await step({ rows });
        return { loss };
      },
      state: () => ({ trainer: trainer.state(), walks: walks.map((walk) => ({ ...walk })), rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        walks.splice(0, walks.length, ...(state.walks as unknown as Walk[]).map((walk) => ({ ...walk })));
        rng.restore(state.rng as number[]);
      },
      // Nothing is copied, but the data of old tasks must be kept: they count as a replay buffer would hold them.
      cost: () => ({
        flops: trainer.flops,
        extraBytes: walks.reduce((sum, { order }) => sum + order.length * rowBytes(stream.inputSize), 0),
      }),
    };
  },
});
