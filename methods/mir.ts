import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, lossGradients, mapTensors, tf, type Pass, type Scalar, type Tensors } from '../engine/index.ts';
import { defineMethod, type Batch, type Setup } from './contract.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import type { ExtraSizes } from './shared/buffers/store.ts';
import { crossEntropy } from './shared/classifier.ts';
import { flag, memoryOption, positiveInteger, replayBatchOption, requireRoom } from './shared/options.ts';
import { countedOf } from './shared/passes.ts';
import { replayState } from './shared/replayState.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom, type Rows } from './shared/rows.ts';
import { createTrainer, scheduledRate, type Trainer } from './shared/trainer.ts';

/**
 * Maximally interfered retrieval: of some random rows of the memory those are replayed whose loss a step on the stream batch alone would
 * raise most. Docs: docs/methods/mir.md
 */
export const mir = defineMethod({
  name: 'mir',
  title: 'Maximally Interfered Retrieval',
  family: 'replay',
  paper: 'arXiv:1908.04742',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: replayBatchOption,
    candidates: positiveInteger(50, {
      description: 'rows drawn from the buffer, of which the most interfered are replayed',
      unit: 'samples',
      source: 'arXiv:1908.04742',
    }),
    excludeCurrent: flag(false, {
      description: 'draw no rows of the current task',
      source: 'RaptorMai/online-continual-learning; on in the paper',
    }),
    compareToStored: flag(false, {
      description: 'count from the lowest loss measured for a row so far, where that is lower than its present one',
      source: 'arXiv:1908.04742; on in its MNIST runs',
    }),
  }),
  check(options, stream) {
    requireRoom('mir', options, stream);
    if (options.candidates < options.replayBatch)
      throw new UserError(
        `method mir: candidates: ${options.candidates} rows are fewer than the ${options.replayBatch} of replayBatch, which are chosen from them`,
      );
    if (options.excludeCurrent && stream.scenario === 'task-free')
      throw new UserError(
        'method mir: excludeCurrent needs task boundaries, which a task-free stream does not tell; leave it off or choose another scenario',
      );
  },
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { batch: b } = training;
    const { replayBatch, compareToStored } = options;
    const trainer = createTrainer(setup);
    const extras: ExtraSizes = compareToStored ? { lowest: 1 } : {};
    const buffer = createReservoir(options.memory, stream.inputSize, rng, extras);
    const unmeasured: Record<string, Float32Array> = compareToStored
      ? { lowest: new Float32Array(b).fill(Infinity) }
      : {};
    const count = b + replayBatch;
    const rows = allocateRows(count, stream.inputSize);
    const candidates = allocateRows(options.candidates, stream.inputSize);
    const foresee = await createForesight(setup, trainer, options.candidates);
    const step = await trainer.compileLoss(
      'mir',
      { rows: rowSpecs(count, stream.inputSize) },
      (parameters, inputs) => ({
        loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
        stability: () => trainer.classifier.loss(parameters, asRows(inputs.rows), weightFrom(inputs.rows.weight, b)),
      }),
    );
    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const drawn = draw(batch.task);
        const chosen = drawn.length === 0 ? [] : await mostInterfered(batch, drawn);
        rows.weight.fill(0);
        putBatch(rows, batch, 0, 1 / batch.size);
        const slots = drawViews(training.views, replayBatch, (most) =>
          Int32Array.from(chosen.slice(0, most), ({ slot }) => slot),
        );
        buffer.store.copyTo(rows, b, slots, 1 / slots.length);
        const { loss } = await step({ rows });
        buffer.add(batch, unmeasured);
        const interference = chosen.reduce((sum, { score }) => sum + score / chosen.length, 0);
        return { loss, interference };
      },
      ...replayState(trainer, buffer, rng),
    };

    function draw(task: number): ArrayLike<number> {
      return buffer.draw(options.candidates, options.excludeCurrent ? { before: task } : {});
    }

    /** The `replayBatch` slots of the highest scores, best first. */
    async function mostInterfered(batch: Batch, slots: ArrayLike<number>) {
      candidates.weight.fill(0);
      buffer.store.copyTo(candidates, 0, slots, 1);
      const { before, after } = await foresee(batch, candidates);
      const scored = Array.from(slots, (slot, i) => ({ slot, score: after[i] - reference(slot, before[i]) }));
      return scored.toSorted((one, other) => other.score - one.score).slice(0, replayBatch);
    }

    /** What a row's foreseen loss is compared to. */
    function reference(slot: number, loss: number): number {
      const { lowest } = buffer.store.extras;
      if (lowest === undefined) return loss;
      lowest[slot] = Math.min(lowest[slot], loss);
      return lowest[slot];
    }
  },
});

/**
 * Compiles what foresees a step θᵥ = θ − rate·g of plain gradient descent on a stream batch: the cross-entropies in nats of some rows,
 * `[count]`, under θ and under θᵥ. g is computed as in training, the losses by the running statistics, which do not move.
 */
async function createForesight({ engine, network, stream, training }: Setup, trainer: Trainer, count: number) {
  const { classifier, model } = trainer;
  const rows = allocateRows(training.batch, stream.inputSize);
  const program = await engine.compile(
    'mir-foresight',
    ({ held, stream: given, candidates, ...inputs }) => {
      const parameters: Tensors = Object.fromEntries(Object.keys(network.parameters).map((name) => [name, held[name]]));
      const batch = asRows(given);
      const learning: Pass = { mode: 'train', statistics: held, counted: countedOf(batch) };
      const lossOf = (p: Tensors): Scalar =>
        crossEntropy(classifier.compete(classifier.logits(p, batch, learning), batch.task), batch.y, batch.weight);
      const { gradients } = lossGradients((p) => ({ loss: lossOf(p) }), parameters);
      const virtual = mapTensors(parameters, (value, name) => tf.sub(value, tf.mul(inputs.rate, gradients[name])));
      const losses = (p: Tensors) =>
        tf.neg(classifier.logLikelihood(p, asRows(candidates), { mode: 'frozen', statistics: held }));
      return { before: losses(parameters), after: losses(virtual) };
    },
    {
      held: model.specs,
      rate: float32(),
      stream: rowSpecs(training.batch, stream.inputSize),
      candidates: rowSpecs(count, stream.inputSize),
    },
  );
  return async (batch: Batch, candidates: Rows) => {
    putBatch(rows, batch, 0, 1 / batch.size);
    const result = await program.run({
      held: model.parameters(),
      rate: Float32Array.of(scheduledRate(training)),
      stream: rows,
      candidates,
    });
    trainer.addFlops(program.flops);
    return result;
  };
}
