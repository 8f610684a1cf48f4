import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, mlp, openEngine } from '../../engine/index.ts';
import { allocateRows, asRows, createTrainer, methods, putBatch, rowSpecs } from '../../methods/index.ts';
import { createMasks, maskSpecs } from '../../methods/shared/dropout.ts';
import {
  batchOf,
  blobStream,
  bytesOfState,
  copyState,
  createLearner,
  drive,
  eventsOf,
  setupFor,
  streamFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const network = mlp({ inputs: 16, hidden: [16, 8], outputs: 4, dropout: 0.25 });
const conditions = { engine: onnx, stream, network };

test('masks are made for every group of rows among a step’s inputs, and for nothing else', () => {
  const inputs = { rows: rowSpecs(5, 16), old: rowSpecs(7, 16), stored: float32(3, 4), masks: { w: float32(16, 16) } };
  expect(maskSpecs(network, inputs)).toEqual({
    rows: { 'hidden1/dropout': float32(5, 16), 'hidden2/dropout': float32(5, 8) },
    old: { 'hidden1/dropout': float32(7, 16), 'hidden2/dropout': float32(7, 8) },
  });
  expect(maskSpecs(mlp({ inputs: 16, hidden: [16], outputs: 4 }), inputs)).toEqual({});
});

test('masks drop the share that the network says, and are drawn anew every time', () => {
  const draw = createMasks({ rows: { unit: float32(100, 100) } }, 0.25, createRng(1));
  const first = (draw().rows.unit as Float32Array).slice();
  // Binomial(10000, 3/4), of standard deviation 43.3.
  expect(Math.abs(first.reduce((sum, value) => sum + value, 0) - 7500)).toBeLessThan(4 * 43.3);
  expect(new Set(first)).toEqual(new Set([0, 1]));
  expect(draw().rows.unit).not.toEqual(first);
});

describe('a trainer', () => {
  async function losses(dropout: number) {
    const thinned = mlp({ inputs: 16, hidden: [16], outputs: 4, dropout });
    const trainer = createTrainer(setupFor('finetune', { ...conditions, network: thinned, rate: 1e-20 }));
    const step = await trainer.compileLoss('step', { rows: rowSpecs(8, 16) }, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    const rows = allocateRows(8, 16);
    putBatch(rows, batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]), 0, 1 / 8);
    return Promise.all([(await step({ rows })).loss, (await step({ rows })).loss]);
  }

  test('drops units in training steps, others at every step', async () => {
    const [first, second] = await losses(0.25);
    expect(second).not.toBe(first);
    const [whole, again] = await losses(0);
    expect(again).toBe(whole);
    expect(first).not.toBe(whole);
  });

  test('refuses rows that it has no masks for', async () => {
    const trainer = createTrainer(setupFor('finetune', conditions));
    const compiled = trainer.compileLoss('step', { rows: rowSpecs(8, 16) }, (parameters, inputs) => {
      const rows = asRows(inputs.rows);
      return { loss: trainer.classifier.loss(parameters, { ...rows, x: rows.x.clone() }) };
    });
    await expect(compiled).rejects.toThrow('rows of a training step must be one of the groups of its inputs');
  });
});

describe.each(methods.map(({ name }) => name))('method %s with dropout', (name) => {
  const here = streamFor(name);
  const given = { ...conditions, stream: here };
  test('trains, and goes on from its state to the same bytes', async () => {
    const events = eventsOf(here);
    const whole = await createLearner(name, given);
    const half = events.length / 2;
    await drive(whole, events.slice(0, half));
    const state = copyState(whole.state());
    await drive(whole, events.slice(half));
    await whole.model.prepare?.();
    const resumed = await createLearner(name, { ...given, seed: 2 });
    resumed.restore(state);
    await drive(resumed, events.slice(half));
    await resumed.model.prepare?.();
    expect(bytesOfState(resumed.state())).toBe(bytesOfState(whole.state()));
    const plain = await createLearner(name, {
      ...given,
      network: mlp({ inputs: 16, hidden: [16, 8], outputs: 4 }),
    });
    await drive(plain, events);
    await plain.model.prepare?.();
    expect(plain.model.parameters()).not.toEqual(whole.model.parameters());
  });
});
