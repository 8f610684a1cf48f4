import * as z from 'zod';
import { tf, type Arrays, type Specs, type Tensors } from '../engine/index.ts';
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
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    sparsity: fraction(0.8, {
      description: 'share of weights that are zero, over all layers',
      unit: '1',
      source: 'the lowest of arXiv:2209.09476 rounded; see docs/methods/set.md',
    }),
    distribution: choice(distributions, 'erk', {
      description: 'how the density is spread over layers',
      unit: '',
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
    const weightOf = (layer: { name: string }): string => `${layer.name}/weight`;
    const densities = layerDensities(network.layers, 1 - options.sparsity, options.distribution);
    const masks: Arrays = Object.fromEntries(
      network.layers.map((layer, i) => {
        const size = layer.inputs * layer.outputs;
        return [weightOf(layer), randomMask(size, Math.round(densities[i] * size), rng)];
      }),
    );
    const maskSpecs: Specs = Object.fromEntries(Object.keys(masks).map((name) => [name, network.parameters[name]]));
    const trainer = createTrainer(setup);
    for (const [name, mask] of Object.entries(masks))
      maskInPlace(trainer.parameters[name] as Float32Array, mask as Float32Array);

    const rows = allocateRows(training.batch, stream.inputSize);
    const step = await trainer.compileLoss(
      'set',
      { rows: rowSpecs(training.batch, stream.inputSize), masks: maskSpecs },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
      { constrain: (tensors, inputs) => maskTensors(tensors, inputs.masks) },
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
      for (const place of dropped.subarray(0, grown.length)) mask[place] = 0;
      for (const place of grown) mask[place] = 1;
      for (const [slot, state] of Object.entries(trainer.optimizerState))
        if (slot.startsWith(name)) maskInPlace(state as Float32Array, mask);
      maskInPlace(weights, mask);
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

function maskInPlace(values: Float32Array, mask: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = 0;
}

/** Multiplies parameters, and optimiser state that belongs to them (`<parameter>` or `<parameter>/<slot>`), by their masks. */
function maskTensors(tensors: Tensors, masks: Tensors): Tensors {
  const maskOf = (name: string) =>
    masks[Object.keys(masks).find((weight) => name === weight || name.startsWith(`${weight}/`)) ?? ''];
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, maskOf(name) ? tf.mul(tensor, maskOf(name)) : tensor]),
  );
}
