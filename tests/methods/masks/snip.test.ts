import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, type Arrays } from '../../../engine/index.ts';
import {
  createSaliency,
  labelledRowsOf,
  rowsOfBatch,
  snipLayerMasks,
  snipMasks,
} from '../../../methods/shared/masks/snip.ts';
import { createTrainer } from '../../../methods/shared/trainer.ts';
import { rowGradient } from '../backprop.ts';
import { batchOf, blobStream, setupFor, taskOf } from '../fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const plain = (masks: Arrays) => Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, [...mask]]));

describe('two layers by hand', () => {
  // Two inputs, two hidden units with ReLU, two outputs, no biases; one row x = (1, 2) of class 0.
  // h = (1.2 + 2·0.25, 1 − 2·0.25) = (1.7, 0.5); z = (0.5·1.7 + 0.8·0.5, −0.25·1.7 + 0.2·0.5) = (1.25, −0.325);
  // softmax(z)₁ = δ = 1/(1 + e^1.575), so that ∂L/∂z = (−δ, δ) and ∂L/∂h = (−0.75δ, −0.6δ).
  const weights = { 'hidden1/weight': [1.2, 1, 0.25, -0.25], 'output/weight': [0.5, -0.25, 0.8, 0.2] };
  const delta = 1 / (1 + Math.exp(1.575));
  // |w·∂L/∂w| in units of δ: w·xᵢ·∂L/∂hⱼ and w·hⱼ·∂L/∂z.
  const byHand: Record<string, number[]> = {
    'hidden1/weight': [1.2 * 1 * 0.75, 1 * 1 * 0.6, 0.25 * 2 * 0.75, 0.25 * 2 * 0.6], // .9, .6, .375, .3
    'output/weight': [0.5 * 1.7, 0.25 * 1.7, 0.8 * 0.5, 0.2 * 0.5], // .85, .425, .4, .1
  };
  const saliency = Object.fromEntries(
    Object.entries(byHand).map(([name, values]) => [name, Float32Array.from(values, (value) => value * delta)]),
  );

  test('the saliencies are |w·g|', async () => {
    const stream = blobStream('split', 'class', 1);
    const setup = {
      ...setupFor('finetune', { engine: onnx, stream }),
      network: mlp({ inputs: 2, hidden: [2], outputs: 2 }),
    };
    const small = { ...setup, stream: { ...setup.stream, inputSize: 2 }, initial: setup.network.init(setup.rng) };
    const trainer = createTrainer(small);
    for (const values of Object.values(trainer.parameters)) values.fill(0);
    for (const [name, values] of Object.entries(weights)) trainer.parameters[name].set(values);
    const row = { x: Float32Array.of(1, 2), y: Int32Array.of(0), ids: Int32Array.of(0), size: 1, task: 0 };
    const measured = await (await createSaliency(small, trainer))(1, rowsOfBatch(row));
    for (const [name, values] of Object.entries(saliency))
      values.forEach((value, i) => expect(measured[name][i]).toBeCloseTo(value, 7));
  });

  test('all layers ranked together, half of the eight weights: .9, .85, .6 and .425', () => {
    expect(plain(snipMasks('set', saliency, 0.5))).toEqual({
      'hidden1/weight': [1, 1, 0, 0],
      'output/weight': [1, 1, 0, 0],
    });
    // Five of eight (.4 comes next) and seven: what stays differs from layer to layer.
    expect(plain(snipMasks('set', saliency, 0.375))['output/weight']).toEqual([1, 1, 1, 0]);
    expect(plain(snipMasks('set', saliency, 0.125))).toEqual({
      'hidden1/weight': [1, 1, 1, 1],
      'output/weight': [1, 1, 1, 0],
    });
  });

  test('a number of each layer, whatever the other one has', () => {
    expect(plain(snipLayerMasks(saliency, { 'hidden1/weight': 3, 'output/weight': 1 }))).toEqual({
      'hidden1/weight': [1, 1, 1, 0],
      'output/weight': [1, 0, 0, 0],
    });
  });

  test('a layer that would be left empty is named, with what to do', () => {
    expect(() => snipMasks('rigl', saliency, 0.875)).toThrow(
      'method rigl: init: snip at sparsity 0.875 leaves layer output (4 weights) without a single one; choose a smaller sparsity, or init=snip-layers, which gives each layer its number',
    );
  });
});

test('over more rows than one run takes the saliency is |w| times the size of the mean gradient (back-propagation written out)', async () => {
  const stream = blobStream('split', 'class');
  const setup = setupFor('finetune', { engine: onnx, stream });
  const trainer = createTrainer(setup);
  const rows = Int32Array.from({ length: 130 }, (_, i) => (7 * i) % 44);
  const task = taskOf(stream, 0);
  const measured = await (await createSaliency(setup, trainer))(130, labelledRowsOf(task, rows));
  const x = new Float32Array(130 * 16);
  task.train.read(rows, x);
  const mean = new Map<string, Float64Array>();
  rows.forEach((row, i) => {
    const gradient = rowGradient(
      setup.network,
      setup.initial,
      x.subarray(16 * i, 16 * i + 16),
      task.train.labels[row],
      [0, 1, 2, 3],
    );
    for (const [name, values] of Object.entries(gradient)) {
      const sum = mean.get(name) ?? new Float64Array(values.length);
      values.forEach((value, place) => (sum[place] += value / 130));
      mean.set(name, sum);
    }
  });
  expect(Object.keys(measured)).toEqual(['hidden1/weight', 'output/weight']);
  for (const [name, values] of Object.entries(measured))
    values.forEach((value, i) =>
      expect(Math.abs(value - Math.abs(mean.get(name)![i] * setup.initial[name][i]))).toBeLessThan(1e-6),
    );
  expect(trainer.flops).toBeGreaterThan(0);
});

test('in the task scenario the outputs of later tasks have a saliency, too', async () => {
  const stream = blobStream('split', 'task');
  const setup = setupFor('finetune', { engine: onnx, stream });
  const saliency = await createSaliency(setup, createTrainer(setup));
  const measured = await saliency(8, rowsOfBatch(batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7])));
  for (let output = 0; output < 4; output++)
    expect(Math.max(...measured['output/weight'].filter((_, i) => i % 4 === output))).toBeGreaterThan(1e-4);
});
