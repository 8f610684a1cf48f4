import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../engine/index.ts';
import type { Batch } from '../../methods/index.ts';
import { innerProduct, meanOf, rowGradient, type Numbers } from './backprop.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  forward,
  logSoftmax,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly extras: { readonly score: Float32Array };
}
const slotsOf = (learner: { state(): unknown }): Slots =>
  (copyState(learner.state() as never).buffer as { store: unknown }).store as Slots;
const slot = ({ x }: Slots, i: number): Float32Array => x.subarray(16 * i, 16 * (i + 1));
const cosine = (a: Numbers, b: Numbers): number =>
  innerProduct(a, b) / Math.sqrt(innerProduct(a, a) * innerProduct(b, b));

test.each(['class', 'task'] as const)(
  'scores are largest cosines with the gradients of buffer batches, from back-propagation written out (%s scenario)',
  async (scenario) => {
    const stream = blobStream('split', scenario);
    const { network } = setupFor('gss', { engine: onnx, stream });
    // One group takes the whole buffer of 6 rows; groups of one row are the rows themselves, whatever their order.
    for (const [replayBatch, groups] of [
      [6, [[0, 1, 2, 3, 4, 5]]],
      [1, [[0], [1], [2], [3], [4], [5]]],
    ] as const) {
      const options = { memory: 40, replayBatch, references: 10 };
      const learner = await createLearner('gss', { engine: onnx, stream, options, rate: 0.05 });
      await drive(learner, [begin(stream, 0), { verb: 'observe', batch: batchOf(stream, 0, [0, 1, 2, 3, 4, 5]) }]);
      const batch = batchOf(stream, 1, [3, 4, 8]);
      await drive(learner, [begin(stream, 1), { verb: 'observe', batch }]);
      // As the parameters are after the update.
      const parameters = copyParameters(learner);
      const slots = slotsOf(learner);
      const among = (task: number) => (scenario === 'task' ? stream.tasks[task].outputs : [0, 1, 2, 3]);
      const gradient = (row: Float32Array, label: number, task: number) =>
        rowGradient(network, parameters, row, label, among(task));
      const references = groups.map((members) =>
        meanOf(members.map((i) => gradient(slot(slots, i), slots.y[i], slots.task[i]))),
      );
      const expected = [0, 1, 2].map((i) =>
        Math.max(...references.map((each) => cosine(gradient(rowOf(batch, i), batch.y[i], 1), each))),
      );
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, ...expected].forEach((score, i) =>
        expect(slots.extras.score[i]).toBeCloseTo(score, 4),
      );
      expect(Math.abs(expected[0] - expected[1])).toBeGreaterThan(1e-3);
    }
  },
);

test('a full buffer takes a batch only if its mean gradient is against that of the buffer', async () => {
  const stream = blobStream('split', 'class');
  const { network } = setupFor('gss', { engine: onnx, stream });
  // The comparison is with the whole buffer.
  const options = { memory: 12, replayBatch: 12, references: 1 };
  const learner = await createLearner('gss', { engine: onnx, stream, options, rate: 0.05 });
  await drive(learner, eventsOfTask(stream, 0).slice(0, 3));
  const offers: { similarity: number; stored: number }[] = [];
  for (const event of [...eventsOfTask(stream, 1, { epochs: 4 }), ...eventsOfTask(stream, 0, { epochs: 2 })]) {
    const before = slotsOf(learner);
    const [stats] = await drive(learner, [event]);
    if (event.verb !== 'observe') continue;
    const parameters = copyParameters(learner);
    const gradient = (row: Float32Array, label: number) => rowGradient(network, parameters, row, label, [0, 1, 2, 3]);
    const { batch } = event;
    const ofBatch = meanOf(Array.from({ length: batch.size }, (_, i) => gradient(rowOf(batch, i), batch.y[i])));
    const ofBuffer = meanOf(Array.from(before.y, (label, i) => gradient(slot(before, i), label)));
    offers.push({ similarity: cosine(ofBatch, ofBuffer), stored: stats.stored });
  }
  // The sign is told by 32-bit floats only where it is not within their rounding.
  const along = offers.filter(({ similarity }) => similarity > 1e-4);
  const against = offers.filter(({ similarity }) => similarity < -1e-4);
  expect(along.length).toBeGreaterThan(3);
  expect(along.filter(({ stored }) => stored > 0)).toEqual([]);
  expect(against.filter(({ stored }) => stored > 0).length).toBeGreaterThan(0);
});

test('the loss is that of the stream plus that of the replayed rows, two means', async () => {
  const stream = blobStream('split', 'class');
  const { network } = setupFor('gss', { engine: onnx, stream });
  const learner = await createLearner('gss', { engine: onnx, stream, options: { memory: 20, replayBatch: 12 } });
  const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3, 4]), batchOf(stream, 1, [0, 1, 2])];
  await drive(learner, [begin(stream, 0), { verb: 'observe', batch: first }]);
  const parameters = copyParameters(learner);
  const meanLoss = (batch: Batch) =>
    Array.from(
      { length: batch.size },
      (_, i) => -logSoftmax(forward(network, parameters, rowOf(batch, i)), [0, 1, 2, 3])[batch.y[i]] / batch.size,
    ).reduce((sum, each) => sum + each, 0);
  expect((await learner.observe(second)).loss).toBeCloseTo(meanLoss(first) + meanLoss(second), 5);
});

test('holds its buffer: inputs, label, task, sample id and score of each slot', async () => {
  const stream = blobStream('split', 'class');
  const learner = await createLearner('gss', { engine: onnx, stream, options: { memory: 30 } });
  expect(learner.cost().extraBytes).toBe(30 * (16 + 3 + 1) * 4);
});
