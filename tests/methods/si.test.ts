import { afterAll, describe, expect, test } from 'vitest';
import { adam, openEngine, sgd, type Arrays } from '../../engine/index.ts';
import { findMethod, type GradientSizes, type Learner, type State } from '../../methods/index.ts';
import { batchGradient } from './backprop.ts';
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
  largestDifference,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const rate = 0.1;
const conditions = { engine: onnx, stream, rate };
const create = (options: Record<string, unknown> = {}, more = {}) =>
  createLearner('si', { ...conditions, options, ...more });
const { network } = setupFor('si', conditions);
const everyOutput = [0, 1, 2, 3];

const pathOf = (learner: Learner): Arrays => {
  const { trainer } = learner.state() as unknown as { trainer: { tracked: Arrays } };
  return Object.fromEntries(Object.entries(trainer.tracked).map(([key, v]) => [key.slice('path/'.length), v.slice()]));
};
const partOf = (state: State, name: 'importance' | 'anchor'): Arrays =>
  (state as unknown as { anchor: Record<string, Arrays> }).anchor[name === 'anchor' ? 'parameters' : name];

/** A state in the second task, some updates away from the anchor. */
async function secondTaskState(): Promise<State> {
  const learner = await create();
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 4)]);
  return copyState(learner.state());
}

describe('the path', () => {
  test.each([
    ['sgd', { optimizer: sgd(), rate: 0.1 }],
    ['sgd with momentum and weight decay', { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 }],
    ['adam', { optimizer: adam(), rate: 0.01 }],
  ])('adds −g·Δθ with the change that %s made, g by written-out back-propagation', async (_, training) => {
    const learner = await create({}, training);
    await drive(learner, [begin(stream, 0)]);
    const expected = Object.fromEntries(
      Object.entries(copyParameters(learner)).map(([name, v]) => [name, new Float64Array(v.length)]),
    );
    for (let i = 0; i < 4; i++) {
      const batch = batchOf(stream, 0, [i, i + 4, i + 8]);
      const before = copyParameters(learner);
      await learner.observe(batch);
      const after = copyParameters(learner);
      const gradient = batchGradient(network, before, batch, everyOutput);
      for (const [name, g] of Object.entries(gradient))
        g.forEach((value, k) => (expected[name][k] -= value * (after[name][k] - before[name][k])));
    }
    const path = pathOf(learner);
    let largest = 0;
    for (const [name, values] of Object.entries(expected))
      values.forEach((value, k) => {
        expect(Math.abs(path[name][k] - value)).toBeLessThan(2e-6);
        largest = Math.max(largest, Math.abs(value));
      });
    expect(largest).toBeGreaterThan(1e-3);
  });

  test('is of the loss on the batch by default, and with gradient: total of the loss with the penalty', async () => {
    const state = await secondTaskState();
    const lambda = 3;
    const batch = batchOf(stream, 1, [0, 1, 2, 3]);
    const [task, total] = await Promise.all([create({ lambda }), create({ lambda, gradient: 'total' })]);
    for (const learner of [task, total]) learner.restore(copyState(state));
    const [path, before] = [pathOf(task), copyParameters(task)];
    for (const learner of [task, total]) await learner.observe(batch);
    const after = copyParameters(task);
    expect(largestDifference(after, copyParameters(total))).toBe(0);
    const gradient = batchGradient(network, before, batch, everyOutput);
    let apart = 0;
    for (const [name, g] of Object.entries(gradient))
      g.forEach((value, k) => {
        const change = after[name][k] - before[name][k];
        const distance = before[name][k] - partOf(state, 'anchor')[name][k];
        const pull = 2 * lambda * partOf(state, 'importance')[name][k] * distance;
        const grown = (learner: Learner) => pathOf(learner)[name][k] - path[name][k];
        expect(Math.abs(grown(task) + value * change)).toBeLessThan(2e-6);
        expect(Math.abs(grown(total) + (value + pull) * change)).toBeLessThan(2e-6);
        apart = Math.max(apart, Math.abs(pull * change));
      });
    expect(apart).toBeGreaterThan(1e-4); // else both would be the same
  });
});

