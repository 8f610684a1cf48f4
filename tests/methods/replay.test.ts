import { afterAll, describe, expect, test } from 'vitest';
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
  observe,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');

test.each(['er', 'der++', 'a-gem', 'ewc', 'lwf', 'joint'])(
  '%s makes the first update of a run as finetuning does: there is nothing to remember',
  async (name) => {
    const [learner, finetuned] = await Promise.all(
      [name, 'finetune'].map((each) => createLearner(each, { engine: onnx, stream })),
    );
    const events = eventsOfTask(stream, 0).slice(0, 2);
    const [[{ loss }], [{ loss: plain }]] = [await drive(learner, events), await drive(finetuned, events)];
    expect(loss).toBeCloseTo(plain, 6);
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  },
);

describe('er', () => {
  test('learns from stream and replayed rows as from one batch', async () => {
    // The buffer holds the first batch whole, and a draw takes all of it.
    const options = { memory: 4, replayBatch: 4 };
    const learner = await createLearner('er', { engine: onnx, stream, options, batch: 4 });
    const reference = await createLearner('finetune', { engine: onnx, stream, batch: 8 });
    const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3], 4), batchOf(stream, 1, [0, 1, 2, 3], 4)];
    await drive(learner, [begin(stream, 0), observe(first)]);
    await drive(reference, [begin(stream, 0), observe(batchOf(stream, 0, [0, 1, 2, 3], 8))]);
    const both = {
      x: Float32Array.of(...second.x, ...first.x),
      y: Int32Array.of(...second.y, ...first.y),
      ids: Int32Array.of(...second.ids, ...first.ids),
      size: 8,
      task: 1,
    };
    const [stats] = await drive(learner, [begin(stream, 1), observe(second)]);
    const [expected] = await drive(reference, [begin(stream, 1), observe(both)]);
    expect(stats.loss).toBeCloseTo(expected.loss, 6);
    expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
  });

  test('takes the mean over the rows there are: a short batch and a buffer not yet full', async () => {
    const { network } = setupFor('er', { engine: onnx, stream });
    const learner = await createLearner('er', { engine: onnx, stream, options: { memory: 50, replayBatch: 6 } });
    const [first, second] = [batchOf(stream, 0, [0, 1, 2]), batchOf(stream, 0, [5, 6])];
    await drive(learner, [begin(stream, 0), observe(first)]);
    const parameters = copyParameters(learner);
    const { loss } = await learner.observe(second);
    const losses = [first, second].flatMap((batch) =>
      Array.from({ length: batch.size }, (_, i) => {
        const z = forward(network, parameters, rowOf(batch, i));
        return -logSoftmax(z, [0, 1, 2, 3])[batch.y[i]];
      }),
    );
    expect(losses).toHaveLength(5);
    expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / 5, 6);
  });

  test('in the task scenario a replayed row competes among the outputs of its own task', async () => {
    const here = blobStream('split', 'task');
    const { network } = setupFor('er', { engine: onnx, stream: here });
    const options = { memory: 4, replayBatch: 4 };
    const learner = await createLearner('er', { engine: onnx, stream: here, options, batch: 4 });
    const [first, second] = [batchOf(here, 0, [0, 1, 2, 3], 4), batchOf(here, 1, [0, 1, 2, 3], 4)];
    await drive(learner, [begin(here, 0), observe(first), begin(here, 1)]);
    const parameters = copyParameters(learner);
    const { loss } = await learner.observe(second);
    const sum = [first, second].reduce((total, batch) => {
      for (let i = 0; i < 4; i++) {
        const z = forward(network, parameters, rowOf(batch, i));
        total -= logSoftmax(z, here.tasks[batch.task].outputs)[batch.y[i]];
      }
      return total;
    }, 0);
    expect(loss).toBeCloseTo(sum / 8, 6);
  });

  test('holds its buffer: inputs, label, task and sample id of each slot', async () => {
    const learner = await createLearner('er', { engine: onnx, stream, options: { memory: 30 } });
    expect(learner.cost().extraBytes).toBe(30 * (16 + 3) * 4);
  });
});

