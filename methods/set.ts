import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { mapTensors, sizeOf, tf, type Arrays, type Specs } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { distributions, layerDensities } from './shared/masks/density.ts';
import { randomInactive, randomMask, smallestActive } from './shared/masks/topology.ts';
import { choice, fraction, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Sparse Evolutionary Training: the network is sparse from the start; every so many updates each layer drops its weakest connections and
 * grows as many new ones at random places, from zero. Docs: docs/methods/set.md
 */
export const set = defineMethod({
  name: 'set',
  title: 'Sparse Evolutionary Training',
  family: 'sparse',
  paper: 'arXiv:1707.04780',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  options: z.strictObject({
    sparsity: fraction(0.8, {
      description: 'share of weights that are zero, over all layers',
      unit: '1',
      source: 'the lowest of Yildirim et al. (CPAL 2024, PMLR 234)',
    }),
    distribution: choice(distributions, 'erk', {
      description: 'how the density is spread over layers',
      source: 'arXiv:1707.04780',
    }),
    dropFraction: fraction(0.3, {
      description: 'share of active weights replaced at each topology update (ζ)',
      unit: '1',
      source: 'arXiv:1707.04780',
    }),
    interval: positiveInteger(100, {
      description: 'updates between topology updates',
      unit: 'updates',
      source: 'arXiv:1911.11134',
    }),
  }),
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const trainer = createTrainer(setup);
    const densities = layerDensities(network.layers, 1 - options.sparsity, options.distribution);
    const masks: Arrays = {};
    for (const [i, { name }] of network.layers.entries()) {
      const weight = `${name}/weight`;
      const size = sizeOf(network.parameters[weight].shape);
      const active = Math.round(densities[i] * size);
      if (active === 0)
        throw new UserError(
          `method set: sparsity: ${options.sparsity} leaves layer ${name} (${size} weights) without a single one; choose a smaller sparsity`,
        );
      masks[weight] = randomMask(size, active, rng);
      // A unit that keeps the share d of its inputs starts with weights 1/√d as large: its output varies as in the dense network.
      scaleInPlace(trainer.parameters[weight], masks[weight], Math.sqrt(size / active));
    }

    const rows = allocateRows(training.batch, stream.inputSize);
    const maskSpecs: Specs = Object.fromEntries(Object.keys(masks).map((name) => [name, network.parameters[name]]));
    const step = await trainer.compileLoss(
      'set',
      { rows: rowSpecs(training.batch, stream.inputSize), masks: maskSpecs },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
      {
        constrain: (tensors, inputs) =>
          mapTensors(tensors, (tensor, name) => {
            const mask = maskOf(name, inputs.masks);
            return mask ? tf.mul(tensor, mask) : tensor;
          }),
      },
    );
    let updates = 0;

    /** Drops and grows in one layer; new connections and their optimiser state start at zero. */
    function evolve(name: string): void {
      const mask = masks[name] as Float32Array;
      const weights = trainer.parameters[name] as Float32Array;
      const active = mask.reduce((sum, value) => sum + value, 0);
      const dropped = smallestActive(weights, mask, Math.floor(options.dropFraction * active));
      // Growth draws from what was inactive before the drop, so that a connection just dropped does not come straight back.
      const grown = randomInactive(mask, dropped.length, rng);
      // A layer that is nearly dense has fewer places to grow at than it could drop.
      for (const place of dropped.subarray(0, grown.length)) mask[place] = 0;
      for (const place of grown) mask[place] = 1;
      // What is inactive holds zeros, so after this the dropped places do and the grown ones start from them.
      for (const arrays of [trainer.parameters, trainer.optimizerState])
        for (const [key, values] of Object.entries(arrays))
          if (maskOf(key, masks) === mask) scaleInPlace(values, mask, 1);
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss } = await step({ rows, masks });
        updates++;
        if (updates % options.interval === 0) Object.keys(masks).forEach(evolve);
        return { loss };
      },
      state: () => ({ trainer: trainer.state(), masks, updates, rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(masks, state.masks as Arrays);
        updates = state.updates as number;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(masks) }),
    };
  },
});

/** values ← factor·mask·values, with the masked ones exactly zero. */
function scaleInPlace(values: Arrays[string], mask: Arrays[string], factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = mask[i] === 0 ? 0 : factor * values[i];
}

/** The mask of a parameter or of optimiser state that belongs to one (`<parameter>`, `<parameter>/<slot>`), if it has one. */
function maskOf<M>(name: string, masks: Readonly<Record<string, M>>): M | undefined {
  const owner = Object.keys(masks).find((parameter) => name === parameter || name.startsWith(`${parameter}/`));
  return owner === undefined ? undefined : masks[owner];
}
