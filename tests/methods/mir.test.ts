import { afterAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../../benchmarks/index.ts';
import { openEngine, type Arrays } from '../../engine/index.ts';
import { findMethod, type Batch } from '../../methods/index.ts';
import { meanOf, rowGradient, type Numbers } from './backprop.ts';
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
  largestDifference,
  logSoftmax,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const rate = 0.3;

interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly extras: { readonly lowest?: Float32Array };
}
const slotsOf = (learner: { state(): unknown }): Slots =>
  (copyState(learner.state() as never).buffer as { store: unknown }).store as Slots;

/** A learner in its second task whose draws take the whole buffer, with all that a row's loss is made of. */
async function inSecondTask(scenario: Scenario, options: Record<string, unknown> = {}) {
  const stream = blobStream('split', scenario);
  const given = { memory: 12, candidates: 12, replayBatch: 3, ...options };
  const learner = await createLearner('mir', { engine: onnx, stream, options: given, rate });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 3)]);
  const { network } = setupFor('mir', { engine: onnx, stream });
  const among = (task: number) => (scenario === 'task' ? stream.tasks[task].outputs : [0, 1, 2, 3]);
  const lossOf = (parameters: Numbers, row: Float32Array, label: number, task: number) =>
    -logSoftmax(forward(network, parameters, row), among(task))[label];
  const slotLoss = (parameters: Numbers, { x, y, task }: Slots, slot: number) =>
    lossOf(parameters, x.subarray(16 * slot, 16 * (slot + 1)), y[slot], task[slot]);
  const batchLoss = (parameters: Numbers, batch: Batch) =>
    mean(batch, (i) => lossOf(parameters, rowOf(batch, i), batch.y[i], batch.task));
  /** θ − rate·g, g by back-propagation written out. */
  const stepped = (parameters: Arrays, batch: Batch): Record<string, number[]> => {
    const rows = Array.from({ length: batch.size }, (_, i) =>
      rowGradient(network, parameters, rowOf(batch, i), batch.y[i], among(batch.task)),
    );
    const gradient = meanOf(rows);
    return Object.fromEntries(
      Object.entries(parameters).map(([name, values]) => [
        name,
        Array.from(values, (v, i) => v - rate * gradient[name][i]),
      ]),
    );
  };
  return { stream, learner, slotLoss, batchLoss, stepped };
}

function mean({ size }: Batch, value: (i: number) => number): number {
  return Array.from({ length: size }, (_, i) => value(i)).reduce((sum, each) => sum + each / size, 0);
}

describe('chooses what a step on the batch would harm most, by brute force in 64-bit floats', () => {
  test.each([
    ['class', false],
    ['task', false],
    ['class', true],
  ] as const)('%s scenario, compared to stored losses: %s', async (scenario, compareToStored) => {
    const { stream, learner, slotLoss, batchLoss, stepped } = await inSecondTask(scenario, { compareToStored });
    const parameters = copyParameters(learner);
    const slots = slotsOf(learner);
    const batch = batchOf(stream, 1, [5, 6, 7, 8, 9]);
    const virtual = stepped(parameters, batch);
    const scores = Array.from({ length: 12 }, (_, slot) => {
      const loss = slotLoss(parameters, slots, slot);
      return slotLoss(virtual, slots, slot) - (compareToStored ? Math.min(loss, slots.extras.lowest![slot]) : loss);
    });
    const order = [...scores.keys()].toSorted((a, b) => scores[b] - scores[a]);
    const lossWith = (chosen: readonly number[]) =>
      batchLoss(parameters, batch) +
      chosen.reduce((sum, slot) => sum + slotLoss(parameters, slots, slot) / chosen.length, 0);
    const stats = await learner.observe(batch);
    const chosen = order.slice(0, 3);
    expect(stats.loss).toBeCloseTo(lossWith(chosen), 5);
    expect(stats.interference).toBeCloseTo(
      chosen.reduce((sum, slot) => sum + scores[slot] / 3, 0),
      4,
    );
    // Another choice would show: no other row has the loss of the last chosen one.
    for (const other of order.slice(3))
      expect(Math.abs(lossWith([...chosen.slice(0, 2), other]) - stats.loss)).toBeGreaterThan(1e-5);
  });
});

