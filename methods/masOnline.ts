import * as z from 'zod';
import { tf, type Loss, type Tensors } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { accumulate, anchorPenalty, createAnchor, type AnchorTensors } from './shared/anchored.ts';
import { drawViews } from './shared/buffers/drawViews.ts';
import { createHardBuffer } from './shared/buffers/hardBuffer.ts';
import { crossEntropy, logLikelihood } from './shared/classifier.ts';
import { followLoss, noPlateauYet, plateauMemory, plateauState } from './shared/lossPlateau.ts';
import { choice, nonNegative, positive, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs, weightFrom } from './shared/rows.ts';
import { rowsAtOnce } from './shared/rowMeans.ts';
import { createSynapses, norms } from './shared/synapses.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Task-free Memory Aware Synapses: a few updates on every batch together with a buffer of the hardest rows; where the loss has come down to a
 * plateau, importance is measured on that buffer and the anchor moves: loss + (λ/2)·Σ Ω·(θ − θ*)². Docs: docs/methods/mas-online.md
 */
export const masOnline = defineMethod({
  name: 'mas-online',
  title: 'Task-Free Continual Learning (online MAS)',
  family: 'regularization',
  paper: 'arXiv:1812.03596',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    lambda: nonNegative(1, {
      description: 'strength of the penalty (λ, with the factor ½)',
      unit: '1',
      source: 'ours, see docs/methods/mas-online.md',
    }),
    steps: positiveInteger(5, {
      description: 'updates of the parameters on every stream batch',
      unit: 'updates',
      source: 'arXiv:1812.03596 (its code)',
    }),
    hardBuffer: positiveInteger(30, {
      description: 'capacity of the buffer of rows with the largest losses',
      unit: 'samples',
      source: 'arXiv:1812.03596 (its code)',
    }),
    window: positiveInteger(5, {
      description: 'losses, one a stream batch, in which a plateau is looked for',
      unit: 'batches',
      source: 'arXiv:1812.03596 (its code)',
    }),
    meanThreshold: positive(0.2, {
      description: 'a plateau’s mean loss is below it',
      unit: 'nats per row',
      source: 'arXiv:1812.03596 (its code), there of a sum over rows',
    }),
    varianceThreshold: positive(0.1, {
      description: 'the variance of a plateau’s losses is below it',
      unit: 'nats²',
      source: 'arXiv:1812.03596 (its code), there of a sum over rows',
    }),
    norm: choice(norms, 'plain', {
      description: 'what of the logits the importance is the sensitivity of: their squared length, or their length',
      source: 'arXiv:1812.03596 (its code)',
    }),
  }),
  conventions: ({ steps, norm }) => [
    'penalty (λ/2)·Σ Ω·(θ − θ*)²',
    `${steps} updates on each stream batch count as one; loss and penalty are those of the first, the hardest rows those of the last`,
    `Ω ← Ω_new/u + (1 − 1/u)·Ω at plateau u, Ω_new the mean over the hard buffer’s single rows of |∂ ${norm === 'squared' ? '‖f‖²' : '‖f‖'} / ∂θ|, f the logits`,
    'thresholds on the mean loss per row over batch and hard buffer, without the penalty',
  ],
  whenDiverged: ({ lambda, steps }) => `a smaller lambda than ${lambda}, or fewer steps than ${steps}`,
  async create(setup) {
    const { stream, training, network, options } = setup;
    const { inputSize } = stream;
    const { lambda, steps } = options;
    const trainer = createTrainer(setup);
    const anchor = createAnchor(network);
    const buffer = createHardBuffer(options.hardBuffer, inputSize);
    const views = training.views?.count ?? 1;
    const count = training.batch + options.hardBuffer * views;
    const rows = allocateRows(count, inputSize);
    const importanceOf = await createSynapses(
      setup,
      trainer,
      options.norm,
      Math.min(rowsAtOnce(setup.network), options.hardBuffer),
    );
    let memory = noPlateauYet;

    const lossOf = (parameters: Tensors, group: Tensors, held?: AnchorTensors): Loss => {
      const batch = asRows(group);
      const logits = trainer.classifier.compete(trainer.classifier.logits(parameters, batch), batch.task);
      const learning = crossEntropy(logits, batch.y, batch.weight);
      const losses = tf.neg(logLikelihood(logits, batch.y));
      const penalty = held && anchorPenalty(parameters, held, lambda / 2);
      return {
        loss: penalty ? tf.add(learning, penalty) : learning,
        stability: () => {
          const replayed = trainer.classifier.loss(parameters, batch, weightFrom(batch.weight, training.batch));
          return penalty ? tf.add(replayed, penalty) : replayed;
        },
        aux: { learning, losses, ...(penalty && { penalty }) },
      };
    };
    const inputs = { rows: rowSpecs(count, inputSize) };
    const plain = await trainer.compileLoss('mas-online-before', inputs, (parameters, given) =>
      lossOf(parameters, given.rows),
    );
    const held = await trainer.compileLoss('mas-online', { ...inputs, anchor: anchor.specs }, (parameters, given) =>
      lossOf(parameters, given.rows, given.anchor),
    );
    const step = () => (anchor.count === 0 ? plain({ rows }) : held({ rows, anchor: anchor.arrays() }));

    /** Measures importance on the hard buffer, and holds on to the parameters as they are. */
    async function consolidate() {
      const fresh = await importanceOf(buffer.size, (into, start, most) => {
        const slots = Array.from({ length: most }, (_, i) => start + i);
        buffer.store.copyTo(into, 0, slots, 1);
      });
      const share = 1 / (anchor.count + 1);
      accumulate(anchor.importance, fresh, 1 - share, share);
      anchor.moveTo(trainer.parameters);
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const everySlot = Int32Array.from({ length: buffer.size }, (_, slot) => slot);
        const slots = drawViews(training.views, buffer.size * views, () => everySlot);
        const weight = 1 / (batch.size + slots.length);
        putBatch(rows, batch, 0, weight);
        buffer.store.copyTo(rows, training.batch, slots, weight);
        rows.weight.fill(0, training.batch + slots.length);
        const first = await step();
        let last = first;
        for (let i = 1; i < steps; i++) last = await step();

        const followed = followLoss(memory, first.aux.learning[0], options);
        ({ memory } = followed);
        if (followed.plateau) await consolidate();
        const { losses } = last.aux;
        buffer.offer(
          batch,
          Float32Array.from(everySlot, (slot) => losses[training.batch + slot * views]),
          losses,
        );
        return { loss: first.loss, penalty: first.aux.penalty?.[0] ?? 0, plateau: Number(followed.plateau) };
      },
      state: () => ({
        trainer: trainer.state(),
        anchor: anchor.state(),
        buffer: buffer.state(),
        losses: plateauState(memory),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        anchor.restore(state.anchor as State);
        buffer.restore(state.buffer as State);
        memory = plateauMemory(state.losses as State);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: anchor.bytes + buffer.store.bytes }),
    };
  },
});
