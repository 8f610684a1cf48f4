import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, lossGradients, tf, type Tensor1D, type Tensor2D, type Tensors } from '../engine/index.ts';
import { defineMethod, type LearnerTask, type Setup, type State } from './contract.ts';
import { flatSize, flatten, unflatten } from './shared/flat.ts';
import { createGradientBasis, projectOff } from './shared/gradientBasis.ts';
import { choice, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { createTrainer, type Step } from './shared/trainer.ts';

/** Which gradients of a stored row's logits make up the basis: of the right one, of each, or of their mean. */
const variants = ['ground-truth', 'all', 'average'] as const;

/** Bytes of the largest basis. While it grows, there are two of them for a moment. */
const mostBytes = 2 ** 32;

const stepInputs = (batch: number, inputSize: number, count: number, size: number) => ({
  rows: rowSpecs(batch, inputSize),
  basis: float32(count, size),
});

/**
 * Orthogonal Gradient Descent: after every task the gradients of the logits of some of its rows join an orthonormal basis V of directions in
 * the space of all parameters; later tasks learn by g − Σ ⟨g, v⟩·v, which to first order leaves those logits as they are.
 * Docs: docs/methods/ogd.md
 */
export const ogd = defineMethod({
  name: 'ogd',
  title: 'Orthogonal Gradient Descent',
  family: 'projection',
  paper: 'arXiv:1910.07104',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    samples: positiveInteger(200, {
      description: 'training rows of a task whose gradients join the basis',
      unit: 'samples',
      source: 'arXiv:1910.07104',
    }),
    variant: choice(variants, 'ground-truth', {
      description: 'logits of a row whose gradients are kept: the right one, each one, or their mean',
      source: 'arXiv:1910.07104 (OGD-GTL, OGD-ALL, OGD-AVE)',
    }),
  }),
  conventions: () => [
    'the basis holds the span of the gradients; directions with less than 1e-5 of the energy of a unit gradient are left out',
    'the optimiser starts every task afresh; the changes that Adam or weight decay make are projected, too',
  ],
  async create(setup) {
    const { engine, network, stream, training, options, rng } = setup;
    const { parameters, statistics } = network;
    const size = flatSize(parameters);
    requireBasis(setup, size);
    const trainer = createTrainer(setup);
    const basis = createGradientBasis(setup, trainer);
    const rows = allocateRows(training.batch, stream.inputSize);
    const batchInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('ogd-first-task', batchInputs, (values, inputs) => ({
      loss: trainer.classifier.loss(values, asRows(inputs.rows)),
    }));
    // A gradient is as large as the model, so that rows are taken one by one.
    const gradientOf = await engine.compile(
      'ogd-gradient',
      ({ model, row, share }) => {
        const pass = { mode: 'inference', statistics: model.statistics } as const;
        const { gradients } = lossGradients((p) => {
          const logits = trainer.classifier.logits(p, asRows(row), pass);
          return { loss: tf.sum(tf.mul(logits, share.outputs)) };
        }, model.parameters);
        return { gradient: flatten(gradients, parameters) };
      },
      {
        model: { parameters, statistics },
        row: rowSpecs(1, stream.inputSize),
        share: { outputs: float32(stream.outputCount) },
      },
    );

    type ProjectedStep = Step<ReturnType<typeof stepInputs>>;
    let step: ProjectedStep | null = null;
    /** Shapes are static, so a basis that has grown takes another step. */
    const compileStep = (): Promise<ProjectedStep> => {
      const off = (group: Tensors, directions: Tensors[string]): Tensors =>
        unflatten(projectOff(flatten(group, parameters), directions as Tensor2D), parameters);
      return trainer.compile(
        'ogd',
        stepInputs(training.batch, stream.inputSize, basis.count, size),
        (values, inputs) => {
          const { loss, gradients } = trainer.lossGradients(
            (p) => ({ loss: trainer.classifier.loss(p, asRows(inputs.rows)) }),
            values,
          );
          const raw = flatten(gradients, parameters);
          const projected = projectOff(raw, inputs.basis as Tensor2D);
          return {
            loss,
            gradients: unflatten(projected, parameters),
            stability: unflatten(tf.sub(projected, raw) as Tensor1D, parameters),
          };
        },
        training.optimizer.keepsSpan ? {} : { confine: (change, inputs) => off(change, inputs.basis) },
      );
    };

    /** Which sums of logits of a row are kept, as a share of each output. */
    function sharesOf(label: number, task: LearnerTask): Float32Array[] {
      const competing = competingOutputs(setup, task.index);
      const sharing = (outputs: readonly number[]): Float32Array => {
        const shares = new Float32Array(stream.outputCount);
        for (const output of outputs) shares[output] = 1 / outputs.length;
        return shares;
      };
      if (options.variant === 'ground-truth') return [sharing([label])];
      return options.variant === 'average' ? [sharing(competing)] : competing.map((output) => sharing([output]));
    }

    async function gradientsOf(task: LearnerTask, selected: Int32Array) {
      const row = allocateRows(1, stream.inputSize);
      row.task[0] = task.index;
      const model = { parameters: trainer.parameters, statistics: trainer.statistics };
      const wanted = [...selected].map((index) => sharesOf(task.train.labels[index], task));
      const count = wanted.reduce((sum, shares) => sum + shares.length, 0);
      const gradients = new Float32Array(count * size);
      let next = 0;
      for (const [i, shares] of wanted.entries()) {
        task.train.read([selected[i]], row.x);
        for (const outputs of shares) {
          const gradient = gradients.subarray(next * size, (next + 1) * size);
          await gradientOf.run({ model, row, share: { outputs } }, { gradient });
          trainer.addFlops(gradientOf.flops);
          next++;
        }
      }
      return { gradients, count };
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
        // What an optimiser remembers of earlier gradients is not off the basis of now.
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        if (basis.count === 0) return { loss: (await plain({ rows })).loss, directions: 0 };
        step ??= await compileStep();
        const { loss } = await step({ rows, basis: basis.directions });
        return { loss, directions: basis.count };
      },
      async endTask(task) {
        // Nothing follows the last task that could disturb it.
        if (task.index === stream.taskOutputs.length - 1) return;
        const selected = rng.sample(task.train.length, Math.min(options.samples, task.train.length));
        const { gradients, count } = await gradientsOf(task, selected);
        await basis.add(gradients, count);
        step = null;
        if (basis.count === size)
          setup.warn(
            `method ogd: after task ${task.index + 1} the basis holds all ${size} directions that there are: nothing is learnt from then on; take fewer samples than ${options.samples}, or a larger network`,
          );
      },
      state: () => ({ trainer: trainer.state(), basis: basis.state(), rng: rng.state() }),
      restore(state) {
        trainer.restore(state.trainer as State);
        basis.restore(state.basis as State);
        rng.restore(state.rng as number[]);
        step = null;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: basis.directions.byteLength }),
    };
  },
});

