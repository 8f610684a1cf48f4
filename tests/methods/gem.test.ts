import { afterAll, describe, expect, test } from 'vitest';
import { lossGradients, openEngine, smallCnn, type Arrays } from '../../engine/index.ts';
import { allocateRows, asRows, createClassifier, putBatch, rowSpecs, type Batch } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  largestDifference,
  observe,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class', 3);
const everyRow = Int32Array.from({ length: 44 }, (_, row) => row);
const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** Gradient of the mean cross-entropy on a batch as one vector, compiled apart from the method. */
async function gradientOn(parameters: Arrays, batch: Batch): Promise<number[]> {
  const setup = setupFor('finetune', { engine: onnx, stream });
  const classifier = createClassifier(setup.network, setup.stream);
  const rows = allocateRows(batch.y.length, 16);
  putBatch(rows, batch, 0, 1 / batch.size);
  const program = await onnx.compile(
    'gradient',
    (inputs) => lossGradients((p) => ({ loss: classifier.loss(p, asRows(inputs.rows)) }), inputs.parameters).gradients,
    { parameters: setup.network.parameters, rows: rowSpecs(batch.y.length, 16) },
  );
  const gradients = await program.run({ parameters, rows });
  return Object.keys(parameters).flatMap((name) => [...gradients[name]]);
}

/** Minimum of ½vᵀPv + qᵀv over v ≥ bound for two multipliers: the four cases of which lie on the bound, tried one by one. */
function twoMultipliers([[a, b], [, d]]: number[][], [p, q]: number[], bound: number): number[] {
  const determinant = a * d - b * b;
  const candidates = [
    [(b * q - d * p) / determinant, (b * p - a * q) / determinant],
    [-(p + b * bound) / a, bound],
    [bound, -(q + b * bound) / d],
    [bound, bound],
  ].filter((v) => v.every((value) => value >= bound));
  const value = ([u, v]: number[]) => (a * u * u + 2 * b * u * v + d * v * v) / 2 + p * u + q * v;
  return candidates.reduce((best, each) => (value(each) < value(best) ? each : best));
}

describe('an update', () => {
  test.each([0, 0.5])(
    'steps along g + Gᵀv, v being the minimum written out for two old tasks, γ = %s',
    async (margin) => {
      const epsilon = 1e-3;
      const options = { memory: 30, margin, epsilon };
      const learner = await createLearner('gem', { engine: onnx, stream, options, rate: 0.5 });
      // Each task's memory keeps the last 10 of the 16 rows that it is shown.
      for (const task of [0, 1])
      await drive(learner, [begin(stream, task), ...[0, 8].map((from) => observe(batchOf(stream, task, everyRow.slice(from, from + 8))))]); // prettier-ignore
      await drive(learner, [begin(stream, 2)]);
      const before = copyParameters(learner);
      const batch = batchOf(stream, 2, [1, 2, 3, 4, 5]);
      const { projected } = await learner.observe(batch);
      const after = learner.model.parameters();

      const g = await gradientOn(before, batch);
      const G = await Promise.all(
        [0, 1].map((task) => gradientOn(before, batchOf(stream, task, everyRow.slice(6, 16), 10))),
      );
      const q = G.map((row) => inner(row, g));
      expect(Math.min(...q)).toBeLessThan(-0.01);
      expect(projected).toBe(1);
      const P = G.map((row, i) => G.map((other, j) => inner(row, other) + (i === j ? epsilon : 0)));
      const v = twoMultipliers(P, q, margin);
      const expected = g.map((value, i) => value + v[0] * G[0][i] + v[1] * G[1][i]);
      const flat = (arrays: Arrays) => Object.keys(before).flatMap((name) => [...arrays[name]]);
      const [start, end] = [flat(before), flat(after)];
      expected.forEach((value, i) => expect(Math.abs(start[i] - end[i] - 0.5 * value)).toBeLessThan(3e-6));
    },
  );

  test('that hurts no old task is plain: the stream shows the old task’s own rows', async () => {
    const [learner, reference] = await Promise.all([
      createLearner('gem', { engine: onnx, stream, options: { memory: 24 } }),
      createLearner('finetune', { engine: onnx, stream }),
    ]);
    const again = { ...batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]), task: 1 };
    const events = [begin(stream, 0), observe({ ...again, task: 0 }), begin(stream, 1), observe(again), observe(again)];
    const stats = await drive(learner, events);
    await drive(reference, events);
    expect(stats.map(({ projected }) => projected)).toEqual([0, 0, 0]);
    expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
  });
});

