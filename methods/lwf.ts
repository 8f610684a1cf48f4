import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { allocate, float32, tf, type Arrays, type Scalar, type Tensor2D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { crossEntropy } from './shared/classifier.ts';
import { freeOutputs, newOutputs } from './shared/frozen.ts';
import { choice, count, flag, inTask, nonNegativePerTask, positive, requireOnePerTask } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/** Which old outputs are one distribution: each old task's own, all of them together, or as the scenario has it. */
const forms = ['auto', 'heads', 'joint'] as const;

/**
 * Learning without Forgetting: the model as it was before the task (the teacher) labels the stream's own rows on the old outputs, and the
 * learner matches it: cross-entropy + λ·T²·KL(teacher ‖ learner) at temperature T. Docs: docs/methods/lwf.md
 */
export const lwf = defineMethod({
  name: 'lwf',
  title: 'Learning without Forgetting',
  family: 'regularization',
  paper: 'arXiv:1606.09282',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    lambda: nonNegativePerTask(1, {
      description: 'weight of the distillation term (λ), one for all tasks or one a task',
      unit: '1',
      source: 'arXiv:1606.09282, there without the factor T²',
    }),
    temperature: positive(2, {
      description: 'temperature of both softmaxes in the distillation term (T)',
      unit: '1',
      source: 'arXiv:1606.09282',
    }),
    squaredTemperature: flag(true, {
      description: 'whether the distillation term has the factor T²',
      source: 'arXiv:1503.02531; false in arXiv:1606.09282',
    }),
    form: choice(forms, 'auto', {
      description:
        'old outputs that are one distribution: those of each task, or all; auto: heads in the task scenario, else joint',
      source: 'arXiv:1606.09282; ours outside the task scenario',
    }),
    divideByTasks: flag(false, {
      description: 'whether the cross-entropy is divided by the number of tasks so far',
      source: 'arXiv:1904.07734, its class scenario',
    }),
    warmup: count(0, {
      description: 'updates at the start of each later task in which only the weights of new outputs are trained',
      unit: 'updates',
      source: 'arXiv:1606.09282 warms up until convergence; 0: ours',
    }),
  }),
  check({ lambda, form, warmup }, { scenario, taskCount }) {
    requireOnePerTask('lwf', 'lambda', lambda, taskCount);
    if (scenario !== 'domain') return;
    if (form === 'heads')
      throw new UserError(
        'method lwf: form: the domain scenario has one head, which all tasks share; use auto or joint',
      );
    if (warmup > 0)
      throw new UserError(
        'method lwf: warmup: no task of the domain scenario but the first has new outputs to warm up; use 0',
      );
  },
  conventions: ({ temperature, squaredTemperature, form, divideByTasks, warmup }) => [
    `distillation: mean over rows of KL(teacher ‖ learner) at T = ${temperature}, ${squaredTemperature ? 'times T²' : 'without the factor T²'}`,
    {
      auto: 'distilled: in the task scenario the outputs of each old task by themselves, their divergences added up; else all old outputs as one distribution',
      heads: 'distilled: the outputs of each old task by themselves, their divergences added up',
      joint: 'distilled: all old outputs as one distribution',
    }[form],
    'teacher: the model at the start of the task, in inference mode, on the rows as augmented',
    `cross-entropy: ${divideByTasks ? 'divided by the number of tasks so far' : 'of weight 1'}`,
    ...(warmup > 0 ? [`warm-up: ${warmup} updates of the new outputs alone, among the updates of the task`] : []),
  ],
  async create(setup) {
    const { stream, training, options, network } = setup;
    const { outputCount, taskOutputs, scenario } = stream;
    const { temperature, squaredTemperature, divideByTasks, warmup } = options;
    const trainer = createTrainer(setup);
    const rows = allocateRows(training.batch, stream.inputSize);
    const teacher = allocate(trainer.model.specs);
    let taught = 0;

    // Outputs that are distilled together as one distribution: each old task's own head, or all old outputs at once.
    const form = options.form === 'auto' ? (scenario === 'task' ? 'heads' : 'joint') : options.form;
    const groups = form === 'heads' ? taskOutputs.length : 1;
    const old = new Float32Array(groups * outputCount);
    const rowInputs = { rows: rowSpecs(training.batch, stream.inputSize) };
    const plain = await trainer.compileLoss('lwf-first-task', rowInputs, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const distilled = await trainer.compileLoss(
      'lwf',
      {
        ...rowInputs,
        teacher: trainer.model.specs,
        old: float32(groups, outputCount),
        factor: float32(),
        share: float32(),
      },
      (parameters, inputs) => {
        const batch = asRows(inputs.rows);
        const logits = trainer.classifier.logits(parameters, batch);
        const divergence = groupedDivergence(
          trainer.model.logits(inputs.teacher, batch.x),
          logits,
          inputs.old as Tensor2D,
          temperature,
        );
        const whole = crossEntropy(trainer.classifier.compete(logits, batch.task), batch.y, batch.weight);
        const learning: Scalar = divideByTasks ? tf.mul(whole, inputs.share) : whole;
        const distillation: Scalar = tf.mul(inputs.factor, tf.sum(tf.mul(divergence, batch.weight)));
        return { loss: tf.add(learning, distillation), stability: () => distillation, aux: { distillation } };
      },
    );

    // The warm-up: its optimiser is one of its own, so the run's one waits meanwhile.
    const waiting = allocate(warmup > 0 ? training.optimizer.init(network.parameters) : {});
    let cold = 0;
    const free = new Float32Array(outputCount);
    const warm =
      warmup > 0
        ? await trainer.compileLoss(
            'lwf-warm-up',
            { ...rowInputs, statistics: network.statistics, free: float32(outputCount) },
            (parameters, { rows: group, statistics }) => {
              const batch = asRows(group);
              const logits = trainer.classifier.logits(parameters, batch, { mode: 'frozen', statistics });
              return { loss: crossEntropy(trainer.classifier.compete(logits, batch.task), batch.y, batch.weight) };
            },
            { moves: (name, inputs) => freeOutputs(network, inputs.free, false)(name) },
          )
        : null;

    function startWarmup(task: number): void {
      free.set(newOutputs(stream, task));
      if (!free.includes(1)) return;
      cold = warmup;
      assign(waiting, trainer.optimizerState);
      for (const array of Object.values(trainer.optimizerState)) array.fill(0);
    }

    function finishWarmup(): void {
      cold = 0;
      assign(trainer.optimizerState, waiting);
    }

    return {
      model: trainer.model,
      async beginTask(task) {
        trainer.beginTask();
        if (task.index === 0) return;
        assign(teacher, trainer.model.parameters());
        taught = task.index;
        for (let past = 0; past < task.index; past++)
          for (const output of taskOutputs[past]) old[(groups === 1 ? 0 : past) * outputCount + output] = 1;
        if (warm) startWarmup(task.index);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1 / batch.size);
        if (warm && cold > 0) {
          const { loss } = await warm({ rows, statistics: trainer.statistics, free });
          if (--cold === 0) finishWarmup();
          return { loss, distillation: 0 };
        }
        if (taught === 0) return { loss: (await plain({ rows })).loss, distillation: 0 };
        const factor = Float32Array.of(inTask(options.lambda, taught) * (squaredTemperature ? temperature ** 2 : 1));
        const share = Float32Array.of(1 / (taught + 1));
        const { loss, aux } = await distilled({ rows, teacher, old, factor, share });
        return { loss, distillation: aux.distillation[0] };
      },
      async endTask(task) {
        if (cold === 0) return;
        finishWarmup();
        setup.warn(
          `lwf: warmup=${warmup} took all updates of task ${task.index + 1}, in which nothing but its outputs' weights was trained; choose a smaller warmup`,
        );
      },
      state: () => ({ trainer: trainer.state(), teacher, old, taught, waiting, cold, free }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        assign(teacher, state.teacher as Arrays);
        old.set(state.old as Float32Array);
        taught = state.taught as number;
        assign(waiting, state.waiting as Arrays);
        cold = state.cold as number;
        free.set(state.free as Float32Array);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: bytesOf(teacher) + bytesOf(waiting) }),
    };
  },
});

/**
 * `[rows]`, Σ over groups g of KL(softmax(t/T | g) ‖ softmax(s/T | g)) in nats, each softmax over its group's outputs only.
 * @param groups `[groups, outputs]`, 1 where the output belongs to the group; a group without outputs counts nothing
 */
export function groupedDivergence(teacher: Tensor2D, student: Tensor2D, groups: Tensor2D, temperature: number) {
  const [rows, outputs] = teacher.shape;
  const members = tf.expandDims(groups, 0);
  const excluded = tf.mul(tf.sub(1, members), -1e9);
  const logProbabilities = (logits: Tensor2D) =>
    tf.logSoftmax(tf.add(tf.reshape(tf.div(logits, temperature), [rows, 1, outputs]), excluded));
  const target = logProbabilities(teacher);
  const terms = tf.mul(tf.exp(target), tf.sub(target, logProbabilities(student)));
  return tf.sum(tf.mul(terms, members), [1, 2]);
}
