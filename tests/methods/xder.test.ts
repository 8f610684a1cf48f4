import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, int32, openEngine, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { createTaskEndBuffer } from '../../methods/shared/buffers/taskEnd.ts';
import { headContrast, largestAmong, meanViolation, transplant } from '../../methods/shared/futureHeads.ts';
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
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

const stream = blobStream('split', 'class', 3);
const { network } = setupFor('x-der', { engine: onnx, stream });

interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly extras: { readonly logits: Float32Array };
}
const slotsOf = (learner: { state(): unknown }): Slots =>
  (copyState(learner.state() as never).buffer as { store: unknown }).store as Slots;
const slot = ({ x }: Slots, i: number): Float32Array => x.subarray(16 * i, 16 * (i + 1));
const logitsIn = ({ extras }: Slots, i: number): Float32Array => extras.logits.subarray(6 * i, 6 * (i + 1));

describe('logits of later outputs are written into stored ones', () => {
  test('as they are where they do not outdo the label’s', () => {
    const stored = Float32Array.of(4, 1, 0, 0);
    transplant(stored, [9, 9, 2, -3], 0, [2, 3], 0.75);
    expect([...stored]).toEqual([4, 1, 2, -3]);
  });

  test('cut down together where the largest does, worked out by hand: 0.75 · 4/8 = 3/8', () => {
    const stored = Float32Array.of(4, 1, 0, 0);
    transplant(stored, [9, 9, 8, -16], 0, [2, 3], 0.75);
    expect([...stored]).toEqual([4, 1, 3, -6]);
  });
});

test('a margin counts the rows that violate it, each once: worked out by hand', async () => {
  const program = await cpu.compile(
    'violation',
    ({ logits, late, own, counted }) => ({
      mean: meanViolation(
        largestAmong(logits as Tensor2D, late as Tensor2D),
        largestAmong(logits as Tensor2D, own as Tensor2D),
        0.5,
        counted as Tensor1D,
      ),
    }),
    { logits: float32(4, 3), late: float32(1, 3), own: float32(4, 3), counted: float32(4) },
  );
  // Output 2 is late. Rows: 2 + ½ − 1 = 1½; 0 + ½ − ¼ = ¼; 0 + ½ − 1 < 0; the last does not count.
  const logits = Float32Array.of(1, 9, 2, 7, 0.25, 0, 1, 0, 0, 0, 0, 99);
  const own = Float32Array.of(1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0);
  const run = (late: Float32Array) => program.run({ logits, late, own, counted: Float32Array.of(1, 1, 1, 0) });
  expect((await run(Float32Array.of(0, 0, 1))).mean[0]).toBeCloseTo((1.5 + 0.25) / 2, 6);
  // With no late outputs nothing is violated.
  expect((await run(new Float32Array(3))).mean[0]).toBe(0);
});

test('the contrast is that of each coming task’s outputs alone, in plain loops of 64-bit floats', async () => {
  const heads = [
    [0, 3],
    [1, 2],
    [4, 5, 6],
  ];
  const rows = 6;
  const program = await cpu.compile(
    'contrast',
    ({ logits, labels, weights, shares }) => ({
      loss: headContrast(logits as Tensor2D, labels as Tensor1D, weights as Tensor1D, heads, shares as Tensor1D, 5),
    }),
    { logits: float32(rows, 7), labels: int32(rows), weights: float32(rows), shares: float32(3) },
  );
  const rng = createRng('contrast');
  const logits = Float32Array.from({ length: rows * 7 }, () => rng.normal());
  const labels = Int32Array.of(0, 1, 0, 1, 1, 0);
  const { loss } = await program.run({
    logits,
    labels,
    weights: new Float32Array(rows).fill(1 / 3),
    shares: Float32Array.of(0, 0.5, 0.5),
  });
  let expected = 0;
  for (const head of heads.slice(1)) {
    const points = Array.from({ length: rows }, (_, i) => {
      const point = head.map((k) => logits[7 * i + k]);
      return point.map((value) => value / Math.hypot(...point));
    });
    const likeness = (i: number, j: number) => points[i].reduce((sum, value, k) => sum + value * points[j][k], 0) / 5;
    for (let i = 0; i < rows; i++) {
      const others = [...points.keys()].filter((j) => j !== i);
      const alike = others.filter((j) => labels[j] === labels[i]);
      const total = others.reduce((sum, j) => sum + Math.exp(likeness(i, j)), 0);
      for (const j of alike) expected -= (0.5 / 3) * ((likeness(i, j) - Math.log(total)) / alike.length);
    }
  }
  expect(loss[0]).toBeCloseTo(expected, 5);
});

