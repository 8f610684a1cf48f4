import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { float32, lossGradients, openEngine, type Arrays, type Engine } from '../../engine/index.ts';
import { projectOffConflict } from '../../methods/agem.ts';
import { createClassifier, rowSpecs, asRows, allocateRows, putBatch } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOfTask,
  observe,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** The projection of a 4-vector, held as two tensors so that the inner product must run over both. */
const program = await onnx.compile('projection', ({ g, h }) => projectOffConflict(g, h), {
  g: { a: float32(3), b: float32(1) },
  h: { a: float32(3), b: float32(1) },
});
async function project(g: number[], h: number[]): Promise<number[]> {
  const group = (v: number[]) => ({ a: Float32Array.from(v.slice(0, 3)), b: Float32Array.from(v.slice(3)) });
  const { gradients } = await program.run({ g: group(g), h: group(h) });
  return [...gradients.a, ...gradients.b];
}
const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);

describe('the projection', () => {
  test.each([
    // g·h = −2, h·h = 4: g + h/2.
    { g: [1, 0, -1, 0], h: [0, 0, 2, 0], expected: [1, 0, 0, 0] },
    // g·h = −3, h·h = 4: g + 0.75 h.
    { g: [1, -2, 0, -2], h: [1, 1, 1, 1], expected: [1.75, -1.25, 0.75, -1.25] },
    // g = −h is removed whole.
    { g: [1, 2, 3, 4], h: [-1, -2, -3, -4], expected: [0, 0, 0, 0] },
  ])('of $g off $h is $expected (closed form by hand)', async ({ g, h, expected }) => {
    (await project(g, h)).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  });

  test.each([
    { g: [1, 2, 3, 4], h: [1, 0, 0, 0] },
    { g: [1, 2, 3, 4], h: [2, -1, 0, 0] }, // orthogonal
    { g: [1, 2, 3, 4], h: [0, 0, 0, 0] }, // no reference gradient
    { g: [0, 0, 0, 0], h: [1, 0, 0, 0] },
  ])('leaves $g as it is beside $h: they do not conflict', async ({ g, h }) => {
    expect(await project(g, h)).toEqual(g);
  });

  test('solves min ½‖x − g‖² subject to h·x ≥ 0: the Karush–Kuhn–Tucker conditions hold, and no feasible point is nearer', async () => {
    const vector = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(vector, vector, vector, async (g, h, other) => {
        fc.pre(inner(h, h) > 0);
        const x = await project(g, h);
        const scale = Math.sqrt(inner(h, h)) * (1 + Math.sqrt(inner(g, g)));
        // Primal feasibility.
        expect(inner(x, h)).toBeGreaterThan(-1e-5 * scale);
        // Stationarity with one multiplier v ≥ 0, complementary slackness.
        const step = x.map((value, i) => value - g[i]);
        const v = inner(step, h) / inner(h, h);
        expect(v).toBeGreaterThanOrEqual(0);
        step.forEach((value, i) => expect(Math.abs(value - v * h[i])).toBeLessThan(1e-5 * scale));
        expect(Math.abs(v * inner(x, h))).toBeLessThan(1e-4 * scale);
        // A feasible point: its mirror image across the plane if it is not one.
        const feasible = inner(other, h) >= 0 ? other : other.map((value) => -value);
        const distance = (y: number[]) => y.reduce((sum, value, i) => sum + (value - g[i]) ** 2, 0);
        expect(distance(x)).toBeLessThan(distance(feasible) + 1e-3 * scale);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

/** Gradient of the mean cross-entropy on some rows of a task, compiled apart from the method. */
async function gradientOn(engine: Engine, parameters: Arrays, batches: readonly ReturnType<typeof batchOf>[]) {
  const stream = blobStream('split', 'class');
  const setup = setupFor('finetune', { engine, stream });
  const classifier = createClassifier(setup.network, setup.stream);
  const count = batches.reduce((sum, { size }) => sum + size, 0);
  const rows = allocateRows(count, 16);
  let start = 0;
  for (const batch of batches) {
    putBatch(
      rows,
      {
        ...batch,
        x: batch.x.slice(0, 16 * batch.size),
        y: batch.y.slice(0, batch.size),
        ids: batch.ids.slice(0, batch.size),
      },
      start,
      1 / count,
    );
    start += batch.size;
  }
  const gradient = await engine.compile(
    'gradient',
    (inputs) => lossGradients((p) => ({ loss: classifier.loss(p, asRows(inputs.rows)) }), inputs.parameters).gradients,
    { parameters: setup.network.parameters, rows: rowSpecs(count, 16) },
  );
  return gradient.run({ parameters, rows });
}

test('an update in a later task steps along the projected gradient of its batch, the reference being all that is stored', async () => {
  const stream = blobStream('split', 'class');
  // 4 rings of 3 rows; a reference batch that takes all 6 old ones.
  const options = { memory: 12, referenceBatch: 6 };
  const learner = await createLearner('a-gem', { engine: onnx, stream, options, rate: 0.5 });
  const { length, labels } = stream.tasks[0].train;
  const order = Int32Array.from({ length }, (_, i) => i);
  const first = [0, 8, 16, 24, 32, 40].map((start) => batchOf(stream, 0, order.slice(start, start + 8)));
  await drive(learner, [begin(stream, 0), ...first.map(observe)]);
  await drive(learner, [begin(stream, 1)]);
  const before = copyParameters(learner);
  const batch = batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]);
  const stats = await learner.observe(batch);
  const after = learner.model.parameters();

  const lastOf = (output: number) => [...order].filter((row) => labels[row] === output).slice(-3);
  const old = batchOf(stream, 0, [...lastOf(0), ...lastOf(1)]);
  const flat = (arrays: Arrays) => Object.keys(before).flatMap((name) => [...arrays[name]]);
  const g = flat(await gradientOn(onnx, before, [batch]));
  const h = flat(await gradientOn(onnx, before, [old]));
  expect(inner(g, h)).toBeLessThan(-0.01); // a new task pulls the old outputs down
  expect(stats.projected).toBe(1);
  const projected = g.map((value, i) => value - (inner(g, h) / inner(h, h)) * h[i]);
  expect(Math.abs(inner(projected, h))).toBeLessThan(1e-12);
  const [start, end] = [flat(before), flat(after)];
  projected.forEach((value, i) => expect(Math.abs(start[i] - end[i] - 0.5 * value)).toBeLessThan(1e-6));
});

test('in the first task nothing is projected, later only where the gradients conflict', async () => {
  const stream = blobStream('split', 'class');
  const learner = await createLearner('a-gem', { engine: onnx, stream, options: { memory: 40 } });
  const first = await drive(learner, eventsOfTask(stream, 0, { epochs: 4 }));
  expect(first.map(({ projected }) => projected)).toEqual(first.map(() => 0));
  const second = await drive(learner, eventsOfTask(stream, 1));
  expect(second[0].projected).toBe(1);
});

test('a memory too small for one row of each class of each task is refused', async () => {
  const stream = blobStream('permuted', 'domain');
  await expect(createLearner('a-gem', { engine: onnx, stream, options: { memory: 7 } })).rejects.toThrow(
    'method a-gem: memory: 7 samples are too few for one of each class of each task (at least 8)',
  );
});

test('its memory is divided evenly over the classes of all tasks, what is left over staying unused', async () => {
  const learner = await createLearner('a-gem', {
    engine: onnx,
    stream: blobStream('split', 'class'),
    options: { memory: 11 },
  });
  // 4 rings of ⌊11/4⌋ = 2 rows of 16 inputs, a label, a task and a sample id.
  expect(learner.cost().extraBytes).toBe(4 * 2 * 19 * 4);
});