describe('der++', () => {
  interface Slots {
    readonly x: Float32Array;
    readonly y: Int32Array;
    readonly extras: { readonly logits: Float32Array };
  }
  const slotsOf = (learner: Awaited<ReturnType<typeof createLearner>>): Slots =>
    (copyState(learner.state()).buffer as { store: unknown }).store as Slots;
  const { network } = setupFor('der++', { engine: onnx, stream });

  test('with α = β = 0 it is finetuning', async () => {
    const options = { alpha: 0, beta: 0, memory: 20 };
    const learner = await createLearner('der++', { engine: onnx, stream, options });
    const finetuned = await createLearner('finetune', { engine: onnx, stream });
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });

  test('stores the logits that a row had before the update in which it was seen, and never refreshes them', async () => {
    const learner = await createLearner('der++', { engine: onnx, stream, options: { memory: 100 } });
    const before = copyParameters(learner);
    const batch = batchOf(stream, 0, [4, 5, 6]);
    await drive(learner, [begin(stream, 0), observe(batch)]);
    const { extras, x } = slotsOf(learner);
    const extra = extras.logits;
    for (let i = 0; i < 3; i++) {
      expect([...x.subarray(16 * i, 16 * (i + 1))]).toEqual([...rowOf(batch, i)]);
      forward(network, before, rowOf(batch, i)).forEach((z, k) => expect(extra[4 * i + k]).toBeCloseTo(z, 6));
    }
    await drive(learner, eventsOfTask(stream, 0).slice(1));
    expect(slotsOf(learner).extras.logits.slice(0, 12)).toEqual(extra.slice(0, 12));
  });

  test('the loss is CE(stream) + α·mean squared distance to the stored logits + β·CE(replayed labels)', async () => {
    // Both draws take the whole buffer, so that they do not matter.
    const options = { memory: 4, replayBatch: 4, alpha: 0.7, beta: 0.4 };
    const learner = await createLearner('der++', { engine: onnx, stream, options });
    await drive(learner, [...eventsOfTask(stream, 0, { epochs: 2 }), begin(stream, 1)]);
    const parameters = copyParameters(learner);
    const { x, y, extras } = slotsOf(learner);
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
    const { loss } = await learner.observe(batch);
    const crossEntropy = (row: Float32Array, label: number) =>
      -logSoftmax(forward(network, parameters, row), [0, 1, 2, 3])[label];
    let expected = 0;
    for (let i = 0; i < 5; i++) expected += crossEntropy(rowOf(batch, i), batch.y[i]) / 5;
    let distance = 0;
    for (let slot = 0; slot < 4; slot++) {
      const row = x.subarray(16 * slot, 16 * (slot + 1));
      forward(network, parameters, row).forEach(
        (z, k) => (distance += (z - extras.logits[4 * slot + k]) ** 2 / (4 * 4)),
      );
      expected += (0.4 / 4) * crossEntropy(row, y[slot]);
    }
    expect(distance).toBeGreaterThan(0.01);
    expect(loss).toBeCloseTo(expected + 0.7 * distance, 5);
  });

  test('holds its buffer: inputs, label, task, sample id and logits of each slot', async () => {
    const learner = await createLearner('der++', { engine: onnx, stream, options: { memory: 30 } });
    expect(learner.cost().extraBytes).toBe(30 * (16 + 3 + 4) * 4);
  });
});

describe('joint', () => {
  const three = blobStream('split', 'class', 3);

  /** A learner, and the rows that it reads of each old task. */
  async function watched() {
    const setup = setupFor('joint', { engine: onnx, stream: three });
    const read: number[][] = [[], [], []];
    const taskAt = (index: number) => {
      const task = setup.taskAt(index);
      const readRows = (rows: ArrayLike<number>, out: Float32Array) => {
        read[index].push(...Array.from(rows));
        task.train.read(rows, out);
      };
      return { ...task, train: { ...task.train, read: readRows } };
    };
    const { findMethod } = await import('../../methods/index.ts');
    return { learner: await findMethod('joint').create({ ...setup, taskAt }), read };
  }

  test('draws every row of every old task once before any a second time', async () => {
    const { learner, read } = await watched();
    await drive(learner, eventsOf(three, { epochs: 2 }));
    const all = Array.from({ length: 44 }, (_, row) => row);
    // 44 rows a task, 6 updates an epoch, 8 old rows an update: 12 · 8 = 96 in each later task.
    expect(read.map((rows) => rows.length)).toEqual([2 * 96, 96, 0]);
    for (const rows of read)
      for (let start = 0; start + 44 <= rows.length; start += 44)
        expect(rows.slice(start, start + 44).toSorted((a, b) => a - b)).toEqual(all);
    expect(read[0].slice(0, 44)).not.toEqual(read[0].slice(44, 88));
  });

  test('weights all rows of an update alike', async () => {
    const { learner, read } = await watched();
    const { network } = setupFor('joint', { engine: onnx, stream: three });
    await drive(learner, [...eventsOfTask(three, 0), ...eventsOfTask(three, 1), begin(three, 2)]);
    const parameters = copyParameters(learner);
    for (const rows of read) rows.length = 0;
    const { loss } = await learner.observe(batchOf(three, 2, [0, 1, 2]));
    const drawn = [batchOf(three, 0, read[0]), batchOf(three, 1, read[1]), batchOf(three, 2, [0, 1, 2])];
    const losses = drawn.flatMap((batch) =>
      Array.from({ length: batch.size }, (_, i) => {
        const z = forward(network, parameters, rowOf(batch, i));
        return -logSoftmax(z, [0, 1, 2, 3, 4, 5])[batch.y[i]];
      }),
    );
    expect(losses).toHaveLength(8 + 8 + 3);
    expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / 19, 5);
  });

  test('asks for no task that lies ahead, and counts the data of the old ones as its memory', async () => {
    const { learner } = await watched();
    await drive(learner, eventsOfTask(three, 0));
    expect(learner.cost().extraBytes).toBe(0);
    await drive(learner, eventsOfTask(three, 1));
    expect(learner.cost().extraBytes).toBe(44 * 19 * 4);
    await drive(learner, eventsOfTask(three, 2));
    expect(learner.cost().extraBytes).toBe(2 * 44 * 19 * 4);
  });
});