test('the memory holds equal shares of the classes, filled when a task ends', () => {
  const buffer = createTaskEndBuffer(11, 16, 6, createRng(1));
  const shares = () =>
    [0, 1, 2, 3, 4, 5].map((label) => buffer.store.y.subarray(0, buffer.size).filter((each) => each === label).length);
  buffer.take(taskOf(stream, 0));
  expect(shares().slice(0, 2).toSorted()).toEqual([5, 6]);
  const kept = buffer.store.id.slice(0, 11).filter((_, i) => buffer.store.y[i] === 0);
  // ⌊11/4⌋ = 2 of each old class; 7 slots for the two new ones.
  const { slots, rows } = buffer.take(taskOf(stream, 1));
  expect(shares().slice(0, 2)).toEqual([2, 2]);
  expect(shares().slice(2, 4).toSorted()).toEqual([3, 4]);
  expect(slots).toEqual([4, 5, 6, 7, 8, 9, 10]);
  slots.forEach((each, i) => expect(buffer.store.id[each]).toBe(stream.tasks[1].train.ids[rows[i]]));
  // Of an old class those stay that came first.
  expect([...buffer.store.id.subarray(0, 4)].filter((_, i) => buffer.store.y[i] === 0)).toEqual(
    Array.from(kept.slice(0, 2)),
  );
  expect(new Set(buffer.store.id).size).toBe(11);
});

test('stored logits are those at the end of the task, with past outputs cut down, and are brought up to date on later ones', async () => {
  const options = { memory: 12, replayBatch: 4, contrastBatch: 4, gamma: 0.6 };
  const learner = await createLearner('x-der', { engine: onnx, stream, options });
  await drive(learner, eventsOfTask(stream, 0, { epochs: 2 }));
  const [ended, first] = [copyParameters(learner), slotsOf(learner)];
  for (let i = 0; i < 12; i++)
    forward(network, ended, slot(first, i)).forEach((z, k) => expect(logitsIn(first, i)[k]).toBeCloseTo(z, 5));

  await drive(learner, eventsOfTask(stream, 1, { epochs: 2 }));
  const [parameters, second] = [copyParameters(learner), slotsOf(learner)];
  let cut = 0;
  for (let i = 0; i < 12; i++) {
    const now = forward(network, parameters, slot(second, i));
    const isOld = second.task[i] === 0;
    // Old rows keep the logits of their own task’s outputs, new ones have all of the present model’s.
    const same = [...first.y.keys()].find((j) => slot(first, j).every((value, k) => value === slot(second, i)[k]));
    const base = isOld ? [...logitsIn(first, same!)] : now;
    const written = isOld ? [2, 3, 4, 5] : [0, 1];
    const truth = base[second.y[i]];
    const largest = Math.max(...written.map((k) => now[k]));
    const factor = largest > truth ? (0.6 * truth) / largest : 1;
    if (factor !== 1) cut++;
    for (let k = 0; k < 6; k++)
      expect(logitsIn(second, i)[k]).toBeCloseTo(written.includes(k) ? factor * now[k] : base[k], 4);
  }
  expect(cut).toBeGreaterThan(0);
});

test('the loss without its contrast, written out in 64-bit floats', async () => {
  // Both draws take the whole buffer.
  const [alpha, beta, eta, margin] = [0.7, 0.4, 0.9, 2];
  const options = { memory: 6, replayBatch: 6, contrastBatch: 4, alpha, beta, eta, margin, lambda: 0 };
  const learner = await createLearner('x-der', { engine: onnx, stream, options, rate: 0.05 });
  await drive(learner, [...eventsOfTask(stream, 0, { epochs: 2 }), begin(stream, 1)]);
  // So that logits are no longer those that were stored.
  await learner.observe(batchOf(stream, 1, [7, 8, 9]));
  const [parameters, slots] = [copyParameters(learner), slotsOf(learner)];
  const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
  const { loss } = await learner.observe(batch);
  const most = (z: readonly number[], among: readonly number[]) => Math.max(...among.map((k) => z[k]));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
  const violations = (values: readonly number[]) => {
    const above = values.filter((value) => value > 0);
    return above.length === 0 ? 0 : mean(above);
  };
  const ofStream = Array.from({ length: 5 }, (_, i) => forward(network, parameters, rowOf(batch, i)));
  const ofBuffer = Array.from({ length: 6 }, (_, i) => forward(network, parameters, slot(slots, i)));
  const learnt = mean(ofStream.map((z, i) => -logSoftmax(z, [2, 3])[batch.y[i]]));
  const matched = mean(ofBuffer.flatMap((z, i) => z.map((value, k) => (value - logitsIn(slots, i)[k]) ** 2)));
  const labels = mean(ofBuffer.map((z, i) => -logSoftmax(z, [0, 1])[slots.y[i]]));
  const early = violations([
    ...ofStream.map((z) => most(z, [4, 5]) + margin - most(z, [2, 3])),
    ...ofBuffer.map((z) => most(z, [4, 5]) + margin - most(z, [0, 1])),
  ]);
  const odds = ofStream.map((z) => logSoftmax(z, [0, 1, 2, 3]).map(Math.exp));
  const late = violations(odds.map((p) => most(p, [0, 1]) + margin - most(p, [2, 3])));
  for (const term of [learnt, matched, labels, early, late]) expect(term).toBeGreaterThan(0.001);
  expect(loss).toBeCloseTo(learnt + alpha * matched + beta * labels + eta * (early + late), 4);
});

test('holds its buffer: inputs, label, task, sample id and logits of each slot, and how often it came up', async () => {
  const learner = await createLearner('x-der', { engine: onnx, stream, options: { memory: 30 } });
  expect(learner.cost().extraBytes).toBe(30 * (16 + 3 + 6 + 1) * 4);
});
