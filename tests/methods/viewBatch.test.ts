import { afterAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../engine/index.ts';
import { findMethod, methods, type Batch, type Learner } from '../../methods/index.ts';
import { createRng } from '../../base/index.ts';
import { createAugmentation } from '../../benchmarks/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
  copyParameters,
  drive,
  end,
  eventsOf,
  forward,
  logSoftmax,
  observe,
  setupFor,
  streamFor,
} from './fixtures.ts';
import { brisk } from '../conformance/brisk.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
/** The method around a base and the base by itself, with one generator. */
async function pair(base: string, views: number, weight: number): Promise<[Learner, Learner]> {
  const here = streamFor(base);
  const around = setupFor('view-batch', {
    engine: onnx,
    stream: here,
    options: { base, baseOptions: brisk[base], views, weight },
  });
  const plain = setupFor(base, { engine: onnx, stream: here, options: brisk[base] });
  return [
    await findMethod('view-batch').create({ ...around, rng: plain.rng }),
    await findMethod(base).create(setupFor(base, { engine: onnx, stream: here, options: brisk[base] })),
  ];
}

/** Two views of each sample of a batch. */
const twice = (task: number, rows: number[], of = stream): Batch =>
  batchOf(
    of,
    task,
    rows.flatMap((row) => [row, row]),
  );

describe.each(methods.map(({ name }) => name).filter((name) => name !== 'view-batch'))('around %s', (base) => {
  const here = streamFor(base);
  test('one view and no weight are the base itself, to the bit', async () => {
    const [around, plain] = await pair(base, 1, 0);
    const events = eventsOf(here);
    const stats = await drive(around, events);
    expect(stats).toEqual((await drive(plain, events)).map((each) => ({ ...each, consistency: 0 })));
    expect(bytesOfState(around.state())).toBe(bytesOfState(plain.state()));
    expect(around.cost()).toEqual(plain.cost());
  });

  if (findMethod(base).takesViews === false) {
    test('several views are refused: they are nothing to learn from', async () => {
      await expect(pair(base, 2, 1)).rejects.toThrow(
        `method view-batch: base: ${base} does not learn from several views of a sample in a batch; choose another base, such as er`,
      );
    });
    return;
  }

  test('two views of each sample have a divergence, in the first task and in the second', async () => {
    const [around] = await pair(base, 2, 1);
    for (const task of [0, 1]) {
      const batches = [0, 4, 8, 12].map((row) => observe(twice(task, [row, row + 1, row + 2, row + 3], here)));
      const stats = await drive(around, [begin(here, task), ...batches, end(here, task)]);
      for (const { loss, consistency } of stats) {
        expect(consistency).toBeGreaterThanOrEqual(0);
        expect(loss).toSatisfy(Number.isFinite);
      }
      expect(Math.max(...stats.map(({ consistency }) => consistency))).toBeGreaterThan(1e-6);
    }
  });
});

