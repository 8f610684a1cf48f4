import * as z from 'zod';
import { UserError, createRng } from '../base/index.ts';
import { float32, int32, sgd, tf, type Scalar, type Tensor1D } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { createBalancedBuffer } from './shared/buffers/balanced.ts';
import { crossEntropy } from './shared/classifier.ts';
import { clipNorm } from './shared/clip.ts';
import { cutMix, type CutMix } from './shared/cutMix.ts';
import { memoryOption, positive, positiveInteger, requireRoom } from './shared/options.ts';
import { allocateRows, asRows, rowSpecs } from './shared/rows.ts';
import { createTrainer } from './shared/trainer.ts';
import { warmRestartRate } from './shared/warmRestarts.ts';

const optimizer = sgd({ momentum: 0.9, weightDecay: 1e-6 });

/** Largest norm of a gradient. */
const clip = 10;

/**
 * GDumb: the stream only fills a class-balanced buffer; whenever a prediction is asked for, a fresh network is trained on that buffer alone.
 * Docs: docs/methods/gdumb.md
 */
export const gdumb = defineMethod({
  name: 'gdumb',
  title: 'GDumb',
  family: 'replay',
  paper: 'doi:10.1007/978-3-030-58536-5_31',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  learnsAt: 'evaluation',
  takesViews: false,
  options: z.strictObject({
    memory: memoryOption,
    passes: positiveInteger(256, {
      description:
        'passes over the buffer to train a network; best a power of two, where the last cycle of the rate ends',
      unit: 'passes',
      source: 'drimpossible/GDumb (128 for MNIST)',
    }),
    highestRate: positive(0.05, {
      description: 'highest learning rate of that training; the lowest is a hundredth',
      unit: '1',
      source: 'drimpossible/GDumb',
    }),
    trainingBatch: positiveInteger(16, {
      description: 'rows of an update of that training',
      unit: 'samples',
      source: 'drimpossible/GDumb',
    }),
    cutmix: z.number().min(0).max(1).nullable().default(null).meta({
      description: 'probability of CutMix in an update of that training; null: 0.5 for colour images, 0 for others',
      unit: '1',
      source: 'drimpossible/GDumb',
    }),
  }),
  check(options, stream) {
    requireRoom('gdumb', options, stream);
    if (options.cutmix !== null && options.cutmix > 0 && !stream.images)
      throw new UserError('method gdumb: cutmix: is for images, and the inputs are rows of a table; leave it out or 0');
  },
  async create(setup) {
    const { network, stream, training, options, rng } = setup;
    const { inputSize, image } = stream;
    const { highestRate, trainingBatch: count } = options;
    const probability = image ? (options.cutmix ?? (image.shape[2] > 1 ? 0.5 : 0)) : 0;
    // Images are changed before they are mixed, so not by the trainer.
    const own = { optimizer, rate: highestRate, schedule: undefined, batch: count, augmentation: undefined };
    const trainer = createTrainer({ ...setup, training: { ...training, ...own } });
    const buffer = createBalancedBuffer(options.memory, inputSize, rng);
    const rows = allocateRows(count, inputSize);
    const partner = { y: new Int32Array(count), task: new Int32Array(count) };
    const step = await trainer.compile(
      'gdumb',
      {
        rows: rowSpecs(count, inputSize),
        partner: { y: int32(count), task: int32(count) },
        share: float32(),
      },
      (parameters, inputs) => {
        const { loss, gradients } = trainer.lossGradients((p) => {
          const { y, task, weight } = asRows(inputs.rows);
          const logits = trainer.classifier.logits(p, asRows(inputs.rows));
          const on = (labels: Tensor1D, tasks: Tensor1D, share: Scalar): Scalar =>
            crossEntropy(trainer.classifier.compete(logits, tasks), labels, tf.mul(weight, share));
          const theirs = inputs.partner as { y: Tensor1D; task: Tensor1D };
          const share = inputs.share as Scalar;
          return { loss: tf.add(on(y, task, share), on(theirs.y, theirs.task, tf.sub(1, share))) };
        }, parameters);
        return { loss, gradients: clipNorm(gradients, clip) };
      },
    );

    // What a training draws depends on this and on the number of rows seen alone: not on how often, or when, one was asked for.
    let key = rng.fork('trainings').state().join('.');
    let seen = 0;
    /** Rows seen when the buffer last changed, and when the buffer that the network was trained on did. */
    let changed = 0;
    let learnt = 0;

    async function learn(): Promise<void> {
      const generator = createRng(`${key}/${changed}`);
      const [order, mixing, augmenting] = ['order', 'mixing', 'augment'].map((label) => generator.fork(label));
      trainer.restart(network.init(generator.fork('init')), generator);
      for (let pass = 0; pass < options.passes; pass++) {
        const rate = warmRestartRate(pass, highestRate, highestRate / 100);
        const slots = order.permutation(buffer.size);
        for (let start = 0; start < slots.length; start += count) {
          const part = slots.subarray(start, start + count);
          rows.weight.fill(0);
          buffer.store.copyTo(rows, 0, part, 1 / part.length);
          training.augmentation?.(rows.x, part.length, augmenting, rows.x);
          const mixed = mixing.uniform() < probability;
          const { partners, share } = mixed ? cutMix(rows.x, part.length, image!, mixing) : unmixed;
          partners.forEach((other, i) => {
            partner.y[i] = rows.y[other];
            partner.task[i] = rows.task[other];
          });
          await step({ rows, partner, share: Float32Array.of(share) }, rate);
        }
      }
      learnt = changed;
    }

    const { specs, logits, parameters } = trainer.model;
    return {
      model: {
        specs,
        logits,
        parameters,
        async prepare() {
          if (learnt !== changed) await learn();
        },
      },
      async observe(batch) {
        seen += batch.size;
        if (buffer.add(batch) > 0) changed = seen;
        return { loss: 0, stored: buffer.size };
      },
      state: () => ({ trainer: trainer.state(), buffer: buffer.state(), rng: rng.state(), key, seen, changed, learnt }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        rng.restore(state.rng as number[]);
        key = state.key as string;
        seen = state.seen as number;
        changed = state.changed as number;
        learnt = state.learnt as number;
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes }),
    };
  },
});

const unmixed: CutMix = { partners: new Int32Array(0), share: 1 };
