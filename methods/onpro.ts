import * as z from 'zod';
import { UserError } from '../base/index.ts';
import { defineMethod, type Batch, type State } from './contract.ts';
import { createReservoir } from './shared/buffers/reservoir.ts';
import { changedView, createOnproWriter, rotates } from './shared/onproViews.ts';
import { featureSize } from './shared/features.ts';
import { compileOnproStep } from './shared/onproStep.ts';
import { choice, memoryOption, positive, positiveInteger, requireRoom, unitInterval } from './shared/options.ts';
import { unmixed } from './shared/pairMixup.ts';
import { createPairedViews } from './shared/pairedViews.ts';
import { createProjection } from './shared/projection.ts';
import { createPrototypeFeedback } from './shared/prototypeFeedback.ts';
import { createTrainer } from './shared/trainer.ts';

const code = 'released code';

const options = z.strictObject({
  memory: memoryOption,
  replayBatch: positiveInteger(64, {
    description: 'largest number of rows drawn from the buffer for an update',
    unit: 'samples',
    source: code,
  }),
  perClass: positiveInteger(7, {
    description: 'rows drawn for each class seen so far, from the second task on, up to replayBatch',
    unit: 'samples',
    source: code,
  }),
  baseShare: unitInterval(0.75, {
    description:
      'share of the replayed rows that are mixed within the draw, the rest being mixed by pairs of classes (β)',
    unit: '1',
    source: 'released code (CIFAR-10)',
  }),
  mixing: unitInterval(0.6, {
    description: 'probability that replayed rows are mixed',
    unit: '1',
    source: 'released code (CIFAR-10)',
  }),
  baseMix: unitInterval(0.6, {
    description: 'largest share of the second row in rows mixed within the draw',
    unit: '1',
    source: code,
  }),
  pairMix: positive(0.4, {
    description: 'both parameters of the Beta distribution of the second row’s share in pairs of classes',
    unit: '1',
    source: code,
  }),
  projection: positiveInteger(128, {
    description: 'width of the projection head; that of the features where these are narrower',
    unit: 'numbers',
    source: code,
  }),
  prototypeTemperature: positive(0.5, {
    description: 'temperature of the contrast of prototypes (τ)',
    unit: '1',
    source: code,
  }),
  instanceTemperature: positive(0.07, {
    description: 'temperature of the contrast of instances (τ′)',
    unit: '1',
    source: code,
  }),
  similarity: positive(0.5, {
    description: 'factor of the similarities of instances from the second task on (λ)',
    unit: '1',
    source: 'released code (CIFAR-10)',
  }),
  crop: z
    .union([z.number().positive().max(1), z.literal('auto')], {
      error: 'must be auto, or greater than 0 and at most 1',
    })
    .default('auto')
    .meta({
      description:
        'least share of an image that its changed view shows, enlarged; auto: 0.3 of images in colour, 0.8 of grey ones',
      unit: 'auto | 1',
      source: 'released code (colour)',
    }),
  rotations: choice(['auto', 'on', 'off'], 'auto', {
    description: 'whether instances are contrasted in 16 rotated versions each; auto: if they are in colour',
    source: code,
  }),
});

/**
 * Online Prototype Learning: beside cross-entropy, class prototypes of two views of each image are contrasted, of the stream batch and of
 * replayed rows, and instances in sixteen rotated versions; classes whose prototypes are close are replayed mixed with each other.
 * Docs: docs/methods/onpro.md
 */
export const onpro = defineMethod({
  name: 'onpro',
  title: 'Online Prototype Learning',
  family: 'replay',
  paper: 'arXiv:2308.00301',
  scenarios: ['class', 'task'],
  options,
  check(given, stream) {
    if (!stream.images)
      throw new UserError(
        'method onpro: it learns from changed views of images, and the inputs are rows of a table; choose er, or a stream of images',
      );
    requireRoom('onpro', given, stream);
  },
  async create(setup) {
    const { stream, network, training, options: given, rng } = setup;
    const { outputCount: classes, inputSize } = stream;
    const { batch } = training;
    const augment = changedView(stream.image!, given.crop);
    const views = createPairedViews(stream.image!, rotates(given.rotations, stream.image!), augment, rng);
    const features = featureSize(network);
    const projection = createProjection(features, [], Math.min(given.projection, features), rng.fork('projection'));
    const trainer = createTrainer(setup, projection.extra);
    const buffer = createReservoir(given.memory, inputSize, rng);
    const feedback = createPrototypeFeedback(buffer, classes, projection.width, given, rng);
    const most = Math.min(given.replayBatch, given.perClass * classes);
    const { prototypeTemperature, instanceTemperature } = given;
    const temperatures = { prototypeTemperature, instanceTemperature };
    const objective = { trainer, projection, views, inputSize, classes, batch, ...temperatures };
    const firstTask = { replay: 0, labelled: batch, seen: given.replayBatch, similarity: 1 };
    const later = { replay: most, labelled: most, seen: most, similarity: given.similarity };
    const steps = {
      first: await compileOnproStep('onpro-first-update', objective, { ...firstTask, seen: 0 }),
      firstTask: await compileOnproStep('onpro-first-task', objective, firstTask),
      later: await compileOnproStep('onpro', objective, later),
    };
    const write = createOnproWriter({ views, augment, store: buffer.store, classes, batch, most, features }, rng);
    const known = new Int32Array(classes);
    let begun = false;

    async function learnFirstTask(of: Batch) {
      const slots = buffer.draw(given.replayBatch);
      const step = slots.length === 0 ? steps.first : steps.firstTask;
      write.stream(step, of);
      if (slots.length > 0) write.seen(step, slots);
      write.labelledStream(step, of);
      return { slots, ...(await step.run()) };
    }

    async function learnLater(of: Batch) {
      const step = steps.later;
      const count = Math.min(given.replayBatch, given.perClass * known.reduce((sum, value) => sum + value, 0));
      const slots = buffer.draw(count);
      const mixed = begun ? unmixed(slots) : feedback.mix(slots, count);
      write.stream(step, of);
      write.seen(step, slots);
      write.replay(step, mixed);
      return { slots, ...(await step.run()) };
    }

    return {
      model: trainer.model,
      async beginTask() {
        trainer.beginTask();
        begun = true;
      },
      async observe(of) {
        for (let i = 0; i < of.size; i++) known[of.y[i]] = 1;
        const { slots, means, ...stats } = of.task === 0 ? await learnFirstTask(of) : await learnLater(of);
        if (slots.length > 0) feedback.remember(means, slots);
        begun = false;
        buffer.add(of);
        return stats;
      },
      state: () => ({
        trainer: trainer.state(),
        buffer: buffer.state(),
        feedback: feedback.state(),
        known,
        begun,
        rng: rng.state(),
      }),
      restore(state) {
        trainer.restore(state.trainer as State);
        buffer.restore(state.buffer as State);
        feedback.restore(state.feedback as State);
        known.set(state.known as Int32Array);
        begun = state.begun as boolean;
        rng.restore(state.rng as number[]);
      },
      cost: () => ({ flops: trainer.flops, extraBytes: buffer.store.bytes + feedback.bytes }),
    };
  },
});
