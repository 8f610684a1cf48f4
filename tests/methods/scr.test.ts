import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  augmentation,
  randomColor,
  randomFlip,
  randomResizedCrop,
  type Augmentation,
  type ImageFormat,
} from '../../benchmarks/index.ts';
import { adam, float32, mlp, openEngine, type Arrays, type Network, type Tensor2D } from '../../engine/index.ts';
import type { Batch, Learner } from '../../methods/index.ts';
import { scr } from '../../methods/scr.ts';
import { contrastiveView } from '../../methods/shared/contrastiveView.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  end,
  eventsOf,
  eventsOfTask,
  forward,
  observe,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const rate = 0.2;

/** A view that is known: the negative of the image, shifted. */
const negate: Augmentation = (rows, count, _rng, out) => {
  for (let i = 0; i < 16 * count; i++) out[i] = 0.8 - rows[i];
};

const setup = (options: Record<string, unknown>, more: Partial<Parameters<typeof setupFor>[1]> = {}) => {
  const made = setupFor('scr', { engine: onnx, stream, rate, options: { memory: 20, replayBatch: 20, projection: 3, ...options }, ...more }); // prettier-ignore
  return { ...made, training: { ...made.training, augmentation: negate } };
};
const create = (options: Record<string, unknown> = {}, more = {}) => scr.create(setup(options, more));
const { network } = setup({});

interface Buffer {
  readonly store: { x: Float32Array; y: Int32Array; id: Int32Array };
  readonly seen: number;
}
const bufferOf = (learner: Learner): Buffer => copyState(learner.state()).buffer as unknown as Buffer;
/** All that is trained, the projection head included. */
const trainedBy = (learner: Learner): Arrays =>
  (copyState(learner.state()).trainer as unknown as { parameters: Arrays }).parameters;

const unit = (v: readonly number[]): number[] => v.map((value) => value / Math.max(Math.hypot(...v), 1e-6));
const body: Network = { ...network, layers: network.layers.slice(0, -1) };
const hidden = (parameters: Record<string, ArrayLike<number>>, x: ArrayLike<number>) =>
  forward(body, parameters, x).map((z) => Math.max(0, z));
const projection = mlp({ inputs: 16, hidden: [16], outputs: 3 });
function project(parameters: Record<string, ArrayLike<number>>, x: ArrayLike<number>): number[] {
  const head = Object.fromEntries(
    Object.keys(projection.parameters).map((name) => [name, parameters[`projection/${name}`]]),
  );
  return unit(forward(projection, head, hidden(parameters, x)));
}

interface Row {
  readonly x: ArrayLike<number>;
  readonly y: number;
}
/** Mean over all images and their views of −1/|P| Σ log(exp(z·z_p/τ) / Σ exp(z·z_a/τ)), in plain loops. */
function contrast(parameters: Record<string, ArrayLike<number>>, rows: readonly Row[], tau: number): number {
  const both = [...rows, ...rows.map(({ x, y }) => ({ x: Array.from(x, (value) => 0.8 - value), y }))];
  const z = both.map(({ x }) => project(parameters, x));
  const exp = (i: number, j: number) => Math.exp(z[i].reduce((sum, value, k) => sum + value * z[j][k], 0) / tau);
  let loss = 0;
  for (const i of z.keys()) {
    const others = [...z.keys()].filter((a) => a !== i);
    const positives = others.filter((p) => both[p].y === both[i].y);
    const all = others.reduce((sum, a) => sum + exp(i, a), 0);
    for (const p of positives) loss -= Math.log(exp(i, p) / all) / positives.length / z.length;
  }
  return loss;
}
const rowsOf = (batch: Batch): Row[] =>
  Array.from({ length: batch.size }, (_, i) => ({ x: rowOf(batch, i), y: batch.y[i] }));
const held = ({ store, seen }: Buffer): Row[] =>
  Array.from({ length: Math.min(seen, 20) }, (_, slot) => ({
    x: store.x.subarray(16 * slot, 16 * slot + 16),
    y: store.y[slot],
  }));

