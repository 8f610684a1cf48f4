import * as z from 'zod';
import { mapTensors, tf, type Specs, type Tensors } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { dropFraction, dropSchedules } from './shared/masks/dropFraction.ts';
import { distributionOption, masked, maskSpecsOf, sparsityOption } from './shared/masks/layerMasks.ts';
import { subnetworkModel } from './shared/subnetworks/subnetworkModel.ts';
import { createTaskMasks } from './shared/subnetworks/taskMasks.ts';
import { createTaskTopology, freshWeights, growthPlaces, weightNames } from './shared/subnetworks/taskTopology.ts';
import { dropCriteria, growthCriteria, type GrowthCriterion } from './shared/masks/topology.ts';
import { choice, count, fraction, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { bytesOf, createTrainer } from './shared/trainer.ts';

const name = 'dst';
const source = 'arXiv:2308.14831';

/** What each task has a copy of, beside its masks: nothing, or all that masks do not cover. */
const ownCopies = ['biases-and-norms', 'none'] as const;

/**
 * Continual learning with dynamic sparse training: each task starts from a random sparse subnetwork of the whole network, whose topology changes
 * while it is trained; weights of earlier tasks take part in it, frozen. A task is predicted with its own subnetwork. Docs: docs/methods/dst.md
 */
export const dst = defineMethod({
  name,
  title: 'Continual Learning with Dynamic Sparse Training',
  family: 'sparse',
  paper: source,
  scenarios: ['task'],
  options: z.strictObject({
    sparsity: sparsityOption,
    distribution: distributionOption,
    growth: choice(growthCriteria, 'random', {
      description:
        'where weights grow: at random, at random where none was in this task, at the largest gradients, or at the largest running means of gradients',
      source,
    }),
    growthLater: z
      .enum(growthCriteria)
      .nullable()
      .default(null)
      .meta({
        description: 'the same for the tasks after the first growthSwitch ones; null: growth throughout',
        unit: `${growthCriteria.join(' | ')} | null`,
        source: `${source}; gradient there, after random`,
      }),
    growthSwitch: count(5, {
      description: 'number of tasks before growthLater sets in',
      unit: 'tasks',
      source,
    }),
    growOn: choice(growthPlaces, 'any', {
      description: 'whether weights also grow where an earlier task owns them, at their stored values',
      source: `${source}; see implementation details`,
    }),
    drop: choice(dropCriteria, 'magnitude', {
      description:
        'which weights go: the smallest, those without which the loss changes least to first order, or the smallest of each sign',
      source,
    }),
    dropFraction: fraction(0.5, {
      description: 'share of active weights replaced at a topology update (α), at the start of a task',
      unit: '1',
      source,
    }),
    dropSchedule: choice(dropSchedules, 'cosine', {
      description: 'how that share changes within a task',
      source,
    }),
    dropEnd: z.number().gt(0).max(1).default(1).meta({
      description: 'share of a task’s updates after which its topology stays',
      unit: '1',
      source,
    }),
    interval: positiveInteger(100, {
      description: 'updates between topology updates (ΔT), counted within a task',
      unit: 'updates',
      source: `${source}, of 50, 100, 200 and 400`,
    }),
    growthMomentum: fraction(0.9, {
      description: 'share of the past in the running mean of gradients; for growth by momentum',
      unit: '1',
      source: 'arXiv:1907.04840, the momentum of its optimiser',
    }),
    start: choice(freshWeights, 'initial', {
      description:
        'what the free weights of a task’s first subnetwork start from: initial weights, or zero but in the first task',
      source: 'ours; zero in muratonuryildirim/CL-with-DST',
    }),
    own: choice(ownCopies, 'biases-and-norms', {
      description:
        'what each task keeps a copy of beside its subnetwork; none: tasks share biases and norms, which drift',
      source: 'ours; see implementation details',
    }),
  }),
  conventions: ({ own, start }) => [
    'a task’s subnetwork holds weights of its own outputs only in the output layer',
    'a task that has not begun is predicted with the subnetwork at hand',
    own === 'none'
      ? 'biases, norms and running statistics are shared'
      : 'biases, norms and running statistics: each task its own',
    `free weights of a task’s first subnetwork start from ${start === 'zero' ? 'zero, but in the first task' : 'initial weights'}`,
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const names = weightNames(network);
    const criteria = options.growthLater === null ? [options.growth] : [options.growth, options.growthLater];
    const weights: Specs = Object.fromEntries(names.map((each) => [each, network.parameters[each]]));
    const trainer = createTrainer(setup, undefined, criteria.includes('momentum') ? weights : {});
    const kept = createTaskMasks(network, names, { settled: true });
    const topology = createTaskTopology(name, setup, trainer, kept, options, criteria.includes('unfired'));
    topology.begin(0);

    const rows = allocateRows(training.batch, stream.inputSize);
    const compile = (program: string, showsGradients: boolean) =>
      trainer.compile(
        program,
        {
          rows: rowSpecs(training.batch, stream.inputSize),
          masks: maskSpecsOf(network, topology.masks),
          moving: maskSpecsOf(network, topology.moving),
        },
        (parameters, inputs) => {
          // By the weights in use, so that an inactive one of another task has the gradient that it would have at zero.
          const result = trainer.lossGradients(
            (used) => ({ loss: trainer.classifier.loss(used, asRows(inputs.rows)) }),
            masked(parameters, inputs.masks),
          );
          const { gradients } = result;
          const mean = (tracked: Tensors): Tensors =>
            mapTensors(tracked, (past, each) =>
              tf.add(tf.mul(past, options.growthMomentum), tf.mul(gradients[each], 1 - options.growthMomentum)),
            );
          return { ...result, aux: showsGradients ? pick(gradients, names) : {}, track: mean };
        },
        { moves: (parameter, inputs) => inputs.moving[parameter] ?? true },
      );
    const step = await compile(name, false);
    /** The same, which hands out gradients. */
    let showing: typeof step | null = null;

    let task = 0;
    /** Updates made in it. */
    let made = 0;
    /** The update from which on its topology stays. */
    const end = (): number => options.dropEnd * training.updates[task];
    /** Whether the update at hand looks at the gradients of inactive weights. */
    let looking = false;
    const growthNow = (): GrowthCriterion =>
      options.growthLater !== null && task >= options.growthSwitch ? options.growthLater : options.growth;

    return {
      model: subnetworkModel(trainer, kept, topology.masks),
      async beginTask({ index }) {
        task = index;
        made = 0;
        trainer.beginTask();
        for (const array of Object.values(trainer.tracked)) array.fill(0);
        // The first one was drawn for the evaluations before it.
        if (index > 0) topology.begin(index);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        made++;
        const due = made % options.interval === 0 && made < end();
        const growth = growthNow();
        const shows = due && (growth === 'gradient' || options.drop === 'taylor');
        looking = due && growth === 'gradient';
        if (shows) showing ??= await compile(`${name}-gradients`, true);
        const { loss, aux } = await (shows ? showing! : step)({ rows, masks: topology.masks, moving: topology.moving });
        looking = false;
        if (due)
          topology.evolve({
            share: dropFraction(options.dropSchedule, options.dropFraction, made, end()),
            growth,
            gradients: aux,
            scores: growth === 'momentum' ? trainer.tracked : aux,
          });
        return { loss, reused: topology.reused, occupied: topology.occupied };
      },
      async endTask() {
        const all = trainer.model.parameters();
        const rest = Object.keys(all).filter((each) => !names.includes(each));
        kept.add(topology.masks, options.own === 'none' ? {} : pick(all, rest));
      },
      state: () => ({ trainer: trainer.state(), topology: topology.state(), task, made, rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        topology.restore(state.topology as State);
        task = state.task as number;
        made = state.made as number;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes: topology.bytes + bytesOf(trainer.tracked),
        masks: kept.cost(kept.count > task ? null : topology.masks, topology.peakActive),
      }),
      sparsity() {
        const { active, moving } = topology.densities;
        const dense = looking || growthNow() === 'momentum';
        return { weights: active, gradients: dense ? mapValues(active, () => 1) : moving };
      },
    };
  },
});

function pick<T>(group: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.map((each) => [each, group[each]]));
}

function mapValues(group: Readonly<Record<string, number>>, fn: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(group).map(([key, value]) => [key, fn(value)]));
}
