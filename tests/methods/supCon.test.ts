import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, int32, lossGradients, openEngine, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import { supCon } from '../../methods/shared/supCon.ts';

const onnx = await openEngine('onnx');
const wasm = await openEngine('wasm');
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

type Rows = readonly (readonly number[])[];

/** L_out of the paper as a double sum over anchors and positives; rows of weight 0 left out before anything is computed. */
function written(all: Rows, allLabels: readonly number[], allWeights: readonly number[], tau: number): number {
  const kept = [...all.keys()].filter((i) => allWeights[i] > 0);
  const [z, y, w] = [kept.map((i) => all[i]), kept.map((i) => allLabels[i]), kept.map((i) => allWeights[i])];
  const similarity = (i: number, j: number) => z[i].reduce((sum, value, k) => sum + value * z[j][k], 0) / tau;
  let loss = 0;
  for (const i of z.keys()) {
    const others = [...z.keys()].filter((a) => a !== i);
    const positives = others.filter((p) => y[p] === y[i]);
    const denominator = others.reduce((sum, a) => sum + Math.exp(similarity(i, a)), 0);
    for (const p of positives) loss -= (w[i] / positives.length) * Math.log(Math.exp(similarity(i, p)) / denominator);
  }
  return loss;
}

async function computed(z: Rows, labels: readonly number[], weights: readonly number[], tau: number, engine = onnx) {
  const program = await engine.compile(
    'supcon',
    (all) => {
      const { loss, gradients } = lossGradients(
        (p) => ({ loss: supCon(p.z as Tensor2D, all.labels as Tensor1D, all.weights as Tensor1D, tau) }),
        { z: all.z },
      );
      return { loss, gradient: gradients.z };
    },
    { z: float32(z.length, z[0].length), labels: int32(z.length), weights: float32(z.length) },
  );
  const { loss, gradient } = await program.run({
    z: Float32Array.from(z.flat()),
    labels: Int32Array.from(labels),
    weights: Float32Array.from(weights),
  });
  return { loss: loss[0], gradient };
}

const rng = createRng('supcon');
const unit = (size: number): number[] => {
  const v = Array.from({ length: size }, () => rng.normal());
  return v.map((value) => value / Math.hypot(...v));
};
const z = Array.from({ length: 9 }, () => unit(5));
// Class 7 has a single row, which is no one's positive; rows 4 and 8 are padding, 4 as the twin of row 0.
const labels = [0, 1, 0, 2, 0, 1, 2, 7, 1];
const weights = [0.2, 0.1, 0.3, 0.1, 0, 0.2, 0.1, 0.1, 0];

describe.each([onnx, wasm])('on $name', (engine) => {
  test.each([0.07, 0.5])('it is the written-out double sum at τ = %s', async (tau) => {
    const { loss } = await computed(z, labels, weights, tau, engine);
    expect(loss).toBeCloseTo(written(z, labels, weights, tau), 4);
  });
});

test('by hand: two classes of two equal unit vectors at right angles, τ = 1', async () => {
  // Each anchor has one positive with similarity 1 and two others with 0: −log(e / (e + 2)).
  const { loss } = await computed([[1, 0], [0, 1], [1, 0], [0, 1]], [3, 5, 3, 5], [0.25, 0.25, 0.25, 0.25], 1); // prettier-ignore
  expect(loss).toBeCloseTo(-Math.log(Math.E / (Math.E + 2)), 6);
});

test('its gradient is that of finite differences; padding has none, and its values change nothing', async () => {
  const tau = 0.3;
  const { gradient } = await computed(z, labels, weights, tau);
  const h = 1e-5;
  for (const i of z.keys())
    for (const k of z[i].keys()) {
      const at = (by: number) =>
        written(z.map((row, n) => row.map((value, j) => value + (n === i && j === k ? by : 0))), labels, weights, tau); // prettier-ignore
      expect(gradient[5 * i + k]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 4);
    }
  for (const i of [4, 8]) expect([...gradient.subarray(5 * i, 5 * i + 5)].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  const garbage = z.map((row, i) => (weights[i] === 0 ? row.map(() => 50) : row));
  expect((await computed(garbage, labels, weights, tau)).loss).toBe((await computed(z, labels, weights, tau)).loss);
});

test('it stays a number where exponentials vanish, and where an anchor is alone', async () => {
  // Opposite vectors at τ = 0.01: log(e^−100 / (e^−100 + e^−100)) for the two of a class with a third between them as far away.
  const { loss } = await computed([[1, 0], [-1, 0], [-1, 0]], [0, 0, 1], [1, 0, 1], 0.01); // prettier-ignore
  expect(loss).toBeCloseTo(0, 6);
  const far = await computed([[1, 0], [-1, 0], [-1, 0]], [0, 0, 1], [1, 1e-9, 1e-9], 0.01); // prettier-ignore
  expect(far.loss).toBeCloseTo(Math.log(2), 5);
  const alone = await computed([[1, 0], [0, 1]], [0, 0], [1, 0], 0.07); // prettier-ignore
  expect(alone.loss).toBeCloseTo(0, 6);
});
