import * as z from 'zod';
import { allocate, type Arrays } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { fraction, nonNegative, unitInterval } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createGuard } from './shared/subspace/guard.ts';
import { occupied, warnOfFull } from './shared/subspace/memory.ts';
import { subspaceOptions, thresholdsOf } from './shared/subspace/options.ts';
import {
  correlationName,
  regimesOf,
  regimeTerms,
  unionOf,
  type Moving,
  type Related,
} from './shared/subspace/regimes.ts';
import { openRegion } from './shared/subspace/regions.ts';
import { createRepresentations } from './shared/subspace/representations.ts';
import { compileScaledStep, scaleSpecs } from './shared/subspace/scaledStep.ts';
import type { GuardedStep } from './shared/subspace/step.ts';
import { createTaskGradients } from './shared/subspace/taskGradients.ts';
import { createTaskSpaces } from './shared/subspace/taskSpaces.ts';
import { createTaskWeights } from './shared/subspace/taskWeights.ts';
import { bytesOf, createTrainer } from './shared/trainer.ts';

/** Most old tasks that a layer treats otherwise than by regime 1. */
const mostRelated = 2;

/**
 * CUBER: as TRGP, but where the new task's gradient goes along with an old one's, the layer's weight may move in the old space (regime 3), tied to
 * where it was by a penalty, for as long as the gradients agree: then the old task gains, too. Docs: docs/methods/cuber.md
 */
