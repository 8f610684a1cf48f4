import * as z from 'zod';
import { allocate } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { unitInterval } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createGuard } from './shared/subspace/guard.ts';
import { occupied, warnOfFull } from './shared/subspace/memory.ts';
import { subspaceOptions, thresholdsOf } from './shared/subspace/options.ts';
import { openRegion, sufficientSpaces } from './shared/subspace/regions.ts';
import { createRepresentations } from './shared/subspace/representations.ts';
import { compileScaledStep, scaleSpecs } from './shared/subspace/scaledStep.ts';
import type { GuardedStep } from './shared/subspace/step.ts';
import { createTaskGradients } from './shared/subspace/taskGradients.ts';
import { createTaskSpaces } from './shared/subspace/taskSpaces.ts';
import { createTaskWeights } from './shared/subspace/taskWeights.ts';
import { createTrainer } from './shared/trainer.ts';

/** Most old tasks whose spaces a task scales its weights in, of each layer. */
const mostRegions = 2;

/**
 * Trust Region Gradient Projection: as GPM, and in the spaces of up to two related old tasks a layer's weight is scaled for the new task, W̃ = W +
 * Σ (W B Q Bᵀ − W B Bᵀ), with Q trained and kept for each task. Docs: docs/methods/trgp.md
 */
export const trgp = defineMethod({
  name: 'trgp',
  title: 'Trust Region Gradient Projection',
  family: 'projection',
  paper: 'arXiv:2202.02931',
  scenarios: ['task', 'domain'],
  options: z.strictObject({
    ...subspaceOptions,
    related: unitInterval(0.5, {
      description: 'share of the new task’s gradient that an old space must hold more of to be trusted (ε₁)',
      unit: '1',
      source: 'arXiv:2202.02931; 0.2 for Permuted MNIST in LYang-666/TRGP',
    }),
  }),
  conventions: () => [
    'evaluation is told the task, in the domain scenario, too: weights depend on it',
    'biases, norms and running statistics are frozen after the first task',
    'the optimiser starts every task afresh; the changes that Adam or weight decay make are projected, too',
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const guard = createGuard('trgp', network, stream);
    const thresholdOf = thresholdsOf('trgp', options, network.layers);
    const trainer = createTrainer(setup);
    const spaces = createTaskSpaces(guard.layers);
    const weights = createTaskWeights(setup, trainer, () => spaces);
    const rows = allocateRows(training.batch, stream.inputSize);
    const gradientRng = rng.fork('task gradient');
    let step: GuardedStep | null = null;

    const plain = await trainer.compileLoss(
      'trgp-first-task',
      { rows: rowSpecs(training.batch, stream.inputSize) },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
    );
    const represent = await createRepresentations(setup, trainer, guard.layers, options, rng);
    const gradientOf = await createTaskGradients(setup, trainer, guard.layers);

    return {
      model: weights.model,
      async beginTask(task) {
        trainer.beginTask();
        // What an optimiser remembers of earlier gradients is not off the bases of now.
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
        const count = Math.min(options.samples, task.train.length);
        const gradients =
          task.index > 0
            ? await gradientOf(task, gradientRng.sample(task.train.length, count), trainer.parameters)
            : {};
        const regions = Object.entries(gradients).flatMap(([name, gradient]) => {
          const layer = guard.layers.find((each) => each.name === name)!;
          const weight = trainer.parameters[`${name}/weight`] as Float32Array;
          return sufficientSpaces(gradient, spaces.ofLayer(name), options.related, mostRegions).map((old) =>
            openRegion(layer, old, spaces.basis(name, old), weight, true),
          );
        });
        spaces.begin(regions, allocate(training.optimizer.init(scaleSpecs(regions, spaces.basis))));
        weights.outdate(false);
        step = null;
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        if (spaces.own.length === 0) return { loss: (await plain({ rows })).loss, regions: 0, occupied: 0 };
        const { union, optimizer, basis } = spaces;
        const regions = spaces.regions.at(-1)!;
        step ??= await compileScaledStep('trgp', setup, trainer, guard, { bases: union, regions, basis, optimizer });
        const { loss } = await step(rows, batch.task);
        weights.outdate(false);
        return { loss, regions: regions.length, occupied: occupied(union) };
      },
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.samples, task.train.length));
        const before = spaces.union;
        spaces.end(task, await represent(task, selected, await weights.effective(task.index)), thresholdOf);
        warnOfFull('trgp', setup, before, spaces.union, task);
        step = null;
      },
      state: () => ({
        trainer: trainer.state(),
        spaces: spaces.state(),
        rng: rng.state(),
        gradientRng: gradientRng.state(),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        spaces.restore(state.spaces as State);
        rng.restore(state.rng as number[]);
        gradientRng.restore(state.gradientRng as number[]);
        weights.outdate(true);
        step = null;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: spaces.bytes() + weights.bytes() }),
    };
  },
});