/** The outputs that compete in a task. */
function competingOutputs({ stream }: Setup, task: number): readonly number[] {
  return stream.scenario === 'task'
    ? stream.taskOutputs[task]
    : Array.from({ length: stream.outputCount }, (_, output) => output);
}

/** @throws {UserError} if the basis before the last task could take more bytes than any may */
function requireBasis(setup: Setup<{ samples: number; variant: (typeof variants)[number] }>, size: number): void {
  const { samples, variant } = setup.options;
  const before = setup.stream.taskOutputs.slice(0, -1);
  const perSample = before
    .map((_, task) => (variant === 'all' ? competingOutputs(setup, task).length : 1))
    .reduce((sum, gradients) => sum + gradients, 0);
  const bytes = (directions: number) => 4 * size * directions;
  const directions = Math.min(size, perSample * samples);
  if (bytes(directions) <= mostBytes) return;
  const fewer = Math.floor(mostBytes / bytes(perSample));
  const gibibytes = (bytes(directions) / 2 ** 30).toFixed(1);
  throw new UserError(
    `method ogd: samples: ${samples} rows a task make a basis of up to ${directions} directions of ${size} parameters, ${gibibytes} GiB of at most ${mostBytes / 2 ** 30}; choose ${fewer > 0 ? `at most ${fewer} samples` : 'a smaller network'}${variant === 'all' ? ' or another variant' : ''}`,
  );
}