export const cuber = defineMethod({
  name: 'cuber',
  title: 'Continual Learning with Backward Knowledge Transfer',
  family: 'projection',
  paper: 'arXiv:2211.00789',
  scenarios: ['task', 'domain'],
  options: z.strictObject({
    ...subspaceOptions,
    related: unitInterval(0.5, {
      description: 'share of the new task’s gradient that an old space must hold more of to be related (ε₁)',
      unit: '1',
      source: 'arXiv:2211.00789',
    }),
    correlated: z.number().min(-1).max(1).default(0).meta({
      description:
        'least cosine between the gradients of the new and the old task for which weights move in the old space (ε₂)',
      unit: '1',
      source: 'arXiv:2211.00789',
    }),
    smoothing: fraction(0, {
      description:
        'weight of earlier batches in the cosine that is judged in every update; 0 judges each batch by itself',
      unit: '1',
      source: 'ours; arXiv:2211.00789 has none',
    }),
    lambda: nonNegative(1, {
      description: 'weight of the change of weights in the spaces that they move in (λ)',
      unit: '1',
      source: 'ours, see docs/methods/cuber.md',
    }),
  }),
  conventions: () => [
    'evaluation is told the task, in the domain scenario, too: weights depend on it',
    'the penalty is λ times the norm, not its square',
    'the gradient of every batch is compared with those of old tasks, whole layer by whole layer',
    'biases, norms and running statistics are frozen after the first task',
    'the optimiser starts every task afresh; the changes that Adam or weight decay make are projected, too',
  ],
  whenDiverged: ({ lambda }) => `a smaller lambda than ${lambda}`,
  async create(setup) {
    const { stream, training, options, network, rng } = setup;
    const guard = createGuard('cuber', network, stream);
    const thresholdOf = thresholdsOf('cuber', options, network.layers);
    const trainer = createTrainer(setup);
    const spaces = createTaskSpaces(guard.layers);
    const weights = createTaskWeights(setup, trainer, () => spaces);
    const rows = allocateRows(training.batch, stream.inputSize);
    const gradientRng = rng.fork('task gradient');
    const weightSpecs = Object.fromEntries(
      guard.layers.map(({ name }) => [name, network.parameters[`${name}/weight`]] as const),
    );
    /** Weights as the task began. */
    const anchor = allocate(weightSpecs);
    /** Gradients of each finished task at its end, by layer, one filter a row. */
    let gradients: Arrays[] = [];
    let related: readonly Related[] = [];
    let demoted = 0;
    let step: GuardedStep | null = null;
    let moving: readonly Moving[] = [];

    const plain = await trainer.compileLoss(
      'cuber-first-task',
      { rows: rowSpecs(training.batch, stream.inputSize) },
      (parameters, inputs) => ({ loss: trainer.classifier.loss(parameters, asRows(inputs.rows)) }),
    );
    const represent = await createRepresentations(setup, trainer, guard.layers, options, rng);
    const gradientOf = await createTaskGradients(setup, trainer, guard.layers);
    const layerNamed = (name: string) => guard.layers.find((layer) => layer.name === name)!;
    const weightOf = (name: string) => trainer.parameters[`${name}/weight`] as Float32Array;
    const open = ({ layer, task, regime }: Related) =>
      openRegion(layerNamed(layer), task, spaces.basis(layer, task), weightOf(layer), regime === 2);

    /** What the gradients of a layer are projected off: all old spaces but those of regime 3. */
    function closedBasis(layer: string) {
      const free = related.filter((each) => each.layer === layer && each.regime === 3).map(({ task }) => task);
      const union = spaces.union[layer];
      if (free.length === 0) return union;
      return unionOf(
        union.size,
        spaces.ofLayer(layer).filter((_, task) => !free.includes(task)),
      );
    }

    async function compileStep(): Promise<GuardedStep> {
      const bases = Object.fromEntries(guard.layers.map(({ name }) => [name, closedBasis(name)]));
      moving = related
        .filter(({ regime }) => regime === 3)
        .map(({ layer, task }) => ({
          layer: layerNamed(layer),
          task,
          basis: spaces.basis(layer, task),
          gradient: gradients[task][layer] as Float32Array,
          anchor: anchor[layer] as Float32Array,
          anchorShape: weightSpecs[layer].shape,
        }));
      const { optimizer, basis } = spaces;
      const regions = spaces.regions.at(-1)!;
      const more = regimeTerms(moving, options.lambda);
      return compileScaledStep('cuber', setup, trainer, guard, { bases, regions, basis, optimizer, more });
    }

    /** From the next update on, spaces in which the gradient goes against the old task's are of regime 2. */
    function judge(aux: Arrays): void {
      if (moving.length === 0) return;
      const isAt =
        ({ layer, task }: { readonly layer: string; readonly task: number }) =>
        (each: { readonly layer: string; readonly task: number }) =>
          each.layer === layer && each.task === task;
      const { smoothing, correlated } = options;
      const before = related;
      related = before.map((each) => {
        const now = aux[correlationName(each)]?.[0];
        if (each.regime === 2 || now === undefined) return each;
        const cosine = smoothing * each.cosine + (1 - smoothing) * now;
        return { ...each, cosine, regime: cosine < correlated ? 2 : 3 };
      });
      const against = related.filter(({ regime }, i) => regime !== before[i].regime);
      if (against.length === 0) return;
      const latest = spaces.regions.length - 1;
      spaces.change((regions, task) =>
        regions.map((region) => {
          const found = task === latest && against.find(isAt(region));
          return found ? { ...open(found), scale: region.scale } : region;
        }),
      );
      demoted += against.length;
      step = null;
    }

    return {
      model: weights.model,
      async beginTask(task) {
        trainer.beginTask();
        // What an optimiser remembers of earlier gradients is not off the bases of now.
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
        for (const [name, values] of Object.entries(anchor)) values.set(weightOf(name));
        const count = Math.min(options.samples, task.train.length);
        const now =
          task.index > 0
            ? await gradientOf(task, gradientRng.sample(task.train.length, count), trainer.parameters)
            : {};
        related = Object.entries(now).flatMap(([name, gradient]) => {
          const old = gradients.map((each, past) => ({
            basis: spaces.basis(name, past),
            gradient: each[name] as Float32Array,
          }));
          return regimesOf(name, gradient, old, options, mostRelated);
        });
        demoted = 0;
        const regions = related.map(open);
        spaces.begin(regions, allocate(training.optimizer.init(scaleSpecs(regions, spaces.basis))));
        weights.outdate(false);
        step = null;
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        const counts = () => ({
          regime2: related.filter(({ regime }) => regime === 2).length,
          regime3: related.filter(({ regime }) => regime === 3).length,
          demoted,
        });
        if (spaces.own.length === 0)
          return { loss: (await plain({ rows })).loss, penalty: 0, ...counts(), occupied: 0 };
        step ??= await compileStep();
        const before = counts();
        const { loss, aux } = await step(rows, batch.task);
        // Where the weight moves in an old space, the scaled weights of all tasks change.
        weights.outdate(before.regime3 > 0);
        const penalty = aux.penalty?.[0] ?? 0;
        judge(aux);
        return { loss, penalty, ...before, occupied: occupied(spaces.union) };
      },
      async endTask(task) {
        const selected = rng.sample(task.train.length, Math.min(options.samples, task.train.length));
        const before = spaces.union;
        const effective = await weights.effective(task.index);
        const found = await gradientOf(task, selected, effective);
        gradients = [
          ...gradients,
          Object.fromEntries(Object.entries(found).map(([name, { values }]) => [name, Float32Array.from(values)])),
        ];
        spaces.end(task, await represent(task, selected, effective), thresholdOf);
        // From now on a weight may move in any of the spaces.
        spaces.change((regions) => regions.map((region) => ({ ...region, carried: null })));
        weights.outdate(true);
        related = [];
        warnOfFull('cuber', setup, before, spaces.union, task);
        step = null;
      },
      state: () =>
        ({
          trainer: trainer.state(),
          spaces: spaces.state(),
          anchor,
          gradients: { ...gradients },
          related: { ...related },
          demoted,
          rng: rng.state(),
          gradientRng: gradientRng.state(),
        }) as unknown as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        spaces.restore(state.spaces as State);
        for (const [name, values] of Object.entries(anchor)) values.set((state.anchor as Arrays)[name]);
        gradients = Object.values(state.gradients as unknown as Record<string, Arrays>);
        related = Object.values(state.related as unknown as Record<string, Related>);
        demoted = state.demoted as number;
        rng.restore(state.rng as number[]);
        gradientRng.restore(state.gradientRng as number[]);
        weights.outdate(true);
        step = null;
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes:
          spaces.bytes() + weights.bytes() + bytesOf(anchor) + gradients.reduce((sum, each) => sum + bytesOf(each), 0),
      }),
    };
  },
});