describe('an update', () => {
  test('contrasts stream and replayed images and one view of each; without a buffer, the stream’s alone', async () => {
    const learner = await create({ temperature: 0.3 });
    const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3, 4]), batchOf(stream, 1, [0, 1, 2])];
    const before = trainedBy(learner);
    const [alone] = await drive(learner, [begin(stream, 0), observe(first)]);
    expect(alone.loss).toBeCloseTo(contrast(before, rowsOf(first), 0.3), 5);
    const between = trainedBy(learner);
    const [both] = await drive(learner, [begin(stream, 1), observe(second)]);
    expect(both.loss).toBeCloseTo(contrast(between, [...rowsOf(second), ...rowsOf(first)], 0.3), 5);
  });

  test('moves encoder and projection against the gradient, and leaves the output layer as it was drawn', async () => {
    const learner = await create({ temperature: 0.3 });
    const batch = batchOf(stream, 0, [0, 1, 2, 3, 4]);
    const before = trainedBy(learner);
    await drive(learner, [begin(stream, 0), observe(batch)]);
    const after = trainedBy(learner);
    expect(after['output/weight']).toEqual(before['output/weight']);
    expectStep(before, after, rowsOf(batch), rate);
  });

  test('stores images as the stream gave them', async () => {
    const learner = await create();
    const batch = batchOf(stream, 0, [0, 1, 2, 3]);
    await drive(learner, [begin(stream, 0), observe(batch)]);
    const { store } = bufferOf(learner);
    expect(store.x.subarray(0, 64)).toEqual(batch.x.subarray(0, 64));
    expect([...store.id.subarray(0, 4)]).toEqual([...batch.ids.subarray(0, 4)]);
  });

  test('with another optimiser, too, the output layer stays', async () => {
    const learner = await create({}, { optimizer: adam(), rate: 0.01 });
    const before = trainedBy(learner);
    await drive(learner, eventsOf(stream));
    const after = trainedBy(learner);
    for (const [name, values] of Object.entries(after)) {
      const same = values.every((value, i) => value === before[name][i]);
      expect(same, name).toBe(name.startsWith('output/'));
    }
  });
});

/** Some numbers of every array moved by −rate times the derivative of the contrast at τ = 0.3, by central differences. */
function expectStep(before: Arrays, after: Arrays, rows: readonly Row[], by: number): void {
  const h = 1e-4;
  for (const [name, values] of Object.entries(before))
    for (const i of [0, 1, Math.floor(values.length / 2), values.length - 1]) {
      const at = (move: number) =>
        contrast({ ...before, [name]: Array.from(values, (value, k) => value + (k === i ? move : 0)) }, rows, 0.3);
      const slope = (at(h) - at(-h)) / (2 * h);
      expect(Math.abs(after[name][i] - values[i] + by * slope), `${name} ${i}`).toBeLessThan(2e-5);
    }
}

describe('the review at the end of a task', () => {
  test('is a step on the whole buffer with a tenth of the gradient', async () => {
    const learner = await create({ temperature: 0.3 });
    await drive(learner, eventsOfTask(stream, 0).slice(0, -1));
    const before = trainedBy(learner);
    const rows = held(bufferOf(learner));
    expect(rows).toHaveLength(20);
    await drive(learner, [end(stream, 0)]);
    const after = trainedBy(learner);
    expect(after['hidden1/weight']).not.toEqual(before['hidden1/weight']);
    expectStep(before, after, rows, rate / 10);
  });

  test('takes every row once, in batches, and its operations are counted; without it the end of a task changes nothing', async () => {
    const [learner, without] = await Promise.all([
      create({ replayBatch: 8 }),
      create({ replayBatch: 8, review: false }),
    ]);
    const events = eventsOfTask(stream, 0).slice(0, -1);
    const one = (await drive(learner, events.slice(0, 2)), learner.cost().flops!);
    await drive(learner, events.slice(2));
    const start = learner.cost().flops!;
    await drive(learner, [end(stream, 0)]);
    expect(learner.cost().flops! - start).toBe(3 * one); // 8, 8 and 4 rows of 20
    await drive(without, events);
    const before = copyState(without.state());
    await drive(without, [end(stream, 0)]);
    expect(copyState(without.state())).toEqual(before);
  });
});

