import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, type Arrays } from '../engine/index.ts';
import { defineMethod, type Sparsity, type State } from './contract.ts';
import { activeCounts, densitiesOf, maskSpecsOf } from './shared/masks/layerMasks.ts';
import { drawScores, lossThroughMasks, scoreSpecs, scoresOf } from './shared/subnetworks/scores.ts';
import { subnetworkModel } from './shared/subnetworks/subnetworkModel.ts';
import { createTaskHeads } from './shared/subnetworks/taskHeads.ts';
import { createTaskMasks } from './shared/subnetworks/taskMasks.ts';
import { topMask } from './shared/subnetworks/topMask.ts';
import { biasesConvention, biasesOption, ownNames, passOf } from './shared/subnetworks/unmasked.ts';
import { fraction } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Winning SubNetworks: weights and a score for each of them are trained together; a task's subnetwork is the weights of highest score in each layer.
 * Later tasks may use weights of earlier ones, and change none of them. Docs: docs/methods/wsn.md
 */
export const wsn = defineMethod({
  name: 'wsn',
  title: 'Winning SubNetworks',
  family: 'sparse',
  paper: 'PMLR 162:10734',
  scenarios: ['task'],
  options: z.strictObject({
    sparsity: fraction(0.5, {
      description: 'share of the weights of each layer that a task leaves out (1 − c)',
      unit: '1',
      source: 'ihaeyong/WSN',
    }),
    biases: biasesOption('own', 'ours: the networks of ihaeyong/WSN have neither biases nor affine norms'),
  }),
  conventions: ({ biases }) => [
    'the output layer is not masked: each task has a head of its own',
    biasesConvention(biases),
    'scores carry over from task to task; the optimiser starts afresh with every task',
    'a subnetwork has exactly the rounded share of weights, by the scores after the update',
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const layers = network.layers.slice(0, -1);
    const names = layers.map(({ name }) => `${name}/weight`);
    if (names.length === 0)
      throw new UserError('method wsn: the network has no layer but its output layer to mask; choose hidden layers');
    const counts = activeCounts('wsn', { ...network, layers }, { sparsity: options.sparsity, distribution: 'uniform' });
    const trainer = createTrainer(setup, {
      specs: scoreSpecs(network, names),
      initial: drawScores(network, names, rng.fork('scores')),
    });
    const heads = createTaskHeads(network, stream, setup.initial);
    const tasks = createTaskMasks(network, names, { settled: true });
    const copied = ownNames(trainer.model.specs, names, heads, options.biases);
    const rows = allocateRows(training.batch, stream.inputSize);
    const outputs = new Float32Array(stream.outputCount);
    const zeros = (): Arrays =>
      Object.fromEntries(names.map((name) => [name, new Float32Array(tasks.union[name].length)]));
    /** The subnetwork in training; 1 for weights that no earlier task uses. */
    const [masks, free] = [zeros(), zeros()];
    /** Whether a task has begun and not ended. */
    let working = false;
    const frozen = options.biases === 'frozen';

    /** @param later whether biases, norms and statistics are frozen */
    const compile = (later: boolean) =>
      trainer.compile(
        later ? 'wsn-later' : 'wsn',
        {
          rows: rowSpecs(training.batch, stream.inputSize),
          masks: maskSpecsOf(network, masks),
          free: maskSpecsOf(network, free),
          outputs: float32(stream.outputCount),
        },
        (parameters, inputs) => {
          const batch = asRows(inputs.rows);
          const { classifier } = trainer;
          return lossThroughMasks(trainer, network, parameters, inputs.masks, (p) => ({
            loss: classifier.loss(p, batch, batch.weight, passOf(classifier, batch, later)),
          }));
        },
        {
          moves: (name, inputs) =>
            inputs.free[name] ?? heads.moved(name, inputs.outputs) ?? (!later || name.startsWith('scores/')),
        },
      );
    const first = await compile(false);
    let later: typeof first | null = null;

    function choose(): void {
      const { parameters } = trainer;
      for (const name of names)
        topMask(parameters[scoresOf(name)] as Float32Array, counts[name], masks[name] as Float32Array);
    }
    function release(): void {
      for (const name of names) free[name].set(tasks.union[name].map((value) => 1 - value));
    }
    choose();
    release();
    // Counts never change; a score moves wherever its weight would, active or not.
    const sparsity: Sparsity = {
      weights: densitiesOf(masks),
      gradients: Object.fromEntries(names.map((name) => [name, 1])),
    };
    const active = Object.values(counts).reduce((sum, count) => sum + count, 0);

    return {
      model: subnetworkModel(trainer, tasks, masks),
      async beginTask(task) {
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
        heads.begin(task.index, trainer.parameters);
        outputs.set(heads.outputsOf(task.index));
        working = true;
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const step = frozen && tasks.count > 0 ? (later ??= await compile(true)) : first;
        const { loss } = await step({ rows, masks, free, outputs });
        choose();
        return { loss };
      },
      async endTask() {
        const all: Arrays = { ...trainer.parameters, ...trainer.statistics };
        tasks.add(masks, Object.fromEntries(copied.map((name) => [name, all[name]])));
        release();
        working = false;
      },
      state: () => ({ trainer: trainer.state(), tasks: tasks.state(), outputs, working }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        tasks.restore(state.tasks as State);
        outputs.set(state.outputs as Float32Array);
        working = state.working as boolean;
        choose();
        release();
      },
      cost: () => ({
        flops: trainer.flops,
        // Masks of tasks, the scores, and three arrays of the weights' size for the task at hand: masks, what is free, and what it predicts with.
        extraBytes: tasks.bytes + 4 * bytesOf(masks),
        masks: tasks.cost(working ? masks : null, working || tasks.count > 0 ? active : 0),
      }),
      sparsity: () => sparsity,
    };
  },
});
