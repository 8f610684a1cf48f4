import { afterAll, expect, test } from 'vitest';
import { openEngine, type Arrays } from '../../engine/index.ts';
import { findMethod, type State } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  largestDifference,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const rate = 0.1;
const create = (options: Record<string, unknown>) => createLearner('ewc', { engine: onnx, stream, options, rate });
const fisherOf = (state: State): Arrays => (state.anchor as State).importance as Arrays;
const anchorOf = (state: State): Arrays => (state.anchor as State).parameters as Arrays;

/** Σ F·(θ − θ*)², written out. */
function weightedDistance(theta: Arrays, anchor: Arrays, fisher: Arrays): number {
  let sum = 0;
  for (const [name, values] of Object.entries(fisher))
    for (let i = 0; i < values.length; i++) sum += values[i] * (theta[name][i] - anchor[name][i]) ** 2;
  return sum;
}

/** A state in the second task, some updates away from the anchor, reached without a penalty. */
async function secondTaskState(): Promise<State> {
  const learner = await create({ lambda: 0 });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 4)]);
  return copyState(learner.state());
}

test('the penalty adds λ·F·(θ − θ*) to the gradient: two steps from one state that differ in λ only', async () => {
  const lambda = 20;
  const state = await secondTaskState();
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  const [without, penalized] = await Promise.all([create({ lambda: 0 }), create({ lambda })]);
  for (const learner of [without, penalized]) learner.restore(copyState(state));
  const before = copyParameters(without);
  const anchor = anchorOf(state);
  const stats = await penalized.observe(batch);
  const plainStats = await without.observe(batch);
  let moved = 0;
  for (const [name, theta] of Object.entries(before)) {
    const [a, b] = [without.model.parameters()[name], penalized.model.parameters()[name]];
    theta.forEach((value, i) => {
      const pull = rate * lambda * fisherOf(state)[name][i] * (value - anchor[name][i]);
      expect(Math.abs(a[i] - b[i] - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
    });
  }
  expect(moved).toBeGreaterThan(1e-3); // the claim above would hold of nothing otherwise
  const distance = weightedDistance(before, anchor, fisherOf(state));
  expect(stats.penalty).toBeCloseTo((lambda / 2) * distance, 5);
  expect(stats.loss - plainStats.loss).toBeCloseTo((lambda / 2) * distance, 5);
});

test('the anchor is where the last task ended, so the first update after it is plain', async () => {
  const [plain, penalized] = await Promise.all([create({ lambda: 0 }), create({ lambda: 50 })]);
  const events = [...eventsOfTask(stream, 0), begin(stream, 1)];
  for (const learner of [plain, penalized]) await drive(learner, events);
  expect(anchorOf(penalized.state())).toEqual(penalized.model.parameters());
  const batch = batchOf(stream, 1, [0, 1, 2]);
  expect((await penalized.observe(batch)).penalty).toBe(0);
  await plain.observe(batch);
  expect(largestDifference(plain.model.parameters(), penalized.model.parameters())).toBe(0);
});

test('with λ = 0 it is finetuning', async () => {
  const learner = await create({ lambda: 0 });
  const finetuned = await createLearner('finetune', { engine: onnx, stream, rate });
  const events = eventsOf(stream);
  await drive(learner, events);
  await drive(finetuned, events);
  expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
});

test('the running Fisher information is γ·F₁ + F₂ after two tasks', async () => {
  const after = async (gamma: number, events = eventsOf(stream)) => {
    // Without a penalty all of them walk the same way.
    const learner = await create({ lambda: 0, gamma });
    await drive(learner, events);
    return fisherOf(copyState(learner.state()));
  };
  const first = await after(1, eventsOfTask(stream, 0));
  const [second, half, sum] = await Promise.all([after(0), after(0.5), after(1)]);
  for (const name of Object.keys(first))
    first[name].forEach((value, i) => {
      expect(half[name][i]).toBeCloseTo(0.5 * value + second[name][i], 6);
      expect(sum[name][i]).toBeCloseTo(value + second[name][i], 6);
    });
  expect(Math.max(...first['output/bias'])).toBeGreaterThan(1e-3);
});

test('with a penalty for each task the loss and its gradient are those of the written-out sum over two tasks', async () => {
  const lambda = 20;
  const three = blobStream('split', 'class', 3);
  const on = (options: Record<string, unknown>) => createLearner('ewc', { engine: onnx, stream: three, options, rate });
  // Without a penalty all walk the same way: gamma = 0 leaves the last task’s Fisher information and anchor alone.
  const terms: { fisher: Arrays; anchor: Arrays }[] = [];
  const alone = await on({ lambda: 0, gamma: 0 });
  const separate = await on({ lambda: 0, form: 'separate' });
  for (const task of [0, 1]) {
    for (const learner of [alone, separate]) await drive(learner, eventsOfTask(three, task));
    const state = copyState(alone.state());
    terms.push({ fisher: fisherOf(state), anchor: anchorOf(state) });
  }
  await drive(separate, eventsOfTask(three, 2).slice(0, 4));
  const penalized = await on({ lambda, form: 'separate' });
  penalized.restore(copyState(separate.state()));
  const before = copyParameters(separate);
  const batch = batchOf(three, 2, [0, 1, 2, 3]);
  const stats = await penalized.observe(batch);
  const plainStats = await separate.observe(batch);
  let moved = 0;
  for (const [name, theta] of Object.entries(before)) {
    const [a, b] = [separate.model.parameters()[name], penalized.model.parameters()[name]];
    theta.forEach((value, i) => {
      const slopes = terms.map(({ fisher, anchor }) => fisher[name][i] * (value - anchor[name][i]));
      const pull = rate * lambda * (slopes[0] + slopes[1]);
      expect(Math.abs(a[i] - b[i] - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
    });
  }
  expect(moved).toBeGreaterThan(1e-3); // the claim above would hold of nothing otherwise
  // Weights of units that no row turns on have none.
  expect(terms.some(({ fisher }) => fisher['hidden1/weight'].includes(0))).toBe(true);
  const distance = terms.reduce((sum, { fisher, anchor }) => sum + weightedDistance(before, anchor, fisher), 0);
  expect(stats.penalty).toBeCloseTo((lambda / 2) * distance, 4);
  expect(stats.loss - plainStats.loss).toBeCloseTo((lambda / 2) * distance, 4);
  // Each term for itself is another number.
  expect(weightedDistance(before, terms[1].anchor, terms[1].fisher)).toBeLessThan(0.9 * distance);
});

test('a penalty for each task has no running Fisher information to decay', async () => {
  await expect(create({ form: 'separate', gamma: 0.5 })).rejects.toThrow(
    'method ewc: gamma: 0.5 would decay a running Fisher information, and form separate has none; leave gamma at 1, or set form=online',
  );
});

test('its record says what the penalty is', () => {
  const words = (values: Record<string, unknown>) => {
    const method = findMethod('ewc');
    return method.conventions(method.parseOptions(values)).join('\n');
  };
  expect(words({ lambda: 7, gamma: 0.5, fisher: 'empirical' })).toMatch(
    /\(lambda\/2\)·Σ F·\(θ − θ\*\)² with lambda = 7, over all parameters[^]*gamma = 0.5[^]*empirical, over the labels of the data/,
  );
  expect(words({ form: 'separate', fisher: 'sampled' })).toMatch(/a penalty for each past task[^]*drawn by the model/);
});

test('it protects: with a penalty the parameters that mattered stay nearer to the anchor', async () => {
  const distances = await Promise.all(
    [0, 30].map(async (lambda) => {
      const learner = await create({ lambda });
      await drive(learner, eventsOfTask(stream, 0));
      const state = copyState(learner.state());
      await drive(learner, eventsOfTask(stream, 1).slice(0, -1));
      return weightedDistance(learner.model.parameters(), anchorOf(state), fisherOf(state));
    }),
  );
  expect(distances[1]).toBeLessThan(distances[0] / 2);
});

test('it holds an anchor and a Fisher diagonal: two numbers a parameter', async () => {
  const learner = await create({});
  // 16 × 16 + 16 weights and biases, 16 × 4 + 4.
  expect(learner.cost().extraBytes).toBe(2 * 4 * (16 * 16 + 16 + 16 * 4 + 4));
});
