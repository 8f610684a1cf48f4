import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, type Arrays } from '../../engine/index.ts';
import type { Learner, State } from '../../methods/index.ts';
import { emptyBasis, extendBasis, matrixOf, type Basis } from '../../methods/shared/subspace/basis.ts';
import { energyOf, gramOfRows, timesTransposed } from '../../methods/shared/subspace/matrix.ts';
import { correlation, regimesOf, unionOf, type Related } from '../../methods/shared/subspace/regimes.ts';
import { filtersOf } from '../../methods/shared/subspace/taskGradients.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  largestDifference,
} from './fixtures.ts';
import { few, matrix } from './subspaceFixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

describe('regimes', () => {
  // By hand: G = (3, 4, 0) of length 5, along e₁ 3, along e₂ 4, along e₃ 0.
  const gradient = matrix([[3, 4, 0]]);
  const along = (row: readonly number[], old: readonly number[]) => ({
    basis: extendBasis(emptyBasis(3), matrix([row]), 1),
    gradient: Float32Array.from(old),
  });
  const [e1, e2, e3] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore

  test('are 3 where enough of the gradient lies in the space and goes along with the old one, else 2, else 1', () => {
    const old = [along(e1, [1, 0, 0]), along(e2, [0, -1, 0]), along(e3, [1, 1, 1])];
    expect(regimesOf('l', gradient, old, { related: 0.5, correlated: 0 }, 2)).toEqual([
      { layer: 'l', task: 1, regime: 2, cosine: expect.closeTo(-0.8, 12) },
      { layer: 'l', task: 0, regime: 3, cosine: expect.closeTo(0.6, 12) },
    ]);
    // The cosine with (1, 0, 0) is 3/5.
    expect(regimesOf('l', gradient, old, { related: 0.5, correlated: 0.61 }, 2)[1].regime).toBe(2);
    expect(regimesOf('l', gradient, old, { related: 0.5, correlated: 0.59 }, 2)[1].regime).toBe(3);
    expect(regimesOf('l', gradient, old, { related: 0.7, correlated: 0 }, 2).map(({ task }) => task)).toEqual([1]);
    expect(regimesOf('l', gradient, old, { related: 1, correlated: -1 }, 2)).toEqual([]);
  });

  test('but for the two tasks with most of the gradient are 1', () => {
    const old = [along(e1, [1, 0, 0]), along([3, 4, 0], [1, 0, 0]), along(e2, [0, 1, 0])];
    const tasks = regimesOf('l', gradient, old, { related: 0.1, correlated: 0 }, 2).map(({ task }) => task);
    expect(tasks).toEqual([1, 2]);
  });

  test('compare gradients by their cosine, which is 0 with nothing', () => {
    expect(correlation(gradient, Float32Array.of(4, -3, 7))).toBe(0);
    expect(correlation(gradient, Float32Array.of(6, 8, 0))).toBeCloseTo(1, 12);
    expect(correlation(gradient, new Float32Array(3))).toBe(0);
  });
});

test('spaces that overlap have an orthonormal basis together', () => {
  const bases = [[[1, 0, 0, 0], [1, 1, 0, 0]], [[0, 1, 0, 0]], [[1, 1, 1, 0]]]; // prettier-ignore
  const union = unionOf(4, bases.map((rows) => extendBasis(emptyBasis(4), matrix(rows), 1))); // prettier-ignore
  expect(union.rank).toBe(3);
  gramOfRows(matrixOf(union)).values.forEach((value, i) => expect(value).toBeCloseTo(Number(i % 4 === 0), 6));
  for (let row = 0; row < 3; row++) expect(union.directions[row * 4 + 3]).toBe(0);
});

const scenarios = ['task', 'domain'] as const;
const networkFor = (outputs: number) => mlp({ inputs: 16, hidden: [24], outputs });

/** Both learn some tasks of which few rows are remembered; the largest difference between their parameters. */
async function apart(scenario: (typeof scenarios)[number], other: string, own: object, others: object, tasks = 3) {
  const stream = blobStream('split', scenario, 3);
  const conditions = { engine: onnx, stream, network: networkFor(stream.outputCount), rate: 0.05 };
  const shared = { threshold: tasks === 3 ? 1 : 0.9, thresholdStep: 0, samples: 5 };
  const learners = [
    await createLearner('cuber', { ...conditions, options: { ...shared, ...own } }),
    await createLearner(other, { ...conditions, options: { ...shared, ...others } }),
  ];
  for (let task = 0; task < tasks; task++)
    for (const event of eventsOfTask(stream, task)) {
      const remembered = event.verb === 'endTask' ? { ...event, task: few(event.task, [0, 1, 5]) } : event;
      for (const learner of learners) await drive(learner, [remembered]);
    }
  for (const { model } of learners) await model.prepare?.();
  return Math.max(
    ...Array.from({ length: tasks }, (_, task) =>
      largestDifference(structuredClone(learners[0].model.parameters(task)), learners[1].model.parameters(task)),
    ),
  );
}

