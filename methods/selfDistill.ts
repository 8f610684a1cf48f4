import * as z from 'zod';
import { allocate, float32, tf, type Arrays, type Scalar } from '../engine/index.ts';
import { defineMethod, type LearnerTask, type State } from './contract.ts';
import { choice, positiveInteger } from './shared/options.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { distanceToTargets, distillationLosses, mixedTargets, optimalShare } from './shared/selfDistillation.ts';
import { assign, bytesOf, createTrainer } from './shared/trainer.ts';

/**
 * Self-distillation: at the end of a task the model becomes the teacher of a fresh student, which starts where the task began and learns from
 * α·truth + (1 − α)·softmax(teacher), some times over. Docs: docs/methods/self-distill.md
 */
export const selfDistill = defineMethod({
  name: 'self-distill',
  title: 'Iterated self-distillation',
  family: 'regularization',
  paper: 'arXiv:2102.13088',
  scenarios: ['class', 'task', 'domain'],
  options: z.strictObject({
    generations: positiveInteger(2, {
      description: 'models that are trained for each task, one after the other: by the stream, and the rest at its end',
      unit: 'models',
      source: 'ours; 5 in Kennethborup/self_distillation',
    }),
    alpha: z
      .union([z.number().min(0).max(1), z.literal('optimal')])
      .default(0.6)
      .meta({
        description: 'share of the ground truth in what a student learns (α); optimal: the best one on held-out rows',
        unit: 'number in [0, 1] | optimal',
        source: 'Kennethborup/self_distillation',
      }),
    loss: choice(distillationLosses, 'cross-entropy', {
      description: 'what compares predictions and targets, in the stream’s updates too',
      source: 'ours; mse in Kennethborup/self_distillation',
    }),
    passes: z.int().min(1).nullable().default(null).meta({
      description: 'passes of a student over the task’s training rows; null: as many as the stream made',
      unit: 'passes',
      source: 'arXiv:2102.13088',
    }),
    holdout: z.number().gt(0).lt(1).default(0.1).meta({
      description: 'share of a task’s rows that no model learns from, with alpha optimal',
      unit: 'share',
      source: 'ours',
    }),
  }),
  conventions: ({ alpha, loss }) => [
    'targets: α·onehot + (1 − α)·softmax(teacher) over the outputs that compete; α weighs the ground truth',
    loss === 'mse'
      ? 'loss: mean over rows and competing outputs of (softmax − target)², in the stream’s updates too'
      : 'loss: mean over rows of the cross-entropy to the target',
    'students: started from the parameters that the task began with, at the run’s learning rate without its schedule',
    alpha === 'optimal'
      ? 'alpha: of each student the minimum of the squared error on held-out rows, which the stream’s updates leave out'
      : `alpha: ${alpha}`,
  ],
  async create(setup) {
    const { engine, network, stream, training, options, rng } = setup;
    const { inputSize, outputCount, taskOutputs, scenario } = stream;
    const trainer = createTrainer(setup);
    // A student's updates are none of the stream's: a schedule of the task is at its end, and no row has a second view.
    const own = { schedule: undefined, onGradients: undefined, views: undefined };
    const student = createTrainer({ ...setup, training: { ...training, ...own }, rng: rng.fork('students') });
    const rows = allocateRows(training.batch, inputSize);
    const { specs } = trainer.model;
    const [start, first, teacher] = [allocate(specs), allocate(specs), allocate(specs)];
    const probabilities = new Float32Array(training.batch * outputCount);
    const holdsOut = options.alpha === 'optimal' && options.generations > 1;
    // A batch norm makes too much of the few rows that holding out may leave of a short batch.
    const least = Object.keys(network.statistics).length > 0 ? 4 : 1;
    let heldOut = new Int32Array(0);
    let hidden = new Set<number>();
    let seen = 0;

    const competing = scenario === 'task' ? taskOutputs.map(({ length }) => length) : [outputCount];
    const competingIn = (task: number): Float32Array => Float32Array.of(competing[scenario === 'task' ? task : 0]);
    const { classifier } = trainer;
    const inputs = {
      rows: rowSpecs(training.batch, inputSize),
      teacher: specs,
      alpha: float32(),
      competing: float32(),
    };
    const plainInputs = { rows: inputs.rows, competing: inputs.competing };

    const learn = await trainer.compileLoss('self-distill-stream', plainInputs, (parameters, given) => {
      const batch = asRows(given.rows);
      if (options.loss === 'cross-entropy') return { loss: classifier.loss(parameters, batch) };
      const logits = classifier.compete(classifier.logits(parameters, batch), batch.task);
      const targets = tf.cast(tf.oneHot(batch.y, outputCount), 'float32');
      return {
        loss: distanceToTargets('mse', logits, targets as typeof logits, batch.weight, given.competing as Scalar),
      };
    });
    const distil = await student.compileLoss('self-distill-student', inputs, (parameters, given) => {
      const batch = asRows(given.rows);
      const taught = classifier.compete(trainer.model.logits(given.teacher, batch.x), batch.task);
      const targets = mixedTargets(batch.y, taught, given.alpha as Scalar);
      const logits = student.classifier.compete(student.classifier.logits(parameters, batch), batch.task);
      return {
        loss: distanceToTargets(options.loss, logits, targets, batch.weight, given.competing as Scalar),
      };
    });
    const predict = await engine.compile(
      'self-distill-predict',
      (given) => {
        const batch = asRows(given.rows);
        return { p: tf.softmax(classifier.compete(trainer.model.logits(given.parameters, batch.x), batch.task)) };
      },
      { parameters: specs, rows: inputs.rows },
    );

    /** Rows of the task in place of a batch, each with the same share of a mean. */
    function putRows({ index, train }: LearnerTask, which: Int32Array): void {
      train.read(which, rows.x);
      rows.weight.fill(0);
      which.forEach((row, i) => {
        rows.y[i] = train.labels[row];
        rows.id[i] = train.ids[row];
        rows.weight[i] = 1 / which.length;
      });
      rows.task.fill(index);
    }

    /** As few batches as hold them, of sizes that differ by one at most: a batch norm could make nothing of a single row that is left over. */
    function* batchesOf(which: Int32Array): Generator<Int32Array> {
      const count = Math.ceil(which.length / training.batch);
      for (let i = 0; i < count; i++)
        yield which.subarray(Math.floor((i * which.length) / count), Math.floor(((i + 1) * which.length) / count));
    }

    /** Trains a student from where the task began on what the teacher and the truth say. */
    async function teach(task: LearnerTask, visible: Int32Array, share: number): Promise<void> {
      assign(student.parameters, start);
      assign(student.statistics, start);
      for (const array of Object.values(student.optimizerState)) array.fill(0);
      const given = { rows, teacher, alpha: Float32Array.of(share), competing: competingIn(task.index) };
      const passes = options.passes ?? Math.max(1, Math.round(seen / task.train.length));
      for (let pass = 0; pass < passes; pass++) {
        const order = rng.permutation(visible.length).map((i) => visible[i]);
        for (const part of batchesOf(order)) {
          putRows(task, part);
          await distil(given);
        }
      }
    }

    /** What a model makes of the held-out rows, one row after the other. */
    async function predictions(task: LearnerTask, parameters: Arrays, which: Int32Array): Promise<number[]> {
      const all: number[] = [];
      for (const part of batchesOf(which)) {
        putRows(task, part);
        await predict.run({ parameters, rows }, { p: probabilities });
        trainer.addFlops(predict.flops);
        all.push(...probabilities.subarray(0, part.length * outputCount));
      }
      return all;
    }

    async function bestShare(task: LearnerTask, visible: Int32Array, unseen: Int32Array): Promise<number> {
      await teach(task, visible, 0);
      const fromTeacher = await predictions(task, student.model.parameters(), unseen);
      const truth = new Float32Array(fromTeacher.length);
      unseen.forEach((row, i) => (truth[i * outputCount + task.train.labels[row]] = 1));
      return optimalShare(await predictions(task, first, unseen), fromTeacher, truth);
    }

    return {
      model: trainer.model,
      async beginTask(task) {
        trainer.beginTask();
        assign(start, trainer.model.parameters());
        seen = 0;
        if (!holdsOut) return;
        const count = Math.max(1, Math.min(task.train.length - 1, Math.round(options.holdout * task.train.length)));
        heldOut = rng.sample(task.train.length, count).map((row) => task.train.ids[row]);
        hidden = new Set(heldOut);
      },
      async observe(batch) {
        putBatch(rows, batch, 0, 1);
        seen += batch.size;
        let kept = 0;
        for (let i = 0; i < batch.size; i++) {
          if (hidden.has(batch.ids[i])) rows.weight[i] = 0;
          else kept++;
        }
        if (kept < batch.size && kept < least) return { loss: 0 };
        for (let i = 0; i < batch.size; i++) rows.weight[i] /= kept;
        const { loss } = await learn({ rows, competing: competingIn(batch.task) });
        return { loss };
      },
      async endTask(task) {
        if (options.generations === 1) return;
        const all = Int32Array.from({ length: task.train.length }, (_, row) => row);
        const visible = all.filter((row) => !hidden.has(task.train.ids[row]));
        const unseen = all.filter((row) => hidden.has(task.train.ids[row]));
        assign(first, trainer.model.parameters());
        assign(teacher, first);
        for (let generation = 2; generation <= options.generations; generation++) {
          const share = options.alpha === 'optimal' ? await bestShare(task, visible, unseen) : options.alpha;
          await teach(task, visible, share);
          assign(teacher, student.model.parameters());
        }
        assign(trainer.parameters, teacher);
        assign(trainer.statistics, teacher);
        for (const array of Object.values(trainer.optimizerState)) array.fill(0);
      },
      state: () =>
        ({ trainer: trainer.state(), student: student.state(), rng: rng.state(), start, heldOut, seen }) as State,
      restore(state) {
        trainer.restore(state.trainer as State);
        student.restore(state.student as State);
        rng.restore(state.rng as number[]);
        assign(start, state.start as Arrays);
        heldOut = Int32Array.from(state.heldOut as Int32Array);
        hidden = new Set(heldOut);
        seen = state.seen as number;
      },
      cost: () => ({
        flops: trainer.flops === null || student.flops === null ? null : trainer.flops + student.flops,
        extraBytes:
          [start, first, teacher, student.model.parameters(), student.optimizerState].reduce(
            (sum, arrays) => sum + bytesOf(arrays),
            0,
          ) + heldOut.byteLength,
      }),
    };
  },
});
