import { afterAll, expect, test } from 'vitest';
import { openEngine, type Arrays } from '../../engine/index.ts';
import { findMethod, type Batch } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOf,
  forward,
  logSoftmax,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class', 3);
const { network } = setupFor('er-ace', { engine: onnx, stream });
const all = [0, 1, 2, 3, 4, 5];
// Draws take the whole buffer, so that they do not matter.
const options = { memory: 64, replayBatch: 64 };

/** Rows of a task that show the given classes, in this order. */
function batchWith(classes: readonly number[], task: number, from = stream): Batch {
  const { labels } = from.tasks[task].train;
  const taken = new Set<number>();
  const rows = classes.map((wanted) => {
    const row = labels.findIndex((label, i) => label === wanted && !taken.has(i));
    taken.add(row);
    return row;
  });
  return batchOf(from, task, rows);
}

/** The mean cross-entropy of a batch's rows among some outputs, in plain loops of 64-bit floats. */
function meanLoss(parameters: Arrays, batch: Batch, competing: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < batch.size; i++)
    sum -= logSoftmax(forward(network, parameters, rowOf(batch, i)), competing)[batch.y[i]];
  return sum / batch.size;
}

test('masks the seen classes that the batch lacks in the stream’s rows only: loss written out', async () => {
  const learner = await createLearner('er-ace', { engine: onnx, stream, options });
  // Each batch, and the outputs among which its rows compete.
  const course = [
    { batch: batchWith([0, 1, 0], 0), competing: all },
    { batch: batchWith([1, 1], 0), competing: [1, 2, 3, 4, 5] },
    { batch: batchWith([2, 2, 2], 1), competing: [2, 3, 4, 5] },
    { batch: batchWith([3], 1), competing: [3, 4, 5] },
    { batch: batchWith([3, 2], 1), competing: [2, 3, 4, 5] },
    // An old class comes back beside new ones.
    { batch: { ...batchWith([5, 4], 2), y: Int32Array.of(5, 0, 0, 0, 0, 0, 0, 0) }, competing: [0, 4, 5] },
  ];
  const held: Batch[] = [];
  for (const { batch, competing } of course) {
    const parameters = copyParameters(learner);
    const { loss } = await learner.observe(batch);
    const rows = held.reduce((sum, { size }) => sum + size, 0);
    const replayed = held.reduce((sum, each) => sum + (meanLoss(parameters, each, all) * each.size) / rows, 0);
    expect(loss).toBeCloseTo(meanLoss(parameters, batch, competing) + replayed, 5);
    held.push(batch);
  }
});

test('where the batch holds all seen classes the stream’s part is plain cross-entropy', async () => {
  const here = blobStream('permuted', 'domain', 2);
  const learner = await createLearner('er-ace', { engine: onnx, stream: here, options });
  const plain = await createLearner('finetune', { engine: onnx, stream: here });
  const batch = batchWith([0, 1, 2, 3], 0, here);
  const [[stats], [expected]] = [
    await drive(learner, [begin(here, 0), { verb: 'observe', batch }]),
    await drive(plain, [begin(here, 0), { verb: 'observe', batch }]),
  ];
  expect(stats.loss).toBeCloseTo(expected.loss, 6);
});

test('classes renumbered, it learns the same: unseen classes are those never seen, whatever their numbers', async () => {
  const setup = setupFor('er-ace', { engine: onnx, stream, options });
  const renumbered = [4, 0, 5, 2, 1, 3];
  const initial = Object.fromEntries(Object.entries(setup.initial).map(([name, values]) => [name, values.slice()]));
  for (const name of ['output/weight', 'output/bias'])
    setup.initial[name].forEach((value, i) => {
      const output = i % 6;
      initial[name][i - output + renumbered[output]] = value;
    });
  const [learner, other] = await Promise.all(
    [setup, { ...setupFor('er-ace', { engine: onnx, stream, options }), initial }].map((each) =>
      findMethod('er-ace').create(each),
    ),
  );
  const events = eventsOf(stream);
  const stats = await drive(learner, events);
  const others = await drive(
    other,
    events.map((event) =>
      event.verb === 'observe'
        ? { ...event, batch: { ...event.batch, y: event.batch.y.map((label) => renumbered[label]) } }
        : event,
    ),
  );
  stats.forEach(({ loss }, i) => expect(others[i].loss).toBeCloseTo(loss, 4));
  // The masks are at work: without them the losses are others.
  const replayed = await createLearner('er', { engine: onnx, stream, options });
  expect((await drive(replayed, events)).at(-1)!.loss).not.toBeCloseTo(stats.at(-1)!.loss, 4);
});

test('in the task scenario the mask comes on top of the task’s head: a class alone has nothing to learn from', async () => {
  const here = blobStream('split', 'task', 3);
  const learner = await createLearner('er-ace', { engine: onnx, stream: here, options });
  const first = batchWith([0, 1], 0, here);
  const parameters = copyParameters(learner);
  const [{ loss }] = await drive(learner, [begin(here, 0), { verb: 'observe', batch: first }]);
  expect(loss).toBeCloseTo(meanLoss(parameters, first, [0, 1]), 6);
  const before = copyParameters(learner);
  const { loss: alone } = await learner.observe(batchWith([1, 1], 0, here));
  expect(alone).toBeCloseTo(meanLoss(before, first, [0, 1]), 5);
});

test('holds its buffer and which classes it has seen', async () => {
  const learner = await createLearner('er-ace', { engine: onnx, stream, options: { memory: 30 } });
  expect(learner.cost().extraBytes).toBe(30 * (16 + 3) * 4 + 6);
});
