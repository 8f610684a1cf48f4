import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, type Arrays } from '../../engine/index.ts';
import type { GradientSizes, Learner } from '../../methods/index.ts';
import { findMethod } from '../../methods/index.ts';
import { batchGradient } from './backprop.ts';
import {
  batchOf,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  setupFor,
  type LearnerConditions,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'task-free');
const rate = 0.1;
const create = (options: Record<string, unknown>, more: Partial<LearnerConditions> = {}) =>
  createLearner('mas-online', { engine: onnx, stream, options, rate, ...more });
const { network } = setupFor('mas-online', { engine: onnx, stream });
const everyOutput = [0, 1, 2, 3];

interface Parts {
  readonly anchor: { readonly parameters: Arrays; readonly importance: Arrays; readonly count: number };
  readonly buffer: { readonly store: { readonly id: Int32Array; readonly x: Float32Array }; readonly size: number };
  readonly losses: { readonly losses: Float32Array };
}
const partsOf = (learner: Learner) => copyState(learner.state()) as unknown as Parts;
const heldIds = (learner: Learner) => {
  const { store, size } = partsOf(learner).buffer;
  return [...store.id.subarray(0, size)];
};

const lossesOf = (parameters: Arrays, x: Float32Array, y: Int32Array, rows: number) =>
  Array.from(
    { length: rows },
    (_, i) => -logSoftmax(forward(network, parameters, x.subarray(16 * i, 16 * (i + 1))), everyOutput)[y[i]],
  );

describe('an update', () => {
  test('is `steps` descents along the gradient of the mean loss over batch and held rows (written-out back-propagation)', async () => {
    const learner = await create({ steps: 2, hardBuffer: 3, meanThreshold: 1e-9 });
    const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3]), batchOf(stream, 0, [4, 5])];
    await learner.observe(first);
    const held = heldIds(learner);
    const rowsOf = (ids: readonly number[]) => ids.map((id) => [...first.ids].indexOf(id));
    expect(held).toHaveLength(3);
    let expected: Record<string, ArrayLike<number>> = copyParameters(learner);
    const joint = batchOf(stream, 0, [4, 5, ...rowsOf(held)], 5);
    for (let i = 0; i < 2; i++) {
      const gradient = batchGradient(network, expected, joint, everyOutput);
      expected = Object.fromEntries(
        Object.entries(expected).map(([name, v]) => [
          name,
          Float64Array.from(v, (value, k) => value - rate * gradient[name][k]),
        ]),
      );
    }
    const start = copyParameters(learner);
    const { loss, penalty, plateau } = await learner.observe(second);
    const worst = Object.entries(copyParameters(learner)).map(([name, values]) =>
      Math.max(...values.map((value, k) => Math.abs(value - expected[name][k]))),
    );
    expect(Math.max(...worst)).toBeLessThan(1e-6);
    const losses = lossesOf(start, joint.x, joint.y, 5);
    expect(loss).toBeCloseTo(losses.reduce((sum, each) => sum + each, 0) / 5, 5);
    expect([penalty, plateau]).toEqual([0, 0]);
    expect(partsOf(learner).losses.losses.at(-1)).toBeCloseTo(loss, 6);
  });

  test('keeps the rows with the largest losses before its last descent', async () => {
    const learner = await create({ steps: 1, hardBuffer: 2 });
    const batch = batchOf(stream, 0, [0, 1, 2, 3, 4, 5]);
    const losses = lossesOf(copyParameters(learner), batch.x, batch.y, 6);
    await learner.observe(batch);
    const expected = [...losses.keys()].toSorted((a, b) => losses[b] - losses[a]).slice(0, 2);
    expect(heldIds(learner).toSorted()).toEqual(expected.map((row) => batch.ids[row]).toSorted());
  });
});

