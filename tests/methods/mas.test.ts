import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, type Arrays, type Network } from '../../engine/index.ts';
import { findMethod, type Learner, type State } from '../../methods/index.ts';
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
  largestDifference,
  setupFor,
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const rate = 0.1;
const create = (options: Record<string, unknown>, more = {}) =>
  createLearner('mas', { engine: onnx, stream, options, rate, ...more });
const importanceOf = (learner: Learner): Arrays =>
  (copyState(learner.state()).anchor as unknown as { importance: Arrays }).importance;
const everyOutput = [0, 1, 2, 3];

/** Rows of a task. */
function inputsOf(index: number, here = stream): Float32Array[] {
  const { train } = taskOf(here, index);
  const all = new Float32Array(16 * train.length);
  train.read([...train.labels.keys()], all);
  return Array.from({ length: train.length }, (_, i) => all.slice(16 * i, 16 * (i + 1)));
}

const lengthOf = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, f) => sum + f * f, 0));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the importance', () => {
  const cases = (['class', 'task'] as const).flatMap((scenario) =>
    (['squared', 'plain'] as const).map((norm) => ({ scenario, norm })),
  );

  test.each(cases)(
    'of a linear model in the $scenario scenario is the mean of |2·f·x|, or of |f·x|/‖f‖ (by hand; norm: $norm)',
    async ({ scenario, norm }) => {
      const here = blobStream('split', scenario);
      const conditions = { stream: here, hidden: [] };
      const learner = await create({ norm }, conditions);
      await drive(learner, [begin(here, 1), ...eventsOfTask(here, 1).slice(1, 4), end(here, 1)]);
      const importance = importanceOf(learner);
      const { network } = setupFor('mas', { engine: onnx, ...conditions });
      const counted = scenario === 'task' ? here.tasks[1].outputs : everyOutput;
      const rows = inputsOf(1, here).map((x) => {
        const f = forward(network, learner.model.parameters(), x).map((z, k) => (counted.includes(k) ? z : 0));
        return { x, slopes: f.map((z) => (norm === 'squared' ? 2 * z : z / lengthOf(f))) };
      });
      for (let k = 0; k < 4; k++) {
        expect(importance['output/bias'][k]).toBeCloseTo(meanOf(rows.map(({ slopes }) => Math.abs(slopes[k]))), 4);
        for (let j = 0; j < 16; j++) {
          const expected = meanOf(rows.map(({ x, slopes }) => Math.abs(x[j] * slopes[k])));
          expect(importance['output/weight'][4 * j + k]).toBeCloseTo(expected, 4);
        }
      }
      expect(Math.max(...importance['output/bias'])).toBeGreaterThan(0.1);
      expect(importance['output/bias'][0] === 0).toBe(scenario === 'task');
    },
  );

  test('of a network with a hidden layer is the mean over rows of sizes of central differences, in 64-bit floats', async () => {
    const conditions = { hidden: [3], seed: 4 };
    const learner = await create({}, conditions);
    await drive(learner, [...eventsOfTask(stream, 0).slice(0, 5), end(stream, 0)]);
    const importance = importanceOf(learner);
    const { network } = setupFor('mas', { engine: onnx, stream, ...conditions });
    const theta = copyParameters(learner);
    const rows = inputsOf(0);
    const h = 1e-6;
    let [worst, largest] = [0, 0];
    for (const [name, values] of Object.entries(theta))
      values.forEach((_, place) => {
        const at = (shift: number, x: Float32Array) => {
          const moved = Float64Array.from(values);
          moved[place] += shift;
          return lengthOf(forward(network, { ...theta, [name]: moved }, x)) ** 2;
        };
        const expected = meanOf(rows.map((x) => Math.abs(at(h, x) - at(-h, x)) / (2 * h)));
        worst = Math.max(worst, Math.abs(importance[name][place] - expected));
        largest = Math.max(largest, expected);
      });
    expect(largest).toBeGreaterThan(0.1);
    expect(worst / largest).toBeLessThan(1e-4);
  });

  test('is of single rows: where they pull a bias both ways, the gradient of the batch is 0 and the importance is not', async () => {
    const learner = await create({}, { hidden: [] });
    const { network } = setupFor('mas', { engine: onnx, stream, hidden: [] });
    const { parameters } = learner.state().trainer as unknown as { parameters: Arrays };
    const outputs = () => inputsOf(0).map((x) => forward(network, parameters, x)[0]);
    parameters['output/bias'][0] -= meanOf(outputs());
    await learner.endTask!(taskOf(stream, 0));
    expect(Math.abs(meanOf(outputs().map((f) => 2 * f)))).toBeLessThan(1e-5);
    const expected = meanOf(outputs().map((f) => Math.abs(2 * f)));
    expect(expected).toBeGreaterThan(0.05);
    expect(importanceOf(learner)['output/bias'][0]).toBeCloseTo(expected, 5);
  });

  test('reads no labels', async () => {
    const [one, other] = await Promise.all([create({}), create({})]);
    const task = taskOf(stream, 0);
    const flipped = { ...task, train: { ...task.train, labels: task.train.labels.map((y) => 1 - y) } };
    await one.endTask!(task);
    await other.endTask!(flipped);
    expect(importanceOf(other)).toEqual(importanceOf(one));
  });

  test('is a number where ‖f‖ is 0, which has no gradient', async () => {
    const network: Network = mlp({ inputs: 16, hidden: [3], outputs: 4, bias: false });
    const learner = await create({ norm: 'plain', importanceSamples: 3 }, { network });
    const { parameters } = learner.state().trainer as unknown as { parameters: Arrays };
    parameters['output/weight'].fill(0);
    await learner.endTask!(taskOf(stream, 0));
    for (const values of Object.values(importanceOf(learner))) expect(values.every((value) => value === 0)).toBe(true);
  });

  test.each([
    ['sum', (first: number, second: number) => first + second],
    // From Ω = 0: half of the second alone, and a quarter of the first, of which one task leaves half.
    ['average', (first: number, second: number) => first / 2 + second],
  ])('of two tasks by %s', async (combine, together) => {
    const after = async (events: ReturnType<typeof eventsOf>) => {
      // Without a penalty all of them walk the same way.
      const learner = await create({ lambda: 0, combine });
      await drive(learner, events);
      return importanceOf(learner);
    };
    const events = eventsOf(stream);
    const withoutFirst = events.filter((event) => !(event.verb === 'endTask' && event.task.index === 0));
    const [first, second, both] = await Promise.all([eventsOfTask(stream, 0), withoutFirst, events].map(after));
    for (const [name, values] of Object.entries(both))
      values.forEach((value, i) => {
        const expected = together(first[name][i], second[name][i]);
        expect(Math.abs(value - expected)).toBeLessThan(1e-5 * Math.max(1, expected));
      });
    expect(Math.max(...first['output/bias'])).toBeGreaterThan(0.1);
  });
});

