import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, smallCnn, type Arrays } from '../../engine/index.ts';
import type { Batch, Learner } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
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
const { network } = setupFor('er', { engine: onnx, stream });
const create = (options: Record<string, unknown>, more: object = {}) =>
  createLearner('er', { engine: onnx, stream, options, ...more });

/** What the buffer of a learner holds. */
interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly id: Int32Array;
}
const slotsOf = (learner: Learner): Slots => (copyState(learner.state()).buffer as { store: unknown }).store as Slots;

/** Mean cross-entropy over the rows of a batch, written out in 64-bit floats. */
function meanLoss(parameters: Arrays, batch: Batch): number {
  let sum = 0;
  for (let i = 0; i < batch.size; i++)
    sum -= logSoftmax(forward(network, parameters, rowOf(batch, i)), [0, 1, 2, 3])[batch.y[i]];
  return sum / batch.size;
}

const first = batchOf(stream, 0, [0, 1, 2]);
const second = batchOf(stream, 1, [3, 4, 5, 6, 7]);
/** A draw takes the whole buffer, which holds the first batch when the second comes. */
const whole = { memory: 50, replayBatch: 6 };

/** Loss of the second batch, and both batches' mean losses at the parameters before it. */
async function secondLoss(options: Record<string, unknown>) {
  const learner = await create({ ...whole, ...options });
  await drive(learner, [begin(stream, 0), observe(first), begin(stream, 1)]);
  const parameters = copyParameters(learner);
  const { loss } = await learner.observe(second);
  return { loss, fresh: meanLoss(parameters, second), old: meanLoss(parameters, first) };
}

describe('the loss is', () => {
  test.each(['joint', 'separate'])(
    'α·mean over new rows + (1 − α)·mean over replayed ones, batches %s',
    async (batches) => {
      const { loss, fresh, old } = await secondLoss({ alpha: 0.3, batches });
      expect(Math.abs(fresh - old)).toBeGreaterThan(0.1);
      expect(loss).toBeCloseTo(0.3 * fresh + 0.7 * old, 6);
    },
  );

  test('without α the mean over all rows, if they are one batch', async () => {
    const { loss, fresh, old } = await secondLoss({});
    expect(loss).toBeCloseTo((5 * fresh + 3 * old) / 8, 6);
  });

  test('without α the sum of two means, if they are separate batches', async () => {
    const { loss, fresh, old } = await secondLoss({ batches: 'separate' });
    expect(loss).toBeCloseTo(fresh + old, 6);
  });

  test('α times the mean over new rows as long as there is nothing to replay: as finetuning with α times the learning rate', async () => {
    const learner = await create({ alpha: 0.3 }, { rate: 0.5 });
    const reference = await createLearner('finetune', { engine: onnx, stream, rate: 0.15 });
    const events = [begin(stream, 0), observe(first)];
    const [[{ loss }], [{ loss: plain }]] = [await drive(learner, events), await drive(reference, events)];
    expect(loss).toBeCloseTo(0.3 * plain, 6);
    expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
  });
});

describe('separate batches', () => {
  // α = b / (b + r) weighs every row the same if batch and draw are full: here 8 and 4.
  const alpha = 8 / 12;
  const full = (here: typeof stream) =>
    [0, 1].flatMap((task) => [
      begin(here, task),
      ...[0, 8, 16, 24].map((from) =>
        observe(
          batchOf(
            here,
            task,
            [0, 1, 2, 3, 4, 5, 6, 7].map((i) => from + i),
          ),
        ),
      ),
    ]);
  const options = { memory: 30, replayBatch: 4, alpha };

  test('are one batch where no batch norm sees them and weights agree', async () => {
    const [one, two] = await Promise.all([create(options), create({ ...options, batches: 'separate' })]);
    for (const learner of [one, two]) await drive(learner, full(stream));
    expect(largestDifference(one.model.parameters(), two.model.parameters())).toBeLessThan(1e-5);
  });

  test('are normalised apart by batch norm, its statistics moving with both', async () => {
    const normed = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
    const [one, two] = await Promise.all([
      create(options, { network: normed }),
      create({ ...options, batches: 'separate' }, { network: normed }),
    ]);
    // The first update has nothing to replay, and is the same.
    for (const learner of [one, two]) await drive(learner, full(stream).slice(0, 2));
    expect(largestDifference(one.model.parameters(), two.model.parameters())).toBeLessThan(1e-6);
    for (const learner of [one, two]) await drive(learner, full(stream).slice(2, 4));
    expect(largestDifference(one.model.parameters(), two.model.parameters())).toBeGreaterThan(1e-3);
  });
});

