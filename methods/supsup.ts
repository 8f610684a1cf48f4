import * as z from 'zod';
import { UserError } from '../base/index.ts';
import type { Arrays } from '../engine/index.ts';
import { defineMethod, type Sparsity, type State } from './contract.ts';
import { activeIn, densitiesOf, maskSpecsOf } from './shared/masks/layerMasks.ts';
import { drawScores, fanIn, lossThroughMasks, scoreSpecs, scoresOf } from './shared/subnetworks/scores.ts';
import { subnetworkModel } from './shared/subnetworks/subnetworkModel.ts';
import { inferences, superposedModel } from './shared/subnetworks/superposition.ts';
import { createTaskMasks } from './shared/subnetworks/taskMasks.ts';
import { topMask } from './shared/subnetworks/topMask.ts';
import { choice, fraction } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Supermasks in Superposition: weights are random signs and never trained; each task learns a mask of them. Without task ids a row is given to the
 * mask that lowers the entropy of its outputs most. Docs: docs/methods/supsup.md
 */
export const supsup = defineMethod({
  name: 'supsup',
  title: 'Supermasks in Superposition',
  family: 'sparse',
  paper: 'arXiv:2006.14769',
  scenarios: ['task', 'domain'],
  options: z.strictObject({
    sparsity: fraction(0.68, {
      description: 'share of the weights of each layer that a task leaves out',
      unit: '1',
      source: 'RAIVNLab/supsup, the densest of its masks',
    }),
    infer: choice(inferences, 'one-shot', {
      description:
        'how the mask of a row is found where tasks are not told: by one gradient, or by halving the candidates',
      source: 'arXiv:2006.14769',
    }),
  }),
  conventions: ({ infer }) => [
    'weights are ± a constant of each layer and are never trained, nor are biases (0) and norms (1 and 0)',
    'scores start anew with every task, and so does the optimiser',
    `masks: exactly the rounded share of a layer’s weights; of the output layer’s those of the task’s own outputs`,
    `in the domain scenario each row finds its mask by itself, ${infer}`,
  ],
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const { taskOutputs, outputCount, scenario } = stream;
    const names = network.layers.map(({ name }) => `${name}/weight`);
    const head = names.at(-1)!;
    const superposed = scenario === 'domain';
    if (
      superposed &&
      (network.layers.some(({ kind }) => kind === 'conv') || Object.keys(network.statistics).length > 0)
    )
      throw new UserError(
        `method supsup: without task ids masks are mixed layer by layer, which is done for perceptrons without batch norm only, and not for ${network.name}; choose --network mlp, or --scenario task`,
      );
    const trainer = createTrainer(setup, {
      specs: scoreSpecs(network, names),
      initial: drawScores(network, names, rng.fork('scores')),
    });
    const density = 1 - options.sparsity;
    setSigns(trainer.parameters);
    const statistics = Object.keys(network.statistics);
    const tasks = createTaskMasks(network, names, { settled: true });
    const rows = allocateRows(training.batch, stream.inputSize);
    const like = (): Arrays =>
      Object.fromEntries(names.map((name) => [name, new Float32Array(tasks.union[name].length)]));
    const masks = like();
    /** 1 from the beginning of a task to its end. */
    let working = false;
    /** The task at hand, or the last one. */
    let current = 0;
    let sparsity: Sparsity = { weights: {} };
    /** Tasks with more outputs have larger masks. */
    let peak = 0;

    /** ± a constant of each layer, so that a unit of the masked network varies as its inputs do after a ReLU (Kaiming). */
    function setSigns(parameters: Arrays): void {
      const signs = rng.fork('signs');
      for (const [name, values] of Object.entries(parameters)) {
        if (names.includes(name)) {
          const size = Math.sqrt(2 / (fanIn(network, name) * density));
          for (let i = 0; i < values.length; i++) values[i] = signs.uniform() < 0.5 ? -size : size;
        } else if (name.endsWith('/bias')) values.fill(0);
      }
    }

    /** Outputs of a task, at places of the output layer's weight. */
    const isOwn = (task: number): ((place: number) => boolean) => {
      const own = new Set(taskOutputs[task]);
      return (place) => own.has(place % outputCount);
    };

    function choose(): void {
      const { parameters } = trainer;
      for (const name of names) {
        const scores = parameters[scoresOf(name)] as Float32Array;
        const mask = masks[name] as Float32Array;
        const places = name === head ? (mask.length / outputCount) * new Set(taskOutputs[current]).size : mask.length;
        const count = Math.max(1, Math.round(density * places));
        topMask(scores, count, mask, name === head ? isOwn(current) : undefined);
      }
    }

    function survey(): void {
      peak = Math.max(peak, activeIn(masks));
      sparsity = { weights: densitiesOf(masks), gradients: Object.fromEntries(names.map((name) => [name, 1])) };
    }
    choose();
    survey();

    const step = await trainer.compile(
      'supsup',
      { rows: rowSpecs(training.batch, stream.inputSize), masks: maskSpecsOf(network, masks) },
      (parameters, inputs) =>
        lossThroughMasks(trainer, network, parameters, inputs.masks, (p) => ({
          loss: trainer.classifier.loss(p, asRows(inputs.rows)),
        })),
      { moves: (name) => name.startsWith('scores/') },
    );

    /** The masks of the tasks so far, where rows are to find theirs. */
    const finished: Arrays[] = [];
    const candidates = (): readonly Arrays[] => (working || finished.length === 0 ? [...finished, masks] : finished);
    return {
      model: superposed
        ? superposedModel(network, trainer.model, {
            names,
            most: taskOutputs.length,
            infer: options.infer,
            candidates,
          })
        : subnetworkModel(trainer, tasks, masks),
      async beginTask(task) {
        current = task.index;
        working = true;
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
        if (task.index > 0) {
          assign(trainer.parameters, { ...trainer.parameters, ...drawScores(network, names, rng) });
          assign(trainer.statistics, network.initStatistics());
        }
        choose();
        survey();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const { loss } = await step({ rows, masks });
        choose();
        return { loss };
      },
      async endTask() {
        tasks.add(masks, Object.fromEntries(statistics.map((name) => [name, trainer.statistics[name]])));
        if (superposed) finished.push(tasks.masksOf(tasks.count - 1));
        working = false;
      },
      state: () =>
        ({ trainer: trainer.state(), tasks: tasks.state(), working, current, peak, rng: rng.state() }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        tasks.restore(state.tasks as State);
        working = state.working as boolean;
        current = state.current as number;
        peak = state.peak as number;
        rng.restore(state.rng as number[]);
        if (superposed)
          finished.splice(0, finished.length, ...Array.from({ length: tasks.count }, (_, task) => tasks.masksOf(task)));
        choose();
        survey();
      },
      cost: () => ({
        flops: trainer.flops,
        // Masks of tasks, the scores, two arrays of the weights' size for the task at hand, and masks laid out where rows are to find theirs.
        extraBytes: tasks.bytes + 3 * bytesOf(masks) + finished.reduce((sum, each) => sum + bytesOf(each), 0),
        masks: tasks.cost(working ? masks : null, working || tasks.count > 0 ? peak : 0),
      }),
      sparsity: () => sparsity,
    };
  },
});