// With all of the energy GPM's and a task's own bases span the same; with less, up to the second task.
test.each(scenarios)('with ε₁ = 1 all spaces are of regime 1: the updates are those of GPM (%s)', async (scenario) => {
  expect(await apart(scenario, 'gpm', { related: 1 }, {})).toBeLessThan(1e-5);
  expect(await apart(scenario, 'gpm', { related: 1 }, {}, 2)).toBeLessThan(1e-5);
});

test.each(scenarios)('with ε₂ = 1 none is of regime 3: the updates are those of TRGP (%s)', async (scenario) => {
  const options = { related: 0.01 };
  expect(await apart(scenario, 'trgp', { ...options, correlated: 1 }, options)).toBeLessThan(1e-5);
  expect(await apart(scenario, 'trgp', { ...options, correlated: -1 }, options)).toBeGreaterThan(1e-3);
});

interface Inside {
  readonly related: Record<string, Related>;
  readonly gradients: Record<string, Arrays>;
  readonly anchor: Arrays;
  readonly spaces: { readonly own: readonly Record<string, Basis>[] };
}
const inside = (state: State) => state as unknown as Inside;

const stream = blobStream('split', 'domain');
const network = networkFor(2);
const options = { threshold: 0.9, samples: 40, related: 0.01, correlated: -1, lambda: 0.3 };
const rate = 0.05;

/** A learner that has begun its second task, with both layers in regime 3. */
async function begun(more: object = {}): Promise<Learner> {
  const learner = await createLearner('cuber', {
    engine: onnx,
    stream,
    network,
    options: { ...options, ...more },
    rate,
  });
  await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
  return learner;
}

/** ‖(w − w*) B Bᵀ‖ of a layer, written out. */
function movedInside(learner: Learner, layer: string): number {
  const { anchor, spaces } = inside(learner.state());
  const { parameters } = (learner.state() as unknown as { trainer: { parameters: Arrays } }).trainer;
  const weight = parameters[`${layer}/weight`];
  const change = weight.map((value, i) => value - anchor[layer][i]) as Float32Array;
  const shape = network.layers.find(({ name }) => name === layer)!;
  return Math.sqrt(energyOf(timesTransposed(filtersOf(shape, change), matrixOf(spaces.own[0][layer]))));
}

const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);

test('in regime 3 weights move in the old space, and the loss has λ Σ ‖(w − w*) B Bᵀ‖', async () => {
  const learner = await begun();
  expect(Object.values(inside(learner.state()).related)).toMatchObject([
    { layer: 'hidden1', task: 0, regime: 3 },
    { layer: 'output', task: 0, regime: 3 },
  ]);
  const [first, second] = [await learner.observe(batch), await learner.observe(batch)];
  expect(first).toMatchObject({ regime2: 0, regime3: 2, demoted: 0 });
  expect(first.penalty).toBeLessThan(1e-5);
  expect(second.penalty).toBeGreaterThan(1e-4);
  const distance = movedInside(learner, 'hidden1') + movedInside(learner, 'output');
  const third = await learner.observe(batch);
  expect(third.penalty).toBeCloseTo(options.lambda * distance, 5);
  const free = await begun({ lambda: 0 });
  for (let i = 0; i < 2; i++) await free.observe(batch);
  expect(free.state()).not.toEqual(learner.state());
});

