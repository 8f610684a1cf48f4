import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { mapTensors, tf, type Tensor1D, type Tensors } from '../engine/index.ts';
import { defineMethod, type State } from './contract.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { contrastiveView } from './shared/contrastiveView.ts';
import { featureSize } from './shared/features.ts';
import { createNearestMean } from './shared/nearestMean.ts';
import { memoryOption, positive, positiveInteger, requireRoom } from './shared/options.ts';
import { createProjection } from './shared/projection.ts';
import { allocateRows, asRows, putBatch, rowSpecs } from './shared/rows.ts';
import { supCon } from './shared/supCon.ts';
import { createTrainer } from './shared/trainer.ts';

/** What the gradients of the review after a task are divided by. */
const reviewDivisor = 10;

/**
 * Supervised contrastive replay: stream and replayed images, each beside a random view of itself, are drawn together by class and pushed apart
 * between classes; what is predicted is the class whose buffered rows have the nearest mean. Docs: docs/methods/scr.md
 */
export const scr = defineMethod({
  name: 'scr',
  title: 'Supervised Contrastive Replay',
  family: 'replay',
  paper: 'arXiv:2103.13885',
  scenarios: ['class', 'task', 'domain', 'task-free'],
  // It makes its own, and trains no outputs whose answers to several views could be compared.
  takesViews: false,
  options: z.strictObject({
    memory: memoryOption,
    replayBatch: positiveInteger(100, {
      description: 'rows drawn from the buffer for every update',
      unit: 'samples',
      source: 'arXiv:2103.13885',
    }),
    temperature: positive(0.1, {
      description: 'temperature of the contrastive loss (τ)',
      unit: '1',
      source: 'the configuration of the published runs; 0.07 where none is given',
    }),
    projection: positiveInteger(128, {
      description: 'width of the space that views are compared in',
      unit: 'numbers',
      source: 'arXiv:2103.13885',
    }),
    leastCrop: z.number().positive().max(1).default(0.2).meta({
      description: 'least share of the area that a view’s crop keeps',
      unit: '1',
      source: 'the released code of arXiv:2103.13885',
    }),
    review: z.boolean().default(true).meta({
      description: 'a pass over the buffer at the end of each task, with a tenth of the gradient',
      unit: 'true | false',
      source: 'the published runs',
    }),
  }),
  check(options, stream) {
    requireRoom('scr', options, stream);
    if (!stream.images)
      throw new UserError(
        'method scr needs images to make views of, and the inputs are rows of a table; choose another method, such as er',
      );
  },
  async create(setup) {
    const { network, stream, training, options, rng } = setup;
    const { inputSize } = stream;
    const { batch: b } = training;
    const { replayBatch: r, temperature } = options;
    const features = featureSize(network);
    const head = createProjection(features, [features], options.projection, rng.fork('projection'));
    // The run's augmentation, if there is one, is what views are made by; what they are views of stays as it is.
    const trainer = createTrainer({ ...setup, training: { ...training, augmentation: undefined } }, head.extra);
    const change = training.augmentation ?? contrastiveView(stream.image!, options.leastCrop);
    const viewRng = rng.fork('views');
    const buffer = createReservoir(options.memory, inputSize, rng);
    const held = { store: buffer.store, slots: () => Array.from({ length: buffer.size }, (_, slot) => slot) };
    const prediction = await createNearestMean(setup, trainer, held);
    const plain = allocateRows(b + r, inputSize);
    const view = { ...plain, x: new Float32Array(plain.x.length) };

    const output = `${network.layers.at(-1)!.name}/`;
    const specs = { plain: rowSpecs(b + r, inputSize), view: rowSpecs(b + r, inputSize) };
    const step = await trainer.compile('scr', specs, (parameters, inputs) => {
      const groups = [asRows(inputs.plain), asRows(inputs.view)];
      const [trained, unused] = divide(parameters, (name) => !name.startsWith(output));
      const { loss, gradients } = trainer.lossGradients((moving) => {
        const all = { ...unused, ...moving };
        const points = groups.map((rows) => head.project(all, trainer.classifier.see(all, rows).features));
        const twice = (tensor: Tensor1D): Tensor1D => tf.concat([tensor, tensor]);
        return { loss: supCon(tf.concat(points), twice(groups[0].y), twice(groups[0].weight), temperature) };
      }, trained);
      return { loss, gradients: { ...gradients, ...mapTensors(unused, (tensor) => tf.zerosLike(tensor)) } };
    });
    const makeViews = (start: number, count: number): void => {
      const from = start * inputSize;
      change(plain.x.subarray(from), count, viewRng, view.x.subarray(from));
    };
    /** Puts rows of the buffer behind those of the stream, with their views. */
    const putReplay = (slots: Int32Array, weight: number): void => {
      buffer.store.copyTo(plain, b, slots, weight);
      plain.weight.fill(0, b + slots.length);
      makeViews(b, slots.length);
    };

    return {
      model: prediction.model,
      async beginTask() {
        trainer.beginTask();
      },
      async observe(batch) {
        const slots = buffer.draw(r);
        const weight = 1 / (2 * (batch.size + slots.length));
        putBatch(plain, batch, 0, weight);
        makeViews(0, batch.size);
        putReplay(slots, weight);
        const { loss } = await step({ plain, view });
        buffer.add(batch);
        prediction.changed();
        return { loss };
      },
      async endTask() {
        if (!options.review) return;
        const order = rng.permutation(buffer.size);
        plain.weight.fill(0);
        for (let start = 0; start < order.length; start += r) {
          const slots = order.subarray(start, start + r);
          putReplay(slots, 1 / (2 * slots.length * reviewDivisor));
          await step({ plain, view });
        }
        prediction.changed();
      },
      state: () => ({
        trainer: trainer.state(),
        buffer: buffer.state(),
        rng: rng.state(),
        views: viewRng.state(),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        rng.restore(state.rng as number[]);
        viewRng.restore(state.views as number[]);
        prediction.changed();
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes + prediction.bytes }),
    };
  },
});

/** Those of the tensors whose names pass, and the others. */
function divide(tensors: Tensors, passes: (name: string) => boolean): [Tensors, Tensors] {
  const pick = (wanted: boolean): Tensors =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => passes(name) === wanted));
  return [pick(true), pick(false)];
}
