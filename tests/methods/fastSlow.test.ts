import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, smallCnn, type Arrays } from '../../engine/index.ts';
import type { Learner, State } from '../../methods/index.ts';
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
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class', 3);
const rate = 0.1;
const normed = smallCnn({ inputShape: [4, 4, 1], outputs: 6, channels: [3, 4], hidden: 6, norm: 'batch' });
const create = (options: Record<string, unknown>, more = {}) =>
  createLearner('fast-slow', { engine: onnx, stream, options, rate, ...more });
const anchorOf = (learner: Learner) => copyState(learner.state()).anchor as State;
const slowOf = (learner: Learner): Arrays => ({
  ...(anchorOf(learner).parameters as Arrays),
  ...(copyState(learner.state()).statistics as Arrays),
});
const importanceOf = (learner: Learner): Arrays => anchorOf(learner).importance as Arrays;

test('the penalty is (λ/2)·Σ Ω·(θ_F − θ_S)² and adds λ·Ω·(θ_F − θ_S) to the gradient', async () => {
  const lambda = 20;
  const [without, held] = await Promise.all([create({ lambda: 0 }), create({ lambda })]);
  await drive(without, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 4)]);
  held.restore(copyState(without.state()));
  const [before, slow, importance] = [copyParameters(without), slowOf(without), importanceOf(without)];
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  const [stats, plainStats] = [await held.observe(batch), await without.observe(batch)];
  let [distance, moved] = [0, 0];
  for (const [name, theta] of Object.entries(before)) {
    const [a, b] = [without.model.parameters()[name], held.model.parameters()[name]];
    theta.forEach((value, i) => {
      distance += importance[name][i] * (value - slow[name][i]) ** 2;
      const pull = rate * lambda * importance[name][i] * (value - slow[name][i]);
      expect(Math.abs(a[i] - b[i] - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
    });
  }
  expect(moved).toBeGreaterThan(1e-3); // the claim above would hold of nothing otherwise
  expect(stats.penalty).toBeCloseTo((lambda / 2) * distance, 5);
  expect(stats.loss - plainStats.loss).toBeCloseTo((lambda / 2) * distance, 5);
});

describe.each([
  ['a perceptron', {}],
  ['a network with batch norm', { network: normed }],
])('the weights of %s', (_, network) => {
  test('follow by hand: θ_S ← m·θ_S + (1 − m)·θ_F at the end of a task, θ_F ← θ_S at the start of the next', async () => {
    const learner = await create({ momentum: 0.7 }, network);
    await drive(learner, eventsOfTask(stream, 0));
    // The first task trains both.
    const first = slowOf(learner);
    expect(first).toEqual(copyParameters(learner));
    await drive(learner, eventsOfTask(stream, 1).slice(0, -1));
    expect(slowOf(learner)).toEqual(first);
    const fast = copyParameters(learner);
    expect(largestDifference(first, fast)).toBeGreaterThan(0.01);
    await drive(learner, [end(stream, 1)]);
    // What is evaluated between the tasks are still the fast ones.
    expect(copyParameters(learner)).toEqual(fast);
    const slow = slowOf(learner);
    for (const [name, values] of Object.entries(slow))
      values.forEach((value, i) =>
        expect(Math.abs(value - (0.7 * first[name][i] + 0.3 * fast[name][i]))).toBeLessThan(1e-6),
      );
    await drive(learner, [begin(stream, 2)]);
    expect(copyParameters(learner)).toEqual(slow);
  });

  test('are those of finetuning, to the bit, with λ = 0 and m = 0', async () => {
    const learner = await create({ lambda: 0, momentum: 0 }, network);
    const finetuned = await createLearner('finetune', { engine: onnx, stream, rate, ...network });
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });
});

test('with m = 1 every later task starts where the first one ended', async () => {
  const learner = await create({ momentum: 1 });
  await drive(learner, eventsOfTask(stream, 0));
  const first = copyParameters(learner);
  for (const task of [1, 2]) {
    const [start, ...rest] = eventsOfTask(stream, task);
    await drive(learner, [start]);
    expect(copyParameters(learner)).toEqual(first);
    await drive(learner, rest);
    expect(largestDifference(copyParameters(learner), first)).toBeGreaterThan(0.01);
  }
});

test('shows the slow weights where it is asked to, after the first task, and trains the same', async () => {
  const [fast, slow] = await Promise.all([create({}), create({ predict: 'slow' })]);
  const events = eventsOf(stream);
  const length = eventsOfTask(stream, 0).length;
  for (const each of [fast, slow]) await drive(each, events.slice(0, length - 1));
  expect(copyParameters(slow)).toEqual(copyParameters(fast));
  for (const each of [fast, slow]) await drive(each, events.slice(length - 1));
  expect(slow.state().trainer).toEqual(fast.state().trainer);
  expect(copyParameters(slow)).toEqual(slowOf(fast));
  expect(copyParameters(slow)).not.toEqual(copyParameters(fast));
});

test('the importance is Ω ← γ·Ω + F of the task at the fast weights: the running Fisher information of ewc along the same way', async () => {
  const gamma = 0.6;
  const learner = await create({ lambda: 0, momentum: 0, gamma });
  const ewc = await createLearner('ewc', { engine: onnx, stream, rate, options: { lambda: 0, gamma } });
  for (const each of [learner, ewc]) await drive(each, eventsOf(stream));
  const fisher = (copyState(ewc.state()).anchor as State).importance as Arrays;
  expect(Math.max(...Object.values(fisher).flatMap((values) => [...values]))).toBeGreaterThan(1e-3);
  expect(largestDifference(importanceOf(learner), fisher)).toBeLessThan(1e-6);
});

test('holds slow weights, their statistics and the importance', async () => {
  const learner = await create({}, { network: normed });
  const count = (specs: object) =>
    Object.values(specs).reduce((sum: number, { shape }) => sum + shape.reduce((a: number, b: number) => a * b, 1), 0);
  expect(learner.cost().extraBytes).toBe(4 * (2 * count(normed.parameters) + count(normed.statistics)));
});