test('a task’s end adds max(0, ω)/((θ − θ*)² + ξ), moves the anchor and starts a new path', async () => {
  const learner = await create({ damping: 0.05, lambda: 0 });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, -1)]);
  const before = copyState(learner.state());
  // On this easy stream no parameter's way raised the loss.
  const { tracked } = before.trainer as { tracked: Arrays };
  tracked['path/output/bias'].set([-0.3, 0.2]);
  learner.restore(before);
  const path = pathOf(learner);
  const theta = copyParameters(learner);
  await drive(learner, [end(stream, 1)]);
  const after = learner.state();
  for (const [name, values] of Object.entries(partOf(after, 'importance')))
    values.forEach((value, i) => {
      const distance = theta[name][i] - partOf(before, 'anchor')[name][i];
      const expected = partOf(before, 'importance')[name][i] + Math.max(0, path[name][i]) / (distance ** 2 + 0.05);
      expect(value).toBeCloseTo(expected, 5);
    });
  expect(partOf(after, 'importance')['output/bias'][0]).toBe(partOf(before, 'importance')['output/bias'][0]);
  expect(partOf(after, 'anchor')).toEqual(theta);
  expect(Object.values(pathOf(learner)).every((values) => values.every((value) => value === 0))).toBe(true);
  expect(Object.values(path).some((values) => values.some((value) => value > 1e-3))).toBe(true);
});

test('the penalty adds 2c·Ω·(θ − θ*) to the gradient: two steps from one state that differ in c only', async () => {
  const lambda = 2;
  const state = await secondTaskState();
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  const [without, penalized] = await Promise.all([create({ lambda: 0 }), create({ lambda })]);
  for (const learner of [without, penalized]) learner.restore(copyState(state));
  const before = copyParameters(without);
  const stats = await penalized.observe(batch);
  const plainStats = await without.observe(batch);
  const [a, b] = [without, penalized].map((learner) => learner.model.parameters());
  let [distance, moved] = [0, 0];
  for (const [name, importance] of Object.entries(partOf(state, 'importance')))
    importance.forEach((omega, i) => {
      const apart = before[name][i] - partOf(state, 'anchor')[name][i];
      distance += omega * apart ** 2;
      const pull = rate * 2 * lambda * omega * apart;
      expect(Math.abs(a[name][i] - b[name][i] - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
    });
  expect(moved).toBeGreaterThan(1e-3);
  expect(stats.penalty).toBeCloseTo(lambda * distance, 5);
  expect(stats.loss - plainStats.loss).toBeCloseTo(lambda * distance, 5);
});

test('the stability side of its gradient is that of the penalty', async () => {
  const state = await secondTaskState();
  const setup = setupFor('si', { ...conditions, options: { lambda: 2 } });
  const measured: GradientSizes[] = [];
  const learner = await findMethod('si').create({
    ...setup,
    training: { ...setup.training, onGradients: (sizes) => measured.push(sizes) },
  });
  learner.restore(copyState(state));
  const before = copyParameters(learner);
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  await learner.observe(batch);
  let [stability, plasticity] = [0, 0];
  for (const [name, g] of Object.entries(batchGradient(network, before, batch, everyOutput)))
    g.forEach((value, i) => {
      plasticity += value ** 2;
      const apart = before[name][i] - partOf(state, 'anchor')[name][i];
      stability += (4 * partOf(state, 'importance')[name][i] * apart) ** 2;
    });
  expect(measured[0].sides!.stability).toBeCloseTo(Math.sqrt(stability), 5);
  expect(measured[0].sides!.plasticity).toBeCloseTo(Math.sqrt(plasticity), 5);
});

test('with c = 0 it is finetuning', async () => {
  const [learner, finetuned] = [await create({ lambda: 0 }), await createLearner('finetune', conditions)];
  for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
  expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
});

test('it protects: with a penalty the parameters that mattered stay nearer to the anchor', async () => {
  const distances = await Promise.all(
    [0, 5].map(async (lambda) => {
      const learner = await create({ lambda });
      await drive(learner, eventsOfTask(stream, 0));
      const state = copyState(learner.state());
      await drive(learner, eventsOfTask(stream, 1).slice(0, -1));
      const theta = learner.model.parameters();
      let sum = 0;
      for (const [name, importance] of Object.entries(partOf(state, 'importance')))
        importance.forEach((omega, i) => (sum += omega * (theta[name][i] - partOf(state, 'anchor')[name][i]) ** 2));
      return sum;
    }),
  );
  expect(distances[1]).toBeLessThan(distances[0] / 2);
});

test('it holds an anchor, an importance and a path: three numbers a parameter', async () => {
  // 16 × 16 + 16 weights and biases, 16 × 4 + 4.
  expect((await create()).cost().extraBytes).toBe(3 * 4 * (16 * 16 + 16 + 16 * 4 + 4));
});

test('says which form its penalty has and which gradient it integrates', () => {
  const { conventions } = findMethod('si');
  expect(conventions({ gradient: 'task' })[0]).toContain('without the factor ½');
  expect(conventions({ gradient: 'task' })[1]).toContain('without the penalty');
  expect(conventions({ gradient: 'total' })[1]).toContain('with the penalty');
});
