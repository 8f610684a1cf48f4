import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, openEngine, smallCnn, type Arrays, type Tensor2D, type Network } from '../../engine/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import { allocateRows, asRows, createTrainer, putBatch, rowSpecs } from '../../methods/index.ts';
import { createStore } from '../../methods/shared/buffers/store.ts';
import { createNearestMean } from '../../methods/shared/nearestMean.ts';
import { createUnitFeaturePass } from '../../methods/shared/unitFeatures.ts';
import { batchOf, blobStream, forward, rowOf, setupFor, type LearnerConditions } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const inputSize = 16;

/** Rows of both tasks in the slots of a store of 12: five and four of the classes of the first, two of one class of the second. */
function held() {
  const store = createStore(12, inputSize);
  const put = (slot: number, task: number, row: number) => {
    const { labels, ids } = stream.tasks[task].train;
    const batch = batchOf(stream, task, [row]);
    store.put(slot, rowOf(batch, 0), { y: labels[row], task, id: ids[row] });
  };
  for (let slot = 0; slot < 9; slot++) put(slot, 0, slot);
  const second = [...stream.tasks[1].train.labels].map((label, row) => ({ label, row }));
  const only = second.filter(({ label }) => label === 3).slice(0, 2);
  only.forEach(({ row }, i) => put(9 + i, 1, row));
  return store;
}

async function build(conditions: Partial<LearnerConditions> = {}, flip = false) {
  const setup = setupFor('finetune', { engine: onnx, stream, ...conditions });
  const trainer = createTrainer(setup);
  const store = held();
  const slots = { current: Array.from({ length: 11 }, (_, slot) => slot) };
  const means = await createNearestMean(setup, trainer, { store, slots: () => slots.current }, { flip });
  const program = await onnx.compile(
    'logits',
    (all) => ({ logits: means.model.logits(all.parameters, all.x as Tensor2D) }),
    { parameters: means.model.specs, x: float32(8, inputSize) },
  );
  const logits = async (x: Float32Array): Promise<number[][]> => {
    await means.model.prepare!();
    const result = await program.run({ parameters: means.model.parameters(), x });
    return Array.from({ length: 8 }, (_, i) => [...result.logits.subarray(i * 4, (i + 1) * 4)]);
  };
  const step = await trainer.compileLoss('step', { rows: rowSpecs(8, inputSize) }, (parameters, { rows }) => ({
    loss: trainer.classifier.loss(parameters, asRows(rows)),
  }));
  const rows = allocateRows(8, inputSize);
  const train = async (task: number, from: number) => {
    putBatch(rows, batchOf(stream, task, [0, 1, 2, 3, 4, 5, 6, 7].map((i) => from + i)), 0, 1 / 8); // prettier-ignore
    await step({ rows });
    means.changed();
  };
  return { setup, trainer, store, slots, means, logits, train };
}

const unit = (v: readonly number[]): number[] => v.map((value) => value / Math.max(Math.hypot(...v), 1e-6));

/** Features of the perceptron as unit vectors, in 64-bit floats. */
function features(network: Network, parameters: Arrays, row: ArrayLike<number>): number[] {
  const body = { ...network, layers: network.layers.slice(0, -1) };
  return unit(forward(body, parameters, row).map((z) => Math.max(0, z)));
}

/** Each row of a 4 × 4 image from right to left. */
const mirrored = (row: ArrayLike<number>): number[] =>
  Array.from({ length: inputSize }, (_, i) => row[4 * Math.floor(i / 4) + 3 - (i % 4)]);

function expectedLogits(
  { setup, trainer, store, slots }: Awaited<ReturnType<typeof build>>,
  x: ArrayLike<number>,
  flip = false,
) {
  const see = (row: ArrayLike<number>) => features(setup.network, trainer.model.parameters(), row);
  const phi = see(x);
  return [0, 1, 2, 3].map((label) => {
    const mine = slots.current.filter((slot) => store.y[slot] === label);
    if (mine.length === 0) return -1e4;
    const sum = phi.map(() => 0);
    for (const slot of mine) {
      const row = store.x.subarray(slot * inputSize, (slot + 1) * inputSize);
      for (const each of flip ? [see(row), see(mirrored(row))] : [see(row)])
        each.forEach((value, i) => (sum[i] += value));
    }
    return -unit(sum).reduce((total, value, i) => total + (phi[i] - value) ** 2, 0);
  });
}

describe.each([false, true])('with mirrored copies: %s', (flip) => {
  test('logits are minus the squared distances to the means, as plain loops have them; a class without rows cannot win', async () => {
    const built = await build({}, flip);
    await built.train(0, 0);
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]);
    const found = await built.logits(batch.x);
    found.forEach((row, i) => {
      expectedLogits(built, rowOf(batch, i), flip).forEach((value, k) => expect(row[k]).toBeCloseTo(value, 5));
      expect(row[2]).toBe(-1e4);
    });
  });
});

