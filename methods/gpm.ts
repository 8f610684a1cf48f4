import * as z from 'zod';
import { defineMethod, type State } from './contract.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { extendBasis } from './shared/subspace/basis.ts';
import { bytesOfBases, createGuard } from './shared/subspace/guard.ts';
import { basesOf, emptyBases, occupied, stateOfBases, warnOfFull } from './shared/subspace/memory.ts';
import { subspaceOptions, thresholdsOf } from './shared/subspace/options.ts';
import { createRepresentations } from './shared/subspace/representations.ts';
import { compileGuardedStep, type GuardedStep } from './shared/subspace/step.ts';
import { createTrainer } from './shared/trainer.ts';

/**
 * Gradient Projection Memory: after every task each layer's basis M grows until it holds the share ε of the energy of the layer's inputs; the
 * gradients of later tasks are projected off it, g ← g − MMᵀg, so that the layer's outputs on those inputs stay. Docs: docs/methods/gpm.md
 */
export const gpm = defineMethod({
  name: 'gpm',
  title: 'Gradient Projection Memory',
  family: 'projection',
  paper: 'arXiv:2103.09762',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject(subspaceOptions),
  conventions: () => [
    'biases, norms and running statistics are frozen after the first task',
    'the optimiser starts every task afresh; the changes that Adam or weight decay make are projected, too',
    'the number of directions is the smallest that reaches the threshold',
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const guard = createGuard('gpm', network, stream);
    const thresholdOf = thresholdsOf('gpm', options, network.layers);
    const trainer = createTrainer(setup);
    const rows = allocateRows(training.batch, stream.inputSize);
    let bases = emptyBases(guard.layers);
    let finished = 0;
    let guarded: GuardedStep | null = null;

    const plain = await trainer.compileLoss(
      'gpm-first-task',
      { rows: rowSpecs(training.batch, stream.inputSize) },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
    );
    const represent = await createRepresentations(setup, trainer, guard.layers, options, rng);

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
        // What an optimiser remembers of earlier gradients is not off the bases of now.
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        if (finished === 0) return { loss: (await plain({ rows })).loss, occupied: 0 };
        guarded ??= await compileGuardedStep('gpm', setup, trainer, guard, bases);
        const { loss } = await guarded(rows, batch.task);
        return { loss, occupied: occupied(bases) };
      },
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.samples, task.train.length));
        const seen = await represent(task, selected, trainer.parameters);
        const before = bases;
        bases = Object.fromEntries(
          guard.layers.map(({ name }) => [name, extendBasis(before[name], seen[name], thresholdOf(name, task.index))]),
        );
        warnOfFull('gpm', setup, before, bases, task);
        guarded = null;
        finished++;
      },
      state: () => ({ trainer: trainer.state(), bases: stateOfBases(bases), finished, rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        bases = basesOf(state.bases as State);
        finished = state.finished as number;
        rng.restore(state.rng as number[]);
        guarded = null;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOfBases(bases) }),
    };
  },
});
