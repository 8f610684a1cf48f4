import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { float32, lossGradients, mlp, openEngine, smallCnn, tf, type Scalar } from '../../../engine/index.ts';
import { drawScores, fanIn, lossThroughMasks, scoreSpecs } from '../../../methods/shared/subnetworks/scores.ts';
import type { Trainer } from '../../../methods/shared/trainer.ts';

const engine = await openEngine('cpu');
afterAll(() => engine.dispose());

test('straight-through gradients by hand', async () => {
  const network = mlp({ inputs: 2, hidden: [2], outputs: 1, bias: false });
  const weight = 'hidden1/weight';
  // Only what it reads of the trainer.
  const trainer = { lossGradients } as Trainer;
  const program = await engine.compile(
    'gradients',
    (all) => {
      // L = Σ c·(w·m) + 2·(output weights), so that ∂L/∂(w·m) = c.
      const { gradients, loss } = lossThroughMasks(trainer, network, all.parameters, all.masks, (effective) => ({
        loss: tf.add(tf.sum(tf.mul(all.c, effective[weight])), tf.mul(2, tf.sum(effective['output/weight']))) as Scalar,
      }));
      return { gradients, loss };
    },
    {
      parameters: { ...network.parameters, ...scoreSpecs(network, [weight]) },
      masks: { [weight]: float32(2, 2) },
      c: float32(2, 2),
    },
  );
  const { gradients, loss } = await program.run({
    parameters: {
      [weight]: Float32Array.of(0.5, -2, 3, 4),
      'output/weight': Float32Array.of(10, 20),
      [`scores/${weight}`]: Float32Array.of(1, -1, -0.5, 0),
    },
    masks: { [weight]: Float32Array.of(1, 0, 1, 0) },
    c: Float32Array.of(1, 3, -5, 7),
  });
  expect(loss[0]).toBe(0.5 - 15 + 60);
  // c where the mask is 1.
  expect([...gradients[weight]]).toEqual([1, 0, -5, 0]);
  // c·w·sign(s), in the mask or not.
  expect([...gradients[`scores/${weight}`]]).toEqual([0.5, 6, 15, 0]);
  expect([...gradients['output/weight']]).toEqual([2, 2]);
});

test('scores start uniform in ±1/√fan-in, the default of PyTorch’s layers', () => {
  const network = smallCnn({ inputShape: [8, 8, 3], outputs: 4, channels: [32], hidden: 50 });
  const names = ['conv1/weight', 'hidden1/weight'];
  // Three channels under a window of 3 × 3; 32 maps of 4 × 4.
  const fans = [27, 512];
  expect(names.map((name) => fanIn(network, name))).toEqual(fans);
  const scores = drawScores(network, names, createRng(1));
  names.forEach((name, i) => {
    const bound = 1 / Math.sqrt(fans[i]);
    const values = [...scores[`scores/${name}`]];
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
    // Of a uniform distribution: mean 0, variance bound²/3, fourth moment bound⁴/5, within four standard errors.
    const mean = (of: (value: number) => number) => values.reduce((sum, value) => sum + of(value), 0) / values.length;
    expect(Math.abs(mean((value) => value))).toBeLessThan((4 * bound) / Math.sqrt(3 * values.length));
    const spread = Math.sqrt((1 / 5 - 1 / 9) / values.length);
    expect(Math.abs(mean((value) => (value / bound) ** 2) - 1 / 3)).toBeLessThan(4 * spread);
  });
  expect(drawScores(network, names, createRng(1))).toEqual(scores);
  expect(drawScores(network, names, createRng(2))).not.toEqual(scores);
});
