import { afterAll, describe, expect, test } from 'vitest';
import { float32, openEngine, tf, type Arrays, type Scalar, type Tensors } from '../../engine/index.ts';
import { createTrainer } from '../../methods/index.ts';
import { addPathImportance, alongPath } from '../../methods/shared/pathIntegral.ts';
import { blobStream, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
const wasm = await openEngine('wasm');
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

const numbers = (a: Arrays): number[] => Object.values(a).flatMap((values) => [...values]);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Gradient descent on L = ½·Σ aᵢ(θᵢ − tᵢ)² from the trainer's own start, with the path followed inside the step.
 * @returns L at the start and at the end, what was followed, and a, θ − t at the start
 */
async function descend(rate: number, updates: number, engine = onnx) {
  const setup = setupFor('finetune', { engine, stream: blobStream('split', 'class'), hidden: [], rate });
  const { parameters } = setup.network;
  const trainer = createTrainer(setup, undefined, parameters);
  const fill = (of: (i: number) => number): Arrays =>
    Object.fromEntries(Object.entries(trainer.parameters).map(([name, v]) => [name, v.map((_, i) => of(i))]));
  const curvature = fill((i) => 0.5 + (i % 7) / 4);
  const target = fill((i) => (i % 3) - 1);
  const step = await trainer.compile('descend', { curvature: parameters, target: parameters }, (before, inputs) => {
    const { loss, gradients } = trainer.lossGradients((p) => {
      const terms = Object.keys(p).map((name) =>
        tf.sum(tf.mul(inputs.curvature[name], tf.squaredDifference(p[name], inputs.target[name]))),
      );
      return { loss: tf.mul(0.5, tf.addN(terms)) as Scalar };
    }, before);
    return { loss, gradients, track: (path, after) => alongPath(path, gradients, before, after) };
  });
  const [a, t] = [numbers(curvature), numbers(target)];
  const start = numbers(trainer.parameters).map((value, i) => value - t[i]);
  for (let i = 0; i < updates; i++) await step({ curvature, target });
  const end = numbers(trainer.parameters).map((value, i) => value - t[i]);
  const loss = (distances: readonly number[]) => total(distances.map((d, i) => 0.5 * a[i] * d * d));
  return { a, start, path: numbers(trainer.tracked), fall: loss(start) - loss(end) };
}

describe('the path integral of gradient descent on a quadratic loss', () => {
  test.each([
    ['onnx', onnx],
    ['wasm', wasm],
  ])('is, for each parameter, the closed form a·δ²·(1 − (1 − ηa)^(2n))/(2 − ηa) (%s)', async (_, engine) => {
    const [rate, updates] = [0.1, 12];
    const { a, start, path } = await descend(rate, updates, engine);
    path.forEach((value, i) => {
      const shrink = (1 - rate * a[i]) ** (2 * updates);
      const expected = (a[i] * start[i] ** 2 * (1 - shrink)) / (2 - rate * a[i]);
      expect(Math.abs(value - expected)).toBeLessThan(1e-5 * Math.max(1, expected));
    });
    expect(Math.max(...path)).toBeGreaterThan(0.1);
  });

  test('adds up to the fall of the loss as steps get small: half the step, half the difference', async () => {
    const gap = async (rate: number, updates: number) => {
      const { path, fall } = await descend(rate, updates);
      expect(fall).toBeGreaterThan(5);
      return total(path) / fall - 1;
    };
    const [coarse, fine, finest] = [await gap(0.04, 25), await gap(0.02, 50), await gap(0.005, 200)];
    expect(finest).toBeGreaterThan(0);
    expect(finest).toBeLessThan(0.004);
    expect(fine / coarse).toBeCloseTo(0.5, 1);
    expect(finest / fine).toBeCloseTo(0.25, 1);
  });
});

test('two steps of three parameters by hand, and what they make of the importance', async () => {
  const specs = { w: float32(3) };
  const program = await onnx.compile(
    'path',
    ({ path, gradients, before, after }) => alongPath(path, gradients, before, after),
    { path: specs, gradients: specs, before: specs, after: specs } as Record<string, { w: ReturnType<typeof float32> }>,
  );
  const walk = [
    [1, -1, 0],
    [0.8, -0.7, 0.1],
    [0.9, -0.6, 0.2],
  ];
  // ω = −2·(−0.2) = 0.4, −(−1)·0.3 = 0.3, −1·0.1 = −0.1; then 0.4 − 1·0.1, 0.3 + 3·0.1, −0.1 + 0·0.1.
  const gradients = [
    [2, -1, 1],
    [1, -3, 0],
  ];
  let path: Arrays = { w: new Float32Array(3) };
  for (const [i, g] of gradients.entries())
    path = await program.run({
      path: path as { w: Float32Array },
      gradients: { w: Float32Array.from(g) },
      before: { w: Float32Array.from(walk[i]) },
      after: { w: Float32Array.from(walk[i + 1]) },
    });
  [0.3, 0.6, -0.1].forEach((value, i) => expect(path.w[i]).toBeCloseTo(value, 6));

  const importance = { w: Float32Array.of(0, 1, 2) };
  const walked = { path, start: { w: Float32Array.from(walk[0]) }, end: { w: Float32Array.from(walk[2]) } };
  addPathImportance(importance, walked, 0.1);
  // 0.3/(0.1² + 0.1), 1 + 0.6/(0.4² + 0.1), 2 + 0: a parameter whose way raised the loss gains nothing.
  [0.3 / 0.11, 1 + 0.6 / 0.26, 2].forEach((value, i) => expect(importance.w[i]).toBeCloseTo(value, 5));
});

test('what a trainer tracks is part of its state, and zero again when it starts anew', async () => {
  const setup = setupFor('finetune', { engine: onnx, stream: blobStream('split', 'class'), hidden: [] });
  const { parameters } = setup.network;
  const make = async () => {
    const trainer = createTrainer(setup, undefined, parameters);
    const gradients = (p: Tensors) => Object.fromEntries(Object.entries(p).map(([name, t]) => [name, tf.mul(t, 0.2)]));
    const step = await trainer.compile('shrink', {}, (before) => ({
      loss: tf.scalar(0),
      gradients: gradients(before),
      track: (path, after) => alongPath(path, gradients(before), before, after),
    }));
    const still = await trainer.compile('still', {}, (before) => ({
      loss: tf.scalar(0),
      gradients: gradients(before),
    }));
    return { trainer, step, still };
  };
  const [one, other] = [await make(), await make()];
  await one.step({});
  const state = structuredClone(one.trainer.state());
  const once = numbers(structuredClone(one.trainer.tracked));
  expect(Math.max(...once)).toBeGreaterThan(1e-4);
  // A step that does not track leaves the arrays as they are.
  await one.still({});
  expect(numbers(one.trainer.tracked)).toEqual(once);
  await one.step({});
  other.trainer.restore(state);
  await other.still({});
  await other.step({});
  expect(numbers(other.trainer.tracked)).toEqual(numbers(one.trainer.tracked));
  expect(numbers(one.trainer.tracked)).not.toEqual(once);
  one.trainer.restart(setup.initial, setup.rng);
  expect(numbers(one.trainer.tracked)).toEqual(once.map(() => 0));
});