test('with every option away from its default, a learner restored from its state goes on identically to the bit', async () => {
  const options = { memory: 12, replayBatch: 4, alpha: 0.4, buffer: 'balanced', draw: 'class' };
  const all = { ...options, excludeCurrent: true, batches: 'separate' };
  const events = eventsOf(stream);
  const learner = await create(all);
  await drive(learner, events.slice(0, 11));
  const state = copyState(learner.state());
  const stats = await drive(learner, events.slice(11));
  const restored = await create(all, { seed: 2 });
  restored.restore(state);
  expect(await drive(restored, events.slice(11))).toEqual(stats);
  expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
});

describe('rows of the current task', () => {
  const options = { memory: 60, replayBatch: 5, excludeCurrent: true };

  test('are not replayed: the first task is finetuned, the second replays rows of the first only', async () => {
    const learner = await create(options);
    const reference = await createLearner('finetune', { engine: onnx, stream });
    for (const each of [learner, reference]) await drive(each, eventsOfTask(stream, 0));
    expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
    // With a draw of one row the loss tells which row it was.
    const single = await create({ ...options, replayBatch: 1, alpha: 0.5 });
    await drive(single, [...eventsOfTask(stream, 0), begin(stream, 1), observe(second)]);
    const { x, y, task } = slotsOf(single);
    expect(new Set(task)).toEqual(new Set([0, 1]));
    for (let update = 0; update < 5; update++) {
      const parameters = copyParameters(single);
      const { loss } = await single.observe(second);
      const replayed = 2 * (loss - 0.5 * meanLoss(parameters, second));
      const candidates = [...task.keys()].filter((slot) => task[slot] === 0);
      const distances = candidates.map((slot) => {
        const z = forward(network, parameters, x.subarray(16 * slot, 16 * (slot + 1)));
        return Math.abs(-logSoftmax(z, [0, 1, 2, 3])[y[slot]] - replayed);
      });
      expect(Math.min(...distances)).toBeLessThan(1e-5);
    }
  });

  test('cannot be told from others in a task-free stream', async () => {
    const here = blobStream('split', 'task-free');
    await expect(createLearner('er', { engine: onnx, stream: here, options })).rejects.toThrow(
      'method er: excludeCurrent: a task-free stream does not tell which rows are of the current task; set excludeCurrent=false',
    );
    await expect(
      createLearner('er', { engine: onnx, stream: here, options: { buffer: 'task-balanced' } }),
    ).rejects.toThrow(
      'method er: buffer: a task-free stream does not tell which rows are of which task; choose reservoir or balanced',
    );
  });
});

describe('the buffer', () => {
  test('is the one that is named', async () => {
    const memory = 12;
    const kept = async (buffer: string) => {
      const learner = await create({ memory, replayBatch: 4, buffer });
      await drive(learner, eventsOf(stream));
      const { y } = slotsOf(learner);
      return [0, 1, 2, 3].map((output) => y.filter((label) => label === output).length);
    };
    // Four classes of 22 rows: three rows of each, both ways.
    expect(await kept('balanced')).toEqual([3, 3, 3, 3]);
    expect(await kept('ring')).toEqual([3, 3, 3, 3]);
    const sums = await kept('task-balanced');
    expect([sums[0] + sums[1], sums[2] + sums[3]]).toEqual([6, 6]);
    expect(await kept('reservoir')).not.toEqual([3, 3, 3, 3]);
  });

  test('of a size that makes no ring is refused', async () => {
    await expect(
      create({ memory: 7, replayBatch: 4, buffer: 'ring' }, { stream: blobStream('permuted', 'domain') }),
    ).rejects.toThrow('method er: memory: 7 samples are too few for a ring of each class of each task (at least 8)');
  });

  test('is drawn from by class if that is asked for', async () => {
    // 40 rows of task 0 and one of task 1, each class of which is drawn as often as one of task 0.
    const seen = async (draw: string) => {
      const learner = await create({ memory: 60, replayBatch: 1, alpha: 0.5, draw }, { rate: 1e-9 });
      await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1), observe(batchOf(stream, 1, [0]))]);
      const { x, y, task } = slotsOf(learner);
      const own = [...task.keys()].find((slot) => task[slot] === 1)!;
      const parameters = copyParameters(learner);
      const z = forward(network, parameters, x.subarray(16 * own, 16 * (own + 1)));
      const ownLoss = -logSoftmax(z, [0, 1, 2, 3])[y[own]];
      let count = 0;
      for (let update = 0; update < 60; update++) {
        // What is new is of task 0: the rare class stays rare.
        const { loss } = await learner.observe(batchOf(stream, 0, [0]));
        const replayed = 2 * (loss - 0.5 * meanLoss(parameters, batchOf(stream, 0, [0])));
        if (Math.abs(replayed - ownLoss) < 1e-5) count++;
      }
      return count;
    };
    // 60 draws: a third by class, standard deviation 3.7; one in 45 or fewer alike.
    expect(await seen('class')).toBeGreaterThan(8);
    expect(await seen('uniform')).toBeLessThan(8);
  });
});
