import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { float32, tf, type Arrays, type Scalar, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type Model, type State } from './contract.ts';
import { groupedDivergence } from './lwf.ts';
import { relatedness } from './shared/autoencoder.ts';
import { crossEntropy } from './shared/classifier.ts';
import { gatedModel } from './shared/gatedModel.ts';
import { createGates } from './shared/gates.ts';
import { nonNegative, openShareOrNull, positive, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

const name = 'expert-gate';

/** Units of the code unless given: as in the paper where that is a bottleneck. */
const usualCode = (inputs: number): number => Math.max(1, Math.min(100, Math.floor(inputs / 2)));

/**
 * Expert Gate: a network for each task, made from that of the most related earlier task, and an autoencoder for each task, whose
 * reconstruction errors tell which network is to answer. Docs: docs/methods/expert-gate.md
 */
export const expertGate = defineMethod({
  name,
  title: 'Expert Gate',
  family: 'isolation',
  paper: 'arXiv:1611.06194',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    code: z.int().min(1).nullable().default(null).meta({
      description: 'units of an autoencoder’s code; null: 100, or half the inputs where that is less',
      unit: 'units',
      source: 'arXiv:1611.06194; the half: ours',
    }),
    gatePasses: positiveInteger(20, {
      description: 'passes over the task’s training data that train its autoencoder, before the task',
      unit: 'passes',
      source: 'ours; 100 in rahafaljundi/Expert-Gate',
    }),
    gateRate: positive(0.01, {
      description: 'learning rate of that training, by Adagrad',
      unit: '1',
      source: 'rahafaljundi/Expert-Gate',
    }),
    gateBatch: positiveInteger(12, {
      description: 'rows of an update of that training',
      unit: 'samples',
      source: 'rahafaljundi/Expert-Gate',
    }),
    threshold: z.number().default(0.85).meta({
      description: 'relatedness above which a new expert learns by distillation, else by finetuning',
      unit: '1',
      source: 'arXiv:1611.06194',
    }),
    temperature: positive(2, {
      description: 'temperature of the gate’s softmax over reconstruction errors; it matters with confidence only',
      unit: '1',
      source: 'arXiv:1611.06194',
    }),
    confidence: openShareOrNull({
      description:
        'probability from which experts answer together with the most probable one; null: that one answers alone',
      unit: '1',
      source: 'arXiv:1611.06194',
    }),
    lambda: nonNegative(1, {
      description: 'weight of the distillation term (λ)',
      unit: '1',
      source: 'arXiv:1606.09282, there without the factor T²',
    }),
    distillationTemperature: positive(2, {
      description: 'temperature of both softmaxes in the distillation term (T)',
      unit: '1',
      source: 'arXiv:1606.09282',
    }),
  }),
  conventions: ({ threshold, confidence, distillationTemperature }) => [
    'gate: an autoencoder of the inputs for each task, standardised by its training data; the error is a sum of squares over the inputs',
    confidence === null
      ? 'routing: the expert of least reconstruction error answers alone; in the task scenario the task’s own'
      : `routing: a mixture of the most probable expert and those of probability ${confidence} and above; in the task scenario the task’s own`,
    `relatedness: of training data; above ${threshold} the loaded expert is distilled`,
    `distillation: mean over rows of KL(loaded expert ‖ learner) at T = ${distillationTemperature} over the outputs of its task, times T²`,
  ],
  async create(setup) {
    const { stream, training, options, rng } = setup;
    const { inputSize, outputCount, taskOutputs, scenario } = stream;
    const { distillationTemperature: temperature, threshold } = options;
    // An expert knows the outputs of its own task alone, as in the task scenario.
    const own = { ...stream, scenario: scenario === 'class' ? ('task' as const) : scenario };
    const trainer = createTrainer({ ...setup, stream: own });
    const code = options.code ?? usualCode(inputSize);
    if (code >= inputSize)
      setup.warn(
        `${name}: code=${code} units for ${inputSize} inputs are no bottleneck, so the gates may reconstruct every task alike; choose fewer`,
      );
    const gateRng = rng.fork('gates');
    const gates = await createGates(
      setup,
      { code, passes: options.gatePasses, rate: options.gateRate, batch: options.gateBatch },
      gateRng,
      (flops) => trainer.addFlops(flops),
    );
    const rows = allocateRows(training.batch, inputSize);
    const old = new Float32Array(outputCount);
    const factor = Float32Array.of(options.lambda * temperature ** 2);

    // Of earlier tasks, and of all that have begun.
    let finished: Arrays[] = [];
    let held: Arrays[] = [];
    /** The expert that the one at work was made from, by position; −1 in the first task. */
    let origin = -1;
    let related = 0;

    const rowInputs = { rows: rowSpecs(training.batch, inputSize) };
    const plain = await trainer.compileLoss(`${name}-finetune`, rowInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const distilled = await trainer.compileLoss(
      `${name}-distill`,
      { ...rowInputs, teacher: trainer.model.specs, old: float32(1, outputCount), factor: float32() },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const logits = trainer.classifier.logits(parameters, batch);
        const divergence = groupedDivergence(
          trainer.model.logits(inputs.teacher, batch.x),
          logits,
          inputs.old as Tensor2D,
          temperature,
        );
        const learning = crossEntropy(trainer.classifier.compete(logits, batch.task), batch.y, batch.weight);
        const distillation: Scalar = tf.mul(inputs.factor, tf.sum(tf.mul(divergence, batch.weight)));
        return { loss: tf.add(learning, distillation), stability: () => distillation, aux: { distillation } };
      },
    );

    const copyOf = (arrays: Arrays): Arrays => structuredClone(arrays);
    // What evaluation follows from update to update is one layer of one network.
    const { specs, logits } = trainer.model;
    const live: Model = { specs, logits, parameters: () => trainer.model.parameters() };
    const model: Model =
      scenario === 'task'
        ? { ...live, parameters: (task) => (task === undefined ? undefined : finished[task]) ?? live.parameters() }
        : gatedModel(live, stream, gates.specs, options, () => ({ finished, gates: held }));

    return {
      model,
      async beginTask(task) {
        if (task.index > 0) finished.push(copyOf(trainer.model.parameters()));
        const gate = await gates.train(task);
        if (task.index > 0) {
          const error = await gates.error(gate, task);
          if (!Number.isFinite(error))
            throw new UserError(
              `method ${name}: the gate of task ${task.index + 1} reconstructs nothing any more (its error is ${error}); choose a smaller gateRate than ${options.gateRate}`,
            );
          related = -Infinity;
          for (const [position, earlier] of held.entries()) {
            const found = relatedness(await gates.error(earlier, task), error);
            if (found > related) [related, origin] = [found, position];
          }
          assign(trainer.parameters, finished[origin]);
          assign(trainer.statistics, finished[origin]);
          // A network of its own: whatever the run does at the start of a task, nothing of the last one's state belongs to it.
          for (const array of Object.values(trainer.optimizerState)) array.fill(0);
          old.fill(0);
          for (const output of taskOutputs[origin]) old[output] = 1;
        }
        held.push(gate);
        trainer.beginTask();
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        // Positions of tasks are counted from 1 in the log; 0: none.
        const stats = { distillation: 0, origin: origin + 1, relatedness: related };
        if (origin < 0 || related <= threshold) return { loss: (await plain({ rows })).loss, ...stats };
        const { loss, aux } = await distilled({ rows, teacher: finished[origin], old, factor });
        return { loss, ...stats, distillation: aux.distillation[0] };
      },
      state: () =>
        ({ trainer: trainer.state(), gateRng: gateRng.state(), finished, gates: held, origin, related, old }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        gateRng.restore(state.gateRng as number[]);
        finished = (state.finished as Arrays[]).map(copyOf);
        held = (state.gates as Arrays[]).map(copyOf);
        origin = state.origin as number;
        related = state.related as number;
        old.set(state.old as Float32Array);
      },
      cost: () => ({
        flops: trainer.flops,
        extraBytes: [...finished, ...held].reduce((sum, arrays) => sum + bytesOf(arrays), 0),
      }),
    };
  },
});