test('the penalty pulls by λ·P(w − w*)/‖P(w − w*)‖: two steps from one state that differ in λ only', async () => {
  const [tied, free] = [await begun(), await begun({ lambda: 0 })];
  await tied.observe(batch);
  free.restore(copyState(tied.state()));
  const { anchor, spaces } = inside(tied.state());
  const weightIn = (learner: Learner) =>
    (copyState(learner.state()) as unknown as { trainer: { parameters: Arrays } }).trainer.parameters['output/weight'];
  const before = weightIn(tied);
  const distance = movedInside(tied, 'output');
  await tied.observe(batch);
  await free.observe(batch);
  const { rank, size, directions } = spaces.own[0].output;
  const [a, b] = [weightIn(tied), weightIn(free)];
  for (let out = 0; out < 2; out++)
    for (let i = 0; i < size; i++) {
      let inPlace = 0;
      for (let k = 0; k < rank; k++)
        for (let j = 0; j < size; j++)
          inPlace +=
            directions[k * size + i] *
            directions[k * size + j] *
            (before[j * 2 + out] - (anchor.output[j * 2 + out] as number));
      const pull = (rate * options.lambda * inPlace) / distance;
      expect(Math.abs(b[i * 2 + out] - a[i * 2 + out] - pull)).toBeLessThan(1e-6);
    }
});

test('a space in which the gradient goes against the old one is demoted for the rest of the task', async () => {
  const learner = await begun({ correlated: 0 });
  const state = copyState(learner.state());
  // By construction: both layers are in regime 3, and what the old task is said to have had is the opposite of the batch's gradient …
  for (const related of Object.values(inside(state).related)) Object.assign(related, { regime: 3 });
  const start = copyParameters(learner);
  const gradientOf = async () => {
    const probe = await createLearner('finetune', { engine: onnx, stream, network, rate: 1 });
    const held = copyState(probe.state()) as unknown as { parameters: Arrays };
    for (const name of Object.keys(held.parameters)) held.parameters[name].set(start[name]);
    probe.restore(held as unknown as State);
    await probe.observe(batch);
    const after = copyParameters(probe);
    return Object.fromEntries(
      network.layers.map((layer) => {
        const name = `${layer.name}/weight`;
        const { values } = filtersOf(
          layer,
          start[name].map((value, i) => value - after[name][i]),
        );
        return [layer.name, Float32Array.from(values)] as const;
      }),
    );
  };
  const gradient = await gradientOf();
  // … in the hidden layer, and the same in the output layer.
  const { gradients } = inside(state);
  gradients[0].hidden1.set(gradient.hidden1.map((value) => -value));
  gradients[0].output.set(gradient.output);
  const constructed = await begun({ correlated: 0 });
  constructed.restore(copyState(state));
  expect(await constructed.observe(batch)).toMatchObject({ regime3: 2, demoted: 0 });
  expect(Object.values(inside(constructed.state()).related)).toMatchObject([
    { layer: 'hidden1', task: 0, regime: 2, cosine: expect.closeTo(-1, 4) },
    { layer: 'output', task: 0, regime: 3, cosine: expect.closeTo(1, 4) },
  ]);
  // With a running mean of the cosine one batch against it is not enough: 0.9 · 0.5 − 0.1.
  const patient = await begun({ correlated: 0, smoothing: 0.9 });
  for (const related of Object.values(inside(state).related)) Object.assign(related, { cosine: 0.5 });
  patient.restore(copyState(state));
  await patient.observe(batch);
  expect(Object.values(inside(patient.state()).related)[0]).toMatchObject({
    regime: 3,
    cosine: expect.closeTo(0.35, 4),
  });
  const inHidden = movedInside(constructed, 'hidden1');
  expect(inHidden).toBeGreaterThan(1e-4);
  expect(await constructed.observe(batch)).toMatchObject({ regime2: 1, regime3: 1, demoted: 1 });
  await constructed.observe(batch);
  expect(Math.abs(movedInside(constructed, 'hidden1') - inHidden)).toBeLessThan(1e-6);
});

test('an old task is predicted with its scales on the weights of now', async () => {
  const three = blobStream('split', 'task', 3);
  const more = { threshold: 0.9, samples: 40, related: 0.01, correlated: -1 };
  const learner = await createLearner('cuber', { engine: onnx, stream: three, options: more, rate });
  for (const task of [0, 1]) await drive(learner, eventsOfTask(three, task));
  await learner.model.prepare!();
  const before = structuredClone(learner.model.parameters(1));
  const held = copyState(learner.state()) as unknown as {
    spaces: { regions: Record<string, Record<string, unknown>> };
  };
  expect(Object.keys(held.spaces.regions['1']).length).toBeGreaterThan(0);
  const stats = await drive(learner, eventsOfTask(three, 2).slice(0, -1));
  expect(stats[0].regime3).toBeGreaterThan(0);
  await learner.model.prepare!();
  // Weights moved in the old spaces, so what the second task computes moved with them.
  expect(largestDifference(before, learner.model.parameters(1))).toBeGreaterThan(1e-4);
});