test('prediction is by the nearest mean of all buffered rows of a class, by the features before the projection', async () => {
  const learner = await create({}, { rate: 0.05 });
  await drive(learner, eventsOf(stream).slice(0, -1));
  const { model } = learner;
  await model.prepare!();
  const program = await onnx.compile(
    'predict',
    (all) => ({ logits: model.logits(all.parameters, all.x as Tensor2D) }),
    {
      parameters: model.specs,
      x: float32(8, 16),
    },
  );
  const batch = batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]);
  const { logits } = await program.run({ parameters: model.parameters(), x: batch.x });
  const parameters = copyParameters(learner);
  const see = (x: ArrayLike<number>) => unit(hidden(parameters, x));
  const rows = held(bufferOf(learner));
  for (const i of batch.y.keys())
    for (const label of [0, 1, 2, 3]) {
      const mine = rows.filter(({ y }) => y === label).map(({ x }) => see(x));
      expect(mine.length).toBeGreaterThan(0);
      const mean = unit(mine[0].map((_, k) => mine.reduce((sum, row) => sum + row[k], 0)));
      const distance = see(rowOf(batch, i)).reduce((sum, value, k) => sum + (value - mean[k]) ** 2, 0);
      expect(logits[4 * i + label]).toBeCloseTo(-distance, 5);
    }
});

describe('views', () => {
  const draw = (change: Augmentation, images: Float32Array, count: number) => {
    const out = new Float32Array(images.length);
    change(images, count, createRng('views'), out);
    return out;
  };
  const imagesOf = (length: number) => {
    const rng = createRng('images');
    return Float32Array.from({ length }, () => rng.uniform());
  };

  test('of grey images are crops and nothing else', () => {
    const format: ImageFormat = { shape: [6, 6, 1] };
    const images = imagesOf(20 * 36);
    const crops = augmentation([randomResizedCrop(format, { scale: [0.3, 1] })], format);
    expect(draw(contrastiveView(format, 0.3), images, 20)).toEqual(draw(crops, images, 20));
  });

  test('of colour images are crops, mirrored half of the time, with other colours, a fifth of them grey', () => {
    const format: ImageFormat = { shape: [6, 6, 3], normalization: { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] } };
    const images = imagesOf(20 * 108);
    const all = augmentation([randomResizedCrop(format), randomFlip(format), randomColor(format)], format);
    expect(draw(contrastiveView(format, 0.2), images, 20)).toEqual(draw(all, images, 20));
  });

  test('unless the run names an augmentation they are the method’s own', async () => {
    const options = { memory: 20, replayBatch: 20, projection: 3 };
    const [own, given] = [await createLearner('scr', { engine: onnx, stream, rate, options }), await create()];
    const events = [begin(stream, 0), observe(batchOf(stream, 0, [0, 1, 2, 3, 4]))];
    const [[ownStats], [givenStats]] = [await drive(own, events), await drive(given, events)];
    expect(Math.abs(ownStats.loss - givenStats.loss)).toBeGreaterThan(1e-3);
  });
});

test.each([
  ['no hidden layer', { hidden: [] }],
  ['a cosine head', { network: mlp({ inputs: 16, hidden: [16], outputs: 4, head: 'cosine' }) }],
  ['dropout', { network: mlp({ inputs: 16, hidden: [16], outputs: 4, dropout: 0.3 }) }],
])('runs on a network with %s', async (_, more) => {
  const learner = await createLearner('scr', {
    engine: onnx,
    stream,
    options: { memory: 20, replayBatch: 4 },
    ...more,
  });
  for (const { loss } of await drive(learner, eventsOf(stream))) expect(loss).toSatisfy(Number.isFinite);
});

test('refuses rows of a table, and a buffer with too little room', () => {
  const facts = { scenario: 'class', images: true, outputCount: 4, taskCount: 2, outputsPerTask: 2, batch: 8 } as const;
  const check =
    (options: Record<string, unknown>, images = true) =>
    () =>
      scr.check(scr.parseOptions(options), { ...facts, images });
  expect(check({}, false)).toThrow('method scr needs images to make views of');
  expect(check({ memory: 3, replayBatch: 2 })).toThrow(
    'memory: 3 samples are too few for one of each class (at least 4)',
  );
  expect(check({ memory: 50 })).toThrow('replayBatch: 100 rows cannot be drawn from a memory of 50 samples');
  expect(check({})).not.toThrow();
});

test('it holds its buffer and the class means', async () => {
  const learner = await create();
  expect(learner.cost().extraBytes).toBe(4 * (20 * (16 + 3) + 4 * 16 + 4));
});
