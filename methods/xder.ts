import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createTaskEndBuffer } from './shared/buffers/taskEnd.ts';
import { contrastiveView } from './shared/contrastiveView.ts';
import { transplant } from './shared/futureHeads.ts';
import { memoryOption, replayBatchOption, requireRoom } from './shared/options.ts';
import { allocateRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';
import { createXderLoss, type XderInputs } from './shared/xderLoss.ts';
import { xderOptions } from './shared/xderOptions.ts';

/** Rows of one run of the program that computes logits to be stored. */
const chunk = 64;

/**
 * eXtended-DER: dark experience replay that keeps stored logits up to date on outputs that have come since, and prepares the outputs of tasks
 * to come. Docs: docs/methods/x-der.md
 */
export const xder = defineMethod({
  name: 'x-der',
  title: 'eXtended Dark Experience Replay',
  family: 'replay',
  paper: 'arXiv:2201.00766',
  scenarios: ['class', 'task'],
  options: z.strictObject({ memory: memoryOption, replayBatch: replayBatchOption, ...xderOptions }),
  check(options, stream) {
    requireRoom('x-der', options, stream);
    if (!stream.images)
      throw new UserError(
        'method x-der needs images to make views of, and the inputs are rows of a table; choose another method, such as der++',
      );
  },
  async create(setup) {
    const { engine, stream, training, options, rng } = setup;
    const { inputSize, outputCount, taskOutputs } = stream;
    const { batch: b } = training;
    const { replayBatch: r, contrastBatch, augmentations } = options;
    const trainer = createTrainer(setup);
    const { classifier, model } = trainer;
    const buffer = createTaskEndBuffer(options.memory, inputSize, outputCount, rng);
    const viewRng = rng.fork('views');
    const change = contrastiveView(stream.image!, options.leastCrop);
    const heads = taskOutputs.map((outputs) => Array.from({ length: outputCount }, (_, k) => +outputs.includes(k)));
    // Stream, draw for logits, draw for labels; and views of the stream's first rows and of a third draw.
    const count = b + 2 * r;
    const fromStream = Math.min(b, contrastBatch);
    const most = (fromStream + contrastBatch) * augmentations;
    const rows = allocateRows(count, inputSize);
    const views = allocateRows(most, inputSize);
    const sources = allocateRows(fromStream + contrastBatch, inputSize);
    const stored = new Float32Array(r * outputCount);
    /** Whether a row is no second showing of a slot. */
    const unique = new Float32Array(count);
    /** 1 for the outputs of tasks before, now, and to come; each coming task's share of the contrast. */
    const members = {
      past: new Float32Array(outputCount),
      present: new Float32Array(outputCount),
      future: new Float32Array(outputCount),
      shares: new Float32Array(taskOutputs.length),
    };
    /** How often a slot's logits came up for an update in this task. */
    const drawn = new Int32Array(options.memory);
    let current = 0;
    let [past, later] = [[] as number[], [] as number[]];

    const specs = {
      rows: rowSpecs(count, inputSize),
      views: rowSpecs(most, inputSize),
      stored: float32(r, outputCount),
      unique: float32(count),
      members: {
        past: float32(1, outputCount),
        present: float32(1, outputCount),
        future: float32(1, outputCount),
        shares: float32(taskOutputs.length),
      },
    };
    const lossOf = createXderLoss(classifier, taskOutputs, { ...options, batch: b });
    const step = await trainer.compileLoss('x-der', specs, (parameters, inputs) =>
      lossOf(parameters, inputs as unknown as XderInputs),
    );
    const program = await engine.compile(
      'x-der-logits',
      ({ held, x }) => ({ logits: model.logits(held, x as Tensor2D) }),
      {
        held: model.specs,
        x: float32(chunk, inputSize),
      },
    );

    return {
      model,
      async beginTask(task) {
        trainer.beginTask();
        turnTo(task.index);
      },
      async observe(batch) {
        const draws = [0, 1].map(() => drawViews(training.views, r, buffer.draw));
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        draws.forEach((slots, i) => buffer.store.copyTo(rows, b + i * r, slots, 1 / slots.length));
        buffer.store.copyExtra('logits', stored, draws[0]);
        const first = new Map(
          draws.flatMap((slots, i) => Array.from(slots, (slot, j) => [slot, i * r + j] as const)).toReversed(),
        );
        unique.fill(0).fill(1, 0, batch.size);
        for (const row of first.values()) unique[b + row] = 1;
        putViews(Math.min(batch.size, fromStream));
        const { loss, aux } = await step({ rows, views, stored, unique, members });
        for (const [slot, row] of first) {
          drawn[slot]++;
          if (rng.uniform() * drawn[slot] < 1) refresh(slot, aux.logits.subarray(row * outputCount) as Float32Array);
        }
        return { loss };
      },
      async endTask(task) {
        const { slots } = buffer.take(task);
        const fresh = await logitsOf(buffer.size);
        const added = new Set(slots);
        for (let slot = 0; slot < buffer.size; slot++) {
          const now = fresh.subarray(slot * outputCount, (slot + 1) * outputCount);
          if (!added.has(slot)) refresh(slot, now);
          else {
            const own = now.slice();
            if (past.length > 0) transplant(own, now, buffer.store.y[slot], past, options.gamma);
            buffer.store.extras.logits.set(own, slot * outputCount);
          }
        }
        drawn.fill(0);
      },
      state: () => ({
        trainer: trainer.state(),
        buffer: buffer.state(),
        drawn,
        current,
        rng: rng.state(),
        views: viewRng.state(),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        drawn.set(state.drawn as Int32Array);
        turnTo(state.current as number);
        rng.restore(state.rng as number[]);
        viewRng.restore(state.views as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes + drawn.byteLength }),
    };

    function turnTo(task: number): void {
      current = task;
      const coming = taskOutputs.length - task - 1;
      past = [...new Set(taskOutputs.slice(0, task).flat())];
      later = [...new Set(taskOutputs.slice(task).flat())];
      for (let k = 0; k < outputCount; k++) {
        members.past[k] = +past.includes(k);
        members.present[k] = heads[task][k];
        members.future[k] = +(later.includes(k) && heads[task][k] === 0);
      }
      members.shares.fill(0).fill(1 / coming, task + 1);
    }

    function refresh(slot: number, fresh: Float32Array): void {
      const { logits } = buffer.store.extras;
      const own = logits.subarray(slot * outputCount, (slot + 1) * outputCount);
      transplant(own, fresh, buffer.store.y[slot], later, options.gamma);
    }

    /** Random views of the stream's first rows, which lie in `rows`, and of a draw from the buffer. */
    function putViews(size: number): void {
      const slots = buffer.draw(contrastBatch);
      const samples = size + slots.length;
      sources.x.set(rows.x.subarray(0, size * inputSize));
      sources.y.set(rows.y.subarray(0, size));
      buffer.store.copyTo(sources, size, slots, 1);
      views.weight.fill(0).fill(1 / samples, 0, samples * augmentations);
      for (let i = 0; i < augmentations; i++) {
        change(sources.x, samples, viewRng, views.x.subarray(i * samples * inputSize));
        views.y.set(sources.y.subarray(0, samples), i * samples);
      }
      // No two of them are to count as views of one sample beyond this.
      views.id.forEach((_, i) => (views.id[i] = i));
    }

    /** `[filled, outputs]`, logits of the first slots by the current model. */
    async function logitsOf(filled: number): Promise<Float32Array> {
      const result = new Float32Array(filled * outputCount);
      const x = new Float32Array(chunk * inputSize);
      for (let start = 0; start < filled; start += chunk) {
        const end = Math.min(filled, start + chunk);
        x.set(buffer.store.x.subarray(start * inputSize, end * inputSize));
        const { logits } = await program.run({ held: model.parameters(), x });
        trainer.addFlops(program.flops);
        result.set(logits.subarray(0, (end - start) * outputCount), start * outputCount);
      }
      return result;
    }
  },
});