describe('a plateau', () => {
  test('measures importance on the rows held then, by central differences, and averages it over plateaus', async () => {
    // Every batch is a plateau: no loss is so large, and a window of one loss rises now and then.
    const options = { steps: 1, hardBuffer: 3, window: 1, meanThreshold: 1e9, varianceThreshold: 1e9, lambda: 0 };
    const learner = await create(options);
    const events = eventsOf(stream);
    let expected: Record<string, Float64Array> | null = null;
    let plateaus = 0;
    for (const event of events) {
      const { store, size } = partsOf(learner).buffer;
      const [{ plateau }] = await drive(learner, [event]);
      const theta = copyParameters(learner);
      const { anchor } = partsOf(learner);
      expect(anchor.count).toBe((plateaus += plateau));
      if (plateau === 0) continue;
      expect(anchor.parameters).toEqual(theta);
      const lengthAt = (name: string, place: number, shift: number, slot: number) => {
        const moved = Float64Array.from(theta[name]);
        moved[place] += shift;
        const f = forward(network, { ...theta, [name]: moved }, store.x.subarray(16 * slot, 16 * (slot + 1)));
        return Math.sqrt(f.reduce((sum, z) => sum + z * z, 0));
      };
      const fresh = Object.fromEntries(
        Object.entries(theta).map(([name, values]) => [
          name,
          Float64Array.from(values, (_, place) => {
            let sum = 0;
            for (let slot = 0; slot < size; slot++)
              sum += Math.abs(lengthAt(name, place, 1e-6, slot) - lengthAt(name, place, -1e-6, slot)) / 2e-6 / size;
            return sum;
          }),
        ]),
      );
      const before: Record<string, Float64Array> | null = expected;
      expected = Object.fromEntries(
        Object.entries(fresh).map(([name, values]) => [
          name,
          values.map((value, i) => value / plateaus + (1 - 1 / plateaus) * (before?.[name][i] ?? 0)),
        ]),
      );
      for (const [name, values] of Object.entries(expected))
        values.forEach((value, i) => expect(Math.abs(anchor.importance[name][i] - value), name).toBeLessThan(1e-4));
    }
    expect(plateaus).toBeGreaterThan(1);
    expect(Math.max(...expected!['output/bias'])).toBeGreaterThan(0.1);
  });

  test('holds the parameters: from then on the first descent’s gradient has λ·Ω·(θ − θ*)', async () => {
    const from = await create({ steps: 1, hardBuffer: 4, meanThreshold: 1.2 });
    const stats = await drive(from, eventsOf(stream, { epochs: 2 }).slice(0, 9));
    expect(stats.some(({ plateau }) => plateau === 1)).toBe(true);
    const state = copyState(from.state());
    const lambda = 2;
    const [without, penalized] = await Promise.all(
      [0, lambda].map((each) => create({ steps: 1, hardBuffer: 4, lambda: each })),
    );
    for (const learner of [without, penalized]) learner.restore(copyState(state));
    const before = copyParameters(without);
    const { parameters: anchor, importance } = (state as unknown as Parts).anchor;
    const batch = batchOf(stream, 1, [0, 1, 2]);
    await without.observe(batch);
    const { penalty } = await penalized.observe(batch);
    let [largest, distance] = [0, 0];
    for (const [name, theta] of Object.entries(before))
      theta.forEach((value, i) => {
        const pull = rate * lambda * importance[name][i] * (value - anchor[name][i]);
        const difference = without.model.parameters()[name][i] - penalized.model.parameters()[name][i];
        expect(Math.abs(difference - pull)).toBeLessThan(1e-6);
        largest = Math.max(largest, Math.abs(pull));
        distance += importance[name][i] * (value - anchor[name][i]) ** 2;
      });
    expect(largest).toBeGreaterThan(1e-4);
    expect(penalty / ((lambda / 2) * distance)).toBeCloseTo(1, 4);
  });
});

test('cost counts every descent, and memory the anchor, the importance and the held rows', async () => {
  const costs = await Promise.all(
    [1, 4].map(async (steps) => {
      const learner = await create({ steps, meanThreshold: 1e-9 });
      await drive(learner, eventsOfTask(stream, 0).slice(0, 3));
      return learner.cost();
    }),
  );
  expect(costs[1].flops).toBe(4 * costs[0].flops!);
  expect(costs[0].extraBytes).toBe(2 * 4 * (16 * 16 + 16 + 16 * 4 + 4) + 30 * 4 * (16 + 3));
});

test('held rows and the penalty are the stability side of the gradient', async () => {
  const measured: GradientSizes[] = [];
  const setup = setupFor('mas-online', { engine: onnx, stream, options: { steps: 1 } });
  const training = { ...setup.training, onGradients: (sizes: GradientSizes) => measured.push(sizes) };
  const learner = await findMethod('mas-online').create({ ...setup, training });
  await drive(learner, eventsOfTask(stream, 0).slice(0, 2));
  expect(measured[0].sides!.stability).toBe(0);
  expect(measured[1].sides!.stability).toBeGreaterThan(0.01);
});