test('around er, the loss is the written-out sum over stream and memory, later views by AutoAugment', async () => {
  const setup = setupFor('view-batch', {
    engine: onnx,
    stream,
    // Whose changes are large.
    seed: 3,
    options: { base: 'er', baseOptions: { memory: 4, replayBatch: 4 }, views: 2, weight: 20 },
  });
  const learner = await findMethod('view-batch').create(setup);
  // Two samples of one class side by side, and one of another.
  const [old, now] = [twice(0, [0, 1]), twice(1, [0, 4, 1])];
  expect(now.y[0]).toBe(now.y[2]);
  await drive(learner, [begin(stream, 0), observe(old), begin(stream, 1)]);
  const parameters = copyParameters(learner);
  const state = learner.state() as unknown as {
    trainer: { augment: number[] };
    buffer: { store: { x: Float32Array; y: Int32Array }; seen: number };
    rng: number[];
  };
  // What is in memory, and what the generators will draw.
  expect(state.buffer.seen).toBe(2);
  const drawing = createRng(0);
  drawing.restore([...state.rng]);
  const slots = drawing.sample(2, 2);
  const rows = new Float32Array(10 * 16);
  rows.set(now.x.subarray(0, 6 * 16));
  const labels = [...now.y.subarray(0, 6)];
  slots.forEach((slot, i) => {
    for (const view of [0, 1])
      rows.set(state.buffer.store.x.subarray(slot * 16, (slot + 1) * 16), (6 + 2 * i + view) * 16);
    labels.push(state.buffer.store.y[slot], state.buffer.store.y[slot]);
  });
  const augmenting = createRng(0);
  augmenting.restore([...state.trainer.augment]);
  const auto = createAugmentation(['auto'], setup.stream.image!);
  const logits = labels.map((_, i) => {
    const row = rows.slice(i * 16, (i + 1) * 16);
    if (i % 2 === 1) auto(row, 1, augmenting, row);
    return logSoftmax(forward(setup.network, parameters, row), [0, 1, 2, 3]);
  });
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const learning = mean(labels.map((label, i) => -logits[i][label]));
  const consistency = mean(
    logits.flatMap((q, i) =>
      i % 2 === 1 ? [logits[i - 1].reduce((sum, p, k) => sum + Math.exp(p) * (p - q[k]), 0)] : [],
    ),
  );
  const [stats] = await drive(learner, [observe(now)]);
  expect(consistency).toBeGreaterThan(0.001);
  expect(stats.consistency).toBeCloseTo(consistency, 5);
  expect(stats.loss).toBeCloseTo(learning + 20 * consistency, 5);
});

describe('refuses', () => {
  const method = findMethod('view-batch');
  const facts = { scenario: 'class', images: true, outputCount: 4, taskCount: 2, outputsPerTask: 2, batch: 8 } as const;

  test.each<[Record<string, unknown>, string]>([
    [
      { base: 'view-batch' },
      'method view-batch: base: view-batch cannot be trained by itself; name another method, such as er',
    ],
    [{ base: 'err' }, 'unknown method: err'],
    [{ baseOptions: { memry: 5 } }, 'method er: unknown option: memry'],
    [{ views: 0 }, 'views'],
  ])('%j where options are read', (given, message) => {
    expect(() => method.parseOptions(given)).toThrow(message);
  });

  test('what the base refuses, batches of no whole samples, and tables', () => {
    const parsed = (more: Record<string, unknown> = {}) => method.parseOptions(more);
    expect(() => method.check(parsed({ baseOptions: { memory: 2 } }), facts)).toThrow('method er: memory: 2 samples');
    expect(() => method.check(parsed({ base: 'lwf' }), { ...facts, scenario: 'task-free' })).toThrow(
      'method lwf does not run',
    );
    expect(() => method.check(parsed(), { ...facts, batch: 10 })).toThrow(
      'method view-batch: views: a batch of 10 rows does not hold 4 views of each of its samples; choose a batch of 8 or 12, or other views',
    );
    expect(() => method.check(parsed(), { ...facts, batch: 3 })).toThrow('choose a batch of 4, or other views');
    expect(() => method.check(parsed(), { ...facts, images: false })).toThrow(
      'method view-batch: its views are augmented images, and the inputs of this stream are rows of a table; choose a stream of images, or er by itself',
    );
    expect(() => method.check(parsed(), facts)).not.toThrow();
  });
});

test('options of the base are filled in, and filled-in options resolve to themselves', () => {
  const method = findMethod('view-batch');
  const parsed = method.parseOptions({ base: 'a-gem', baseOptions: { memory: 50 } });
  expect(parsed).toEqual({ base: 'a-gem', baseOptions: { memory: 50, referenceBatch: 256 }, views: 4, weight: 1 });
  expect(method.parseOptions(parsed)).toEqual(parsed);
  expect(method.views(parsed)).toBe(4);
  expect(findMethod('er').views({})).toBe(1);
});
