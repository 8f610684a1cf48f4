import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../engine/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  largestDifference,
  logSoftmax,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly extras: { readonly logits: Float32Array };
}

test('with α = 0 it is finetuning', async () => {
  const stream = blobStream('split', 'class');
  const learner = await createLearner('der', { engine: onnx, stream, options: { alpha: 0, memory: 20 } });
  const finetuned = await createLearner('finetune', { engine: onnx, stream });
  for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
  expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
});

test.each(['class', 'task'] as const)(
  'the loss is CE(stream) + α·mean squared distance to the stored logits over all outputs, written out (%s scenario)',
  async (scenario) => {
    const stream = blobStream('split', scenario);
    const { network } = setupFor('der', { engine: onnx, stream });
    // The draw takes the whole buffer, so that it does not matter.
    const options = { memory: 4, replayBatch: 4, alpha: 0.7 };
    const learner = await createLearner('der', { engine: onnx, stream, options });
    await drive(learner, [...eventsOfTask(stream, 0, { epochs: 2 }), begin(stream, 1)]);
    const parameters = copyParameters(learner);
    const { x, extras } = (copyState(learner.state()).buffer as { store: unknown }).store as Slots;
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
    const { loss } = await learner.observe(batch);
    const competing = scenario === 'task' ? stream.tasks[1].outputs : [0, 1, 2, 3];
    let learnt = 0;
    for (let i = 0; i < 5; i++)
      learnt -= logSoftmax(forward(network, parameters, rowOf(batch, i)), competing)[batch.y[i]] / 5;
    let distance = 0;
    for (let slot = 0; slot < 4; slot++)
      forward(network, parameters, x.subarray(16 * slot, 16 * (slot + 1))).forEach(
        (z, k) => (distance += (z - extras.logits[4 * slot + k]) ** 2 / (4 * 4)),
      );
    expect(distance).toBeGreaterThan(0.01);
    expect(loss).toBeCloseTo(learnt + 0.7 * distance, 5);
  },
);

test('labels of stored rows do not matter', async () => {
  const stream = blobStream('split', 'class');
  const learners = await Promise.all(
    [1, 2].map(() => createLearner('der', { engine: onnx, stream, options: { memory: 10, replayBatch: 10 } })),
  );
  for (const learner of learners) await drive(learner, eventsOfTask(stream, 0));
  const state = copyState(learners[1].state());
  const { y } = (state.buffer as unknown as { store: Slots }).store;
  y.forEach((label, slot) => (y[slot] = 1 - label));
  learners[1].restore(state);
  const stats = await drive(learners[0], eventsOfTask(stream, 1));
  expect(await drive(learners[1], eventsOfTask(stream, 1))).toEqual(stats);
});

test('holds its buffer: inputs, label, task, sample id and logits of each slot', async () => {
  const stream = blobStream('split', 'class');
  const learner = await createLearner('der', { engine: onnx, stream, options: { memory: 30 } });
  expect(learner.cost().extraBytes).toBe(30 * (16 + 3 + 4) * 4);
});