test('with as many candidates as replayed rows it is replay with two means', async () => {
  const stream = blobStream('split', 'class');
  const options = { memory: 6, replayBatch: 6, candidates: 6 };
  const learner = await createLearner('mir', { engine: onnx, stream, options, rate });
  await drive(learner, [begin(stream, 0), { verb: 'observe', batch: batchOf(stream, 0, [0, 1, 2, 3, 4, 5]) }]);
  // One batch of 6 replayed and 6 new rows has half the sum of their means, and the sum’s gradient at twice the rate.
  const double = setupFor('finetune', { engine: onnx, stream, rate: 2 * rate, batch: 12 });
  const reference = await findMethod('finetune').create({ ...double, initial: copyParameters(learner) });
  const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3, 4, 5], 6), batchOf(stream, 1, [0, 1, 2, 3, 4, 5], 6)];
  const both = {
    x: Float32Array.of(...first.x, ...second.x),
    y: Int32Array.of(...first.y, ...second.y),
    ids: new Int32Array(12),
    size: 12,
    task: 1,
  };
  const [{ loss }, expected] = [
    await learner.observe(batchOf(stream, 1, [0, 1, 2, 3, 4, 5])),
    await reference.observe(both),
  ];
  expect(loss).toBeCloseTo(2 * expected.loss, 5);
  expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-5);
});

test('leaves out rows of the current task if told so, and replays nothing where there are no others', async () => {
  const options = { excludeCurrent: true, memory: 60, replayBatch: 60, candidates: 60 };
  const { stream, learner, slotLoss, batchLoss } = await inSecondTask('class', options);
  const parameters = copyParameters(learner);
  const slots = slotsOf(learner);
  const old = [...slots.y.keys()].filter((slot) => slots.y[slot] < 2 && slots.task[slot] === 0 && slot < 44);
  const batch = batchOf(stream, 1, [5, 6]);
  expect((await learner.observe(batch)).loss).toBeCloseTo(
    batchLoss(parameters, batch) + old.reduce((sum, slot) => sum + slotLoss(parameters, slots, slot) / 44, 0),
    5,
  );
  expect(old).toHaveLength(44);

  const first = await createLearner('mir', { engine: onnx, stream, options, rate });
  const plain = await createLearner('finetune', { engine: onnx, stream, rate });
  for (const each of [first, plain]) await drive(each, eventsOfTask(stream, 0));
  expect(largestDifference(first.model.parameters(), plain.model.parameters())).toBeLessThan(1e-6);
});

test('keeps the lowest loss measured of each row, and forgets it with the row', async () => {
  const { stream, learner, slotLoss } = await inSecondTask('class', {
    compareToStored: true,
    memory: 100,
    candidates: 100,
  });
  const [parameters, before] = [copyParameters(learner), slotsOf(learner)];
  await learner.observe(batchOf(stream, 1, [20, 21]));
  const { lowest } = slotsOf(learner).extras;
  // 44 rows of the first task, 16 of the second, all measured now but for the two new ones.
  for (let slot = 0; slot < 60; slot++)
    expect(lowest![slot]).toBeCloseTo(Math.min(before.extras.lowest![slot], slotLoss(parameters, before, slot)), 5);
  expect([...lowest!.subarray(60, 62)]).toEqual([Infinity, Infinity]);
});

test('refuses fewer candidates than replayed rows, and to leave out the current task where there are none', async () => {
  const stream = blobStream('split', 'class');
  await expect(createLearner('mir', { engine: onnx, stream, options: { candidates: 5 } })).rejects.toThrow(
    'method mir: candidates: 5 rows are fewer than the 10 of replayBatch, which are chosen from them',
  );
  const free = blobStream('split', 'task-free');
  await expect(createLearner('mir', { engine: onnx, stream: free, options: { excludeCurrent: true } })).rejects.toThrow(
    'method mir: excludeCurrent needs task boundaries',
  );
});