test('the penalty adds 2·λ·Ω·(θ − θ*) to the gradient: two steps from one state that differ in λ only', async () => {
  const lambda = 0.05;
  const from = await create({ lambda: 0 });
  await drive(from, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 4)]);
  const state = copyState(from.state());
  const [without, penalized] = await Promise.all([create({ lambda: 0 }), create({ lambda })]);
  for (const learner of [without, penalized]) learner.restore(copyState(state));
  const before = copyParameters(without);
  const { parameters: anchor, importance } = state.anchor as unknown as Record<'parameters' | 'importance', Arrays>;
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  const stats = await penalized.observe(batch);
  const plain = await without.observe(batch);
  let [moved, distance] = [0, 0];
  for (const [name, theta] of Object.entries(before))
    theta.forEach((value, i) => {
      const pull = rate * 2 * lambda * importance[name][i] * (value - anchor[name][i]);
      const difference = without.model.parameters()[name][i] - penalized.model.parameters()[name][i];
      expect(Math.abs(difference - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
      distance += importance[name][i] * (value - anchor[name][i]) ** 2;
    });
  expect(moved).toBeGreaterThan(1e-3);
  expect(stats.penalty / (lambda * distance)).toBeCloseTo(1, 4);
  expect(stats.loss - plain.loss).toBeCloseTo(lambda * distance, 4);
});

test('with λ = 0 it is finetuning', async () => {
  const learner = await create({ lambda: 0 });
  const finetuned = await createLearner('finetune', { engine: onnx, stream, rate });
  for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
  expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
});

test('it protects: with a penalty the parameters that mattered stay nearer to the anchor', async () => {
  const distances = await Promise.all(
    [0, 1].map(async (lambda) => {
      const learner = await create({ lambda });
      await drive(learner, eventsOfTask(stream, 0));
      const state: State = copyState(learner.state());
      const { parameters, importance } = state.anchor as unknown as Record<'parameters' | 'importance', Arrays>;
      await drive(learner, eventsOfTask(stream, 1).slice(0, -1));
      let distance = 0;
      for (const [name, theta] of Object.entries(copyParameters(learner)))
        theta.forEach((value, i) => (distance += importance[name][i] * (value - parameters[name][i]) ** 2));
      return distance;
    }),
  );
  expect(distances[1]).toBeLessThan(distances[0] / 2);
});

test('it holds an anchor and the importance: two numbers a parameter; and says which form it has', async () => {
  const learner = await create({});
  expect(learner.cost().extraBytes).toBe(2 * 4 * (16 * 16 + 16 + 16 * 4 + 4));
  const method = findMethod('mas');
  expect(method.conventions(method.parseOptions({})).join('\n')).toMatch('without the factor ½');
  expect(method.conventions(method.parseOptions({ norm: 'plain', combine: 'average' })).join('\n')).toMatch('½·Ω_task');
});
