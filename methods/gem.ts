import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, tf, type Tensor1D, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type Batch, type State } from './contract.ts';
import { minimizeBounded } from './shared/boundedQuadratic.ts';
import { createTaskRings } from './shared/buffers/ring.ts';
import { flatSize, flatten, unflatten } from './shared/flat.ts';
import { memoryOption, nonNegative, positive, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Gradient Episodic Memory: the stream's gradient g is replaced by the nearest one that, to first order, raises the loss on none of the old tasks'
 * memories. With their gradients as the rows of G that is x = g + Gᵀv, v the minimum of ½vᵀ(GGᵀ + εI)v + (Gg)ᵀv over v ≥ γ.
 * Docs: docs/methods/gem.md
 */
export const gem = defineMethod({
  name: 'gem',
  title: 'Gradient Episodic Memory',
  family: 'replay',
  paper: 'arXiv:1706.08840',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    memory: memoryOption,
    margin: nonNegative(0.5, {
      description: 'least multiplier of every constraint once one is violated (γ): pulls towards old tasks',
      unit: '1',
      source: 'arXiv:1706.08840',
    }),
    epsilon: positive(1e-3, {
      description: 'added to the diagonal of the matrix of inner products (ε)',
      unit: 'squared gradient norm',
      source: 'facebookresearch/GradientEpisodicMemory',
    }),
  }),
  check({ memory }, stream) {
    const { taskCount } = stream;
    if (memory < taskCount)
      throw new UserError(
        `method gem: memory: ${memory} samples are too few for one of each task (at least ${taskCount})`,
      );
    requireRoom('gem', { memory }, stream);
  },
  async create(setup) {
    const { engine, network, stream, training, options, rng } = setup;
    const { inputSize, taskOutputs } = stream;
    const perTask = Math.floor(options.memory / taskOutputs.length);
    const most = Math.max(1, taskOutputs.length - 1);
    const trainer = createTrainer(setup);
    const buffer = createTaskRings(perTask, taskOutputs.length, inputSize, rng);
    const rows = allocateRows(training.batch, inputSize);
    const memory = allocateRows(perTask, inputSize);
    const size = flatSize(network.parameters);
    /** One row a constraint; those beyond the tasks so far are multiplied by 0. */
    const matrix = new Float32Array(most * size);
    const gradient = new Float32Array(size);
    const multipliers = new Float32Array(most);

    const batchInputs = { rows: rowSpecs(training.batch, inputSize) };
    const plain = await trainer.compileLoss('gem-first-task', batchInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const gradientPass = (name: string, count: number) =>
      trainer.compilePass(name, { rows: rowSpecs(count, inputSize) }, (parameters, inputs) => {
        const { loss, gradients } = trainer.lossGradients(
          (p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.rows)) }),
          parameters,
        );
        return { loss, gradient: flatten(gradients, network.parameters) };
      });
    const memoryPass = await gradientPass('gem-memory', perTask);
    const streamPass = await gradientPass('gem-stream', training.batch);
    const products = await engine.compile(
      'gem-products',
      (inputs) => {
        const G = inputs.matrix as Tensor2D;
        const column = tf.reshape(inputs.gradient, [size, 1]) as Tensor2D;
        return { gram: tf.matMul(G, G, false, true), along: tf.matMul(G, column) };
      },
      { matrix: float32(most, size), gradient: float32(size) },
    );
    const update = await trainer.compile(
      'gem',
      { matrix: float32(most, size), gradient: float32(size), multipliers: float32(1, most) },
      (_, inputs) => {
        const correction = tf.matMul(inputs.multipliers as Tensor2D, inputs.matrix as Tensor2D);
        const projected: Tensor1D = tf.add(inputs.gradient, tf.reshape(correction, [size]));
        return {
          loss: tf.scalar(0),
          gradients: unflatten(projected, network.parameters),
          stability: unflatten(tf.reshape(correction, [size]), network.parameters),
        };
      },
    );

    /** Fills the matrix with the gradients on old tasks' memories; their number. */
    async function constraints(task: number): Promise<number> {
      let count = 0;
      for (let past = 0; past < task; past++) {
        const slots = buffer.slotsOf(past);
        if (slots.length === 0) continue;
        memory.weight.fill(0);
        buffer.store.copyTo(memory, 0, slots, 1 / slots.length);
        await memoryPass({ rows: memory }, { gradient: matrix.subarray(count * size, (count + 1) * size) });
        count++;
      }
      return count;
    }

    async function project(batch: Batch) {
      const count = await constraints(batch.task);
      const { loss } = await streamPass({ rows }, { gradient });
      const { gram, along } = await products.run({ matrix, gradient });
      trainer.addFlops(products.flops);
      const q = [...along.subarray(0, count)];
      const violated = q.some((product) => product < 0);
      multipliers.fill(0);
      if (violated) {
        const P = q.map((_, i) => q.map((__, j) => gram[i * most + j] + (i === j ? options.epsilon : 0)));
        multipliers.set(minimizeBounded(P, q, options.margin));
      }
      await update({ matrix, gradient, multipliers });
      return { loss: loss[0], projected: violated ? 1 : 0 };
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const stats = batch.task === 0 ? { loss: (await plain({ rows })).loss, projected: 0 } : await project(batch);
        buffer.add(batch);
        return stats;
      },
      state: () => ({ trainer: trainer.state(), buffer: buffer.state(), rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes + matrix.byteLength }),
    };
  },
});
