import type { Arrays, Specs } from '../../../engine/index.ts';
import type { Learner, Setup, State } from '../../contract.ts';
import { allocateRows, putBatch } from '../rows.ts';
import { assign, bytesOf, createTrainer } from '../trainer.ts';
import { evolveLayer, replaceWithin } from './evolve.ts';
import { createFirstMasks } from './firstMasks.ts';
import { activeIn, clearMasked, densitiesOf } from './layerMasks.ts';
import { createMaskedSteps, type Looked } from './maskedSteps.ts';
import { redistribute } from './redistribution.ts';
import { countActive, type GrowthCriterion } from './topology.ts';
import { countTopologyUpdates, createTopologySchedule } from './topologySchedule.ts';
import type { SparseTrainingOptions } from './trainingOptions.ts';

/** What makes a method out of sparse training. */
export interface SparseTrainingRule {
  readonly growth: GrowthCriterion;
  /** Whether a topology update comes after a weight update, or takes its place. */
  readonly evolves: 'after' | 'instead';
  /** β of the running mean m ← β·m + (1 − β)·∂L/∂w over all weights, active or not; for growth by `momentum`. */
  readonly averaging?: number;
  /** Whether what is dropped is given out to the layers anew, by their mean |m|. */
  readonly redistributes?: boolean;
}

/**
 * A learner whose network is sparse from its first update on and whose topology changes as it learns: at the updates that the schedule names each
 * layer drops active weights and grows others, from zero and with empty optimiser state. Whatever is not active is exactly zero after every update.
 */
export async function createSparseTraining(
  method: string,
  setup: Setup<SparseTrainingOptions>,
  rule: SparseTrainingRule,
): Promise<Learner> {
  const { stream, training, options, network, rng } = setup;
  const { growth, averaging, redistributes = false } = rule;
  const weights: Specs = Object.fromEntries(
    network.layers.map(({ name }) => [`${name}/weight`, network.parameters[`${name}/weight`]]),
  );
  const names = Object.keys(weights);
  const trainer = createTrainer(setup, undefined, averaging === undefined ? {} : weights);
  const first = await createFirstMasks(method, setup, trainer);
  const steps = createMaskedSteps(setup, trainer, { name: method, specs: weights, averaging });
  const instead = rule.evolves === 'instead';
  /** The number of an update in its span, as the schedule counts: of those before it, or with it. */
  const numberOf = (before: number): number => before + (instead ? 0 : 1);
  const fractionAt = createTopologySchedule(options, training.updates);
  if (countTopologyUpdates(options, training.updates, instead ? 0 : 1) === 0)
    setup.warn(
      `method ${method}: interval: no topology update every ${options.interval} updates in a run whose tasks have ${training.updates.join(', ')}; choose a smaller interval`,
    );
  const rows = allocateRows(training.batch, stream.inputSize);
  const everywhere = Object.fromEntries(names.map((name) => [name, 1]));

  const { masks } = first;
  const everActive = growth === 'unfired' ? mapArrays(masks, (mask) => mask.slice()) : {};
  let pending = first.pending;
  /** Updates made in the span. */
  let updates = 0;
  let task = 0;
  let densities = densitiesOf(masks);
  let peak = activeIn(masks);
  let looking = false;

  /** After the masks changed. */
  function settle(): void {
    // What is inactive holds zeros, so after this the dropped places do and the grown ones start from them.
    clearMasked(trainer, masks);
    densities = densitiesOf(masks);
  }

  function start(chosen: Arrays): void {
    assign(masks, chosen);
    assign(everActive, chosen);
    pending = false;
    settle();
  }

  function evolve(fraction: number, gradients: Arrays): void {
    const scores = growth === 'momentum' ? trainer.tracked : gradients;
    const layers = names.map((name) => ({
      mask: masks[name] as Float32Array,
      weights: trainer.parameters[name] as Float32Array,
      gradients: gradients[name] as Float32Array,
      scores: scores[name] as Float32Array,
      everActive: everActive[name] as Float32Array,
    }));
    const sizes = layers.map(({ mask, scores: own }) => ({
      active: countActive(mask),
      size: mask.length,
      mean: redistributes ? meanSize(own!, mask) : 0,
    }));
    const replaced = (redistributes ? redistribute : replaceWithin)(sizes, fraction, options.candidates);
    for (const [i, layer] of layers.entries()) evolveLayer({ ...options, growth }, layer, replaced[i], rng);
    settle();
    peak = Math.max(peak, activeIn(masks));
  }

  async function update(evolves: boolean): Promise<Looked> {
    if (!evolves) return steps.update(rows, masks);
    if (!instead)
      return options.drop === 'taylor' || growth === 'gradient'
        ? steps.updateAndLook(rows, masks)
        : steps.update(rows, masks);
    looking = true;
    try {
      return await steps.look(rows);
    } finally {
      looking = false;
    }
  }

  return {
    model: trainer.model,
    async beginTask(begun) {
      trainer.beginTask();
      // The running mean takes the place of the optimiser's own.
      if (training.resetOptimizer) for (const mean of Object.values(trainer.tracked)) mean.fill(0);
      task = begun.index;
      if (options.over === 'task') updates = 0;
      if (pending) start(await first.fromTask(begun));
    },
    async observe(batch) {
      if (pending) start(await first.fromBatch(batch));
      putBatch(rows, batch, 0, 1 / batch.size);
      const fraction = fractionAt(numberOf(updates), task);
      const { loss, gradients } = await update(fraction > 0);
      if (fraction > 0) evolve(fraction, gradients);
      updates++;
      return { loss };
    },
    state: () =>
      ({ trainer: trainer.state(), masks, everActive, pending, updates, task, peak, rng: rng.state() }) as State,
    restore(state) {
      trainer.restore(state.trainer as State);
      assign(masks, state.masks as Arrays);
      assign(everActive, state.everActive as Arrays);
      pending = state.pending as boolean;
      updates = state.updates as number;
      task = state.task as number;
      peak = state.peak as number;
      densities = densitiesOf(masks);
      rng.restore(state.rng as number[]);
    },
    cost() {
      const active = activeIn(masks);
      const total = names.reduce((sum, name) => sum + masks[name].length, 0);
      return {
        flops: trainer.flops,
        extraBytes: bytesOf(masks) + bytesOf(trainer.tracked) + bytesOf(everActive),
        masks: { active, peakActive: peak, union: active, total, bits: total, inference: densities },
      };
    },
    sparsity: () => ({
      weights: densities,
      ...((looking || averaging !== undefined) && { gradients: everywhere }),
    }),
  };
}

function mapArrays(arrays: Arrays, fn: (array: Float32Array) => Float32Array): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, fn(array as Float32Array)]));
}

/** Mean |value| over the ones of a mask. */
function meanSize(values: Float32Array, mask: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < mask.length; i++) sum += mask[i] * Math.abs(values[i]);
  return sum / countActive(mask);
}
