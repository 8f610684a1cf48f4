import * as z from 'zod';
import type { Arrays } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import {
  activeCounts,
  clearMasked,
  distributionOption,
  masked,
  maskSpecsOf,
  randomMasks,
  sparsityOf,
  sparsityOption,
  startSparse,
} from './shared/masks/layerMasks.ts';
import { placesOf, placesToDrop, placesToGrow } from './shared/masks/topology.ts';
import { fraction, positiveInteger } from './shared/options.ts';
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
    sparsity: sparsityOption,
    distribution: distributionOption,
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
    const masks = randomMasks(network, activeCounts('set', network, options), rng);
    startSparse(trainer, masks);

    const rows = allocateRows(training.batch, stream.inputSize);
    const step = await trainer.compileLoss(
      'set',
      { rows: rowSpecs(training.batch, stream.inputSize), masks: maskSpecsOf(network, masks) },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
      { constrain: (tensors, inputs) => masked(tensors, inputs.masks) },
    );
    let updates = 0;

    /** Drops and grows in one layer. */
    function evolve(name: string): void {
      const mask = masks[name] as Float32Array;
      const weights = trainer.parameters[name] as Float32Array;
      const active = placesOf(mask, 1);
      // Growth draws from what was inactive before the drop, so that a connection just dropped does not come straight back.
      const count = Math.floor(options.dropFraction * active.length);
      const grown = placesToGrow('random', {}, placesOf(mask, 0), count, rng);
      // A layer that is nearly dense has fewer places to grow at than it could drop.
      for (const place of placesToDrop('magnitude', { weights }, active, grown.length)) mask[place] = 0;
      for (const place of grown) mask[place] = 1;
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
        if (updates % options.interval === 0) {
          Object.keys(masks).forEach(evolve);
          // What is inactive holds zeros, so after this the dropped places do and the grown ones start from them.
          clearMasked(trainer, masks);
        }
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
      sparsity: () => sparsityOf(masks),
    };
  },
});