describe('with one old task, γ = 0 and ε near 0 it is A-GEM with the same memory', () => {
  // Both hold all 44 rows of the first task, A-GEM as 22 of each class.
  const two = blobStream('split', 'class');
  const options = {
    gem: { memory: 88, margin: 0, epsilon: 1e-12 },
    'a-gem': { memory: 88, referenceBatch: 44 },
  };

  test.each([['perceptron'], ['batch norm']])('on a network with %s', async (kind) => {
    const network = kind === 'batch norm' ? smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4], hidden: 8, norm: 'batch' }) : undefined; // prettier-ignore
    const [gem, agem] = await Promise.all(
      (['gem', 'a-gem'] as const).map((name) =>
        createLearner(name, {
          engine: onnx,
          stream: two,
          options: options[name],
          rate: 0.05,
          ...(network && { network }),
        }),
      ),
    );
    const events = [...eventsOfTask(two, 0), ...eventsOfTask(two, 1).slice(0, 4)];
    const stats = await drive(gem, events);
    const expected = await drive(agem, events);
    expect(stats.some(({ projected }) => projected === 1)).toBe(true);
    expect(stats.map(({ projected }) => projected)).toEqual(expected.map(({ projected }) => projected));
    stats.forEach(({ loss }, i) => expect(Math.abs(loss - expected[i].loss)).toBeLessThan(1e-4));
    // A-GEM normalises the stream batch first and the memory after it, which the running statistics show a little.
    const trained = Object.keys(setupFor('gem', { engine: onnx, stream: two, ...(network && { network }) }).initial);
    const only = (arrays: Arrays) => Object.fromEntries(trained.map((name) => [name, arrays[name]]));
    expect(largestDifference(only(gem.model.parameters()), only(agem.model.parameters()))).toBeLessThan(1e-4);
  });
});

test('in the first task it is finetuning, and afterwards a new task’s first gradient conflicts', async () => {
  const [learner, reference] = await Promise.all(
    ['gem', 'finetune'].map((name) => createLearner(name, { engine: onnx, stream })),
  );
  const stats = await drive(learner, eventsOfTask(stream, 0));
  await drive(reference, eventsOfTask(stream, 0));
  expect(stats.every(({ projected }) => projected === 0)).toBe(true);
  expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
  expect((await drive(learner, eventsOfTask(stream, 1)))[0].projected).toBe(1);
});

test('a single task is finetuning with a memory of its own', async () => {
  const one = blobStream('permuted', 'domain', 1);
  const [learner, reference] = await Promise.all(
    ['gem', 'finetune'].map((name) => createLearner(name, { engine: onnx, stream: one })),
  );
  for (const each of [learner, reference]) await drive(each, eventsOf(one));
  expect(largestDifference(learner.model.parameters(), reference.model.parameters())).toBeLessThan(1e-6);
});

test('a memory too small for one row of each task, or of each class, is refused', async () => {
  await expect(createLearner('gem', { engine: onnx, stream, options: { memory: 2 } })).rejects.toThrow(
    'method gem: memory: 2 samples are too few for one of each task (at least 3)',
  );
  await expect(createLearner('gem', { engine: onnx, stream, options: { memory: 5 } })).rejects.toThrow(
    'method gem: memory: 5 samples are too few for one of each class (at least 6)',
  );
});

test('its memory is divided evenly over the tasks, and it holds a gradient of each old one', async () => {
  const { network } = setupFor('gem', { engine: onnx, stream });
  const learner = await createLearner('gem', { engine: onnx, stream, options: { memory: 11 } });
  const parameters = Object.values(network.parameters).reduce(
    (sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
  // 3 rings of ⌊11/3⌋ = 3 rows of 16 inputs, a label, a task and a sample id; 2 gradients; 4 bytes a number.
  expect(learner.cost().extraBytes).toBe((3 * 3 * 19 + 2 * parameters) * 4);
});
