import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, type Arrays } from '../engine/index.ts';
import { defineMethod, type Sparsity, type State } from './contract.ts';
import { densitiesOf, maskSpecsOf } from './shared/masks/layerMasks.ts';
import { pruneSmallest, requireCapacity } from './shared/subnetworks/pruning.ts';
import { subnetworkModel } from './shared/subnetworks/subnetworkModel.ts';
import { createTaskHeads } from './shared/subnetworks/taskHeads.ts';
import { createTaskMasks } from './shared/subnetworks/taskMasks.ts';
import { countActive } from './shared/masks/topology.ts';
import { biasesConvention, biasesOption, ownNames, passOf } from './shared/subnetworks/unmasked.ts';
import { fractionPerTask, inTask, requireOnePerTask } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * PackNet: each task trains the weights that are free, prunes the smallest of them, retrains what survives and freezes it; what was pruned is free
 * for the tasks to come. A task predicts with its own weights and those of the tasks before it. Docs: docs/methods/packnet.md
 */
export const packnet = defineMethod({
  name: 'packnet',
  title: 'PackNet',
  family: 'sparse',
  paper: 'arXiv:1711.05769',
  scenarios: ['task'],
  options: z.strictObject({
    prune: fractionPerTask(0.75, {
      description: 'share of its weights that a task prunes in each layer: a number, or a list with one for each task',
      unit: '1',
      source: 'arXiv:1711.05769',
    }),
    pruneAfter: z
      .number()
      .gt(0)
      .max(1)
      .default(2 / 3)
      .meta({
        description: 'share of a task’s updates after which it prunes; the rest retrains what survives',
        unit: '1',
        source: 'ContinualAI/continual-learning-baselines: 30 of 45 epochs',
      }),
    biases: biasesOption('frozen', 'arXiv:1711.05769; own: --train_biases and --train_bn of arunmallya/packnet'),
  }),
  check: ({ prune }, { taskCount }) => requireOnePerTask('packnet', 'prune', prune, taskCount),
  conventions: ({ biases }) => [
    'the output layer is not pruned: each task has a head of its own',
    biasesConvention(biases),
    'the optimiser starts afresh with every task and after pruning',
  ],
  async create(setup) {
    const { stream, training, options, network } = setup;
    const names = network.layers.slice(0, -1).map(({ name }) => `${name}/weight`);
    if (names.length === 0)
      throw new UserError(
        'method packnet: the network has no layer but its output layer to prune; choose hidden layers',
      );
    requireCapacity('packnet', network, names, options.prune, stream.taskOutputs.length);
    const trainer = createTrainer(setup);
    const heads = createTaskHeads(network, stream, setup.initial);
    const masks = createTaskMasks(network, names, { settled: true });
    const rows = allocateRows(training.batch, stream.inputSize);
    const outputs = new Float32Array(stream.outputCount);
    const frozen = options.biases === 'frozen';
    const copied = ownNames(trainer.model.specs, names, heads, options.biases);
    /** 1 for the weights that the task at hand trains, which no earlier task owns; zero between tasks. */
    const own: Arrays = Object.fromEntries(names.map((name) => [name, new Float32Array(masks.union[name].length)]));
    const total = Object.values(own).reduce((sum, { length }) => sum + length, 0);
    let done = 0;
    /** Updates of the task after which it prunes; 0 once it has. */
    let pruneAt = 0;

    /** @param later whether biases, norms and statistics are frozen */
    const compile = (later: boolean) =>
      trainer.compileLoss(
        later ? 'packnet-later' : 'packnet',
        {
          rows: rowSpecs(training.batch, stream.inputSize),
          own: maskSpecsOf(network, own),
          outputs: float32(stream.outputCount),
        },
        (parameters, inputs) => {
          const batch = asRows(inputs.rows);
          const { classifier } = trainer;
          return { loss: classifier.loss(parameters, batch, batch.weight, passOf(classifier, batch, later)) };
        },
        { moves: (name, inputs) => inputs.own[name] ?? heads.moved(name, inputs.outputs) ?? !later },
      );
    const first = await compile(false);
    let later: typeof first | null = null;

    const subnetwork = (): Arrays =>
      Object.fromEntries(
        names.map((name) => [name, own[name].map((value, i) => Math.max(value, masks.union[name][i]))]),
      );
    let sparsity: Sparsity = { weights: {} };
    let trained = 0;
    const measure = (): void => {
      sparsity = { weights: densitiesOf(subnetwork()), gradients: densitiesOf(own) };
      const counts = names.map((name) => countActive(own[name] as Float32Array));
      trained = counts.reduce((sum, count) => sum + count, 0) / total;
    };

    function prune(): void {
      const { parameters } = trainer;
      const share = inTask(options.prune, masks.count);
      for (const name of names) {
        const weights = parameters[name] as Float32Array;
        own[name].set(pruneSmallest(weights, own[name] as Float32Array, share));
        // What nobody owns is zero.
        for (let i = 0; i < weights.length; i++) if (own[name][i] === 0 && masks.union[name][i] === 0) weights[i] = 0;
      }
      for (const array of Object.values(trainer.optimizerState)) array.fill(0);
      pruneAt = 0;
      measure();
    }

    return {
      model: subnetworkModel(trainer, masks),
      async beginTask(task) {
        // What an optimiser remembers is of weights that are frozen by now.
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
        heads.begin(task.index, trainer.parameters);
        outputs.set(heads.outputsOf(task.index));
        for (const name of names) own[name].set(masks.union[name].map((value) => 1 - value));
        done = 0;
        pruneAt = Math.max(1, Math.round(options.pruneAfter * training.updates[task.index]));
        measure();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const step = frozen && masks.count > 0 ? (later ??= await compile(true)) : first;
        const { loss } = await step({ rows, own, outputs });
        const stats = { loss, trained };
        if (++done === pruneAt) prune();
        return stats;
      },
      async endTask() {
        if (pruneAt > 0) prune();
        const { parameters, statistics } = trainer;
        const all: Arrays = { ...parameters, ...statistics };
        masks.add(subnetwork(), Object.fromEntries(copied.map((name) => [name, all[name]])));
        for (const array of Object.values(own)) array.fill(0);
        measure();
      },
      state: () => ({ trainer: trainer.state(), masks: masks.state(), own, outputs, done, pruneAt }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        masks.restore(state.masks as State);
        assign(own, state.own as Arrays);
        outputs.set(state.outputs as Float32Array);
        done = state.done as number;
        pruneAt = state.pruneAt as number;
        measure();
      },
      cost() {
        const begun = names.some((name) => own[name].includes(1));
        // Every task starts from all weights: those of earlier tasks and all that are free.
        const peak = begun || masks.count > 0 ? total : 0;
        return {
          flops: trainer.flops,
          extraBytes: masks.bytes + bytesOf(own),
          masks: masks.cost(begun ? subnetwork() : null, peak),
        };
      },
      sparsity: () => sparsity,
    };
  },
});