test('means follow the parameters and the rows, and are left alone where nothing changed', async () => {
  const built = await build();
  const batch = batchOf(stream, 0, [10, 11, 12, 13, 14, 15, 16, 17]);
  const check = async () => {
    const found = await built.logits(batch.x);
    expectedLogits(built, rowOf(batch, 0)).forEach((value, k) => expect(found[0][k]).toBeCloseTo(value, 5));
    return found[0];
  };
  const first = await check();
  await built.train(0, 8);
  expect(await check()).not.toEqual(first);
  built.slots.current = [0, 1, 10];
  built.means.changed();
  await check();
  // Not told of a change, it does not look: the means of the three rows stay.
  built.slots.current = [4, 5, 6];
  const { means } = built;
  const before = structuredClone(means.model.parameters());
  await means.model.prepare!();
  expect(means.model.parameters()).toEqual(before);
});

test('without any rows no class is known', async () => {
  const built = await build();
  built.slots.current = [];
  const found = await built.logits(new Float32Array(8 * inputSize));
  expect(found.flat()).toEqual(Array.from({ length: 32 }, () => -1e4));
});

test('batch norm takes its running statistics: the only row of a class lies at its mean, whatever it is computed with', async () => {
  const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
  const built = await build({ network, rate: 0.05 });
  for (const from of [0, 8, 16]) await built.train(0, from);
  built.slots.current = [0, 1];
  expect(built.store.y[0]).not.toBe(built.store.y[1]);
  built.means.changed();
  const x = new Float32Array(8 * inputSize);
  x.set(built.store.x.subarray(0, 2 * inputSize));
  for (let i = 2; i < 8; i++) x.fill(i, i * inputSize, (i + 1) * inputSize);
  const found = await built.logits(x);
  expect(found[0][built.store.y[0]]).toBeCloseTo(0, 5);
  expect(found[1][built.store.y[1]]).toBeCloseTo(0, 5);
  expect(found[0][built.store.y[1]]).toBeLessThan(-1e-3);
});

test('an evaluation that follows the first layer is that of brute force', async () => {
  const built = await build({ hidden: [96] });
  const options = (mode: 'auto' | 'full') => ({ mode, largestRank: Infinity });
  const [followed, full] = await Promise.all(
    (['auto', 'full'] as const).map((mode) =>
      createEvaluator(onnx, built.means.model, stream, 1000, createRng(1), options(mode)),
    ),
  );
  for (let i = 0; i < 6; i++) {
    await built.train(0, i);
    const [one, other] = [await followed.evaluate(2), await full.evaluate(2)];
    expect(one.map(({ accuracy }) => accuracy)).toEqual(other.map(({ accuracy }) => accuracy));
    // Held are the classes 0, 1 and 3: half of the second task's rows cannot be right.
    expect(one[1].accuracy).toBeLessThanOrEqual(0.5);
    one.forEach(({ loss }, task) => expect(Math.abs(loss / other[task].loss - 1)).toBeLessThan(1e-5));
  }
  expect(followed.usage.incremental).toBeGreaterThan(3);
});

test('in the task scenario a class without a mean still loses to no class of another task', async () => {
  const here = blobStream('split', 'task');
  const built = await build({ stream: here });
  built.slots.current = [0, 1, 2, 3];
  built.means.changed();
  const evaluator = await createEvaluator(onnx, built.means.model, here, 1000, createRng(1));
  // Of the second task nothing is held: its two classes are equal, the first of them takes all.
  const [, second] = await evaluator.evaluate(2);
  expect(second.accuracy).toBe(0.5);
  expect(second.loss).toBeCloseTo(Math.log(2), 5);
});

test('the pass for features gives unit vectors in the order asked for, and the operations of its chunks', async () => {
  const { setup, trainer } = await build();
  const { train } = stream.tasks[0];
  // Chunks of 75 rows: two for 88.
  const pass = await createUnitFeaturePass(setup, trainer, { rows: 150 });
  const once = await pass([0], (rows, out) => train.read(rows, out));
  const all = Array.from({ length: train.length }, (_, row) => train.length - 1 - row);
  const { features: found, flops } = await pass([...all, ...all], (rows, out) => train.read(rows, out));
  expect(flops).toBe(2 * once.flops!);
  const batch = batchOf(stream, 0, all, train.length);
  for (const i of [0, 1, 20, 43, 44, 87]) {
    const expected = features(setup.network, trainer.model.parameters(), rowOf(batch, i % 44));
    expected.forEach((value, k) => expect(found[i * 16 + k]).toBeCloseTo(value, 5));
  }
});
