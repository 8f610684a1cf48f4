import { afterAll, describe, expect, test } from 'vitest';
import { adam, openEngine, sgd, smallCnn, type Arrays } from '../../engine/index.ts';
import { placesOf } from '../../methods/shared/masks/topology.ts';
import { blobStream, copyState, createLearner, drive, eventsOf, eventsOfTask, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

const stream = blobStream('split', 'class');
const options = { sparsity: 0.5, interval: 5, dropFraction: 0.3 };
const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.3 },
  momentum: { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};
const create = (training: (typeof optimizers)[keyof typeof optimizers], more: Record<string, unknown> = {}) =>
  createLearner('set', { engine: onnx, stream, options: { ...options, ...more }, ...training });

type Learner = Awaited<ReturnType<typeof create>>;
const snapshot = (learner: Learner) => {
  const { masks, trainer } = copyState(learner.state()) as unknown as {
    masks: Arrays;
    trainer: { parameters: Arrays; optimizer: Arrays };
  };
  return { masks, ...trainer };
};
const activeIn = (mask: Arrays[string]): number[] => [...placesOf(mask as Float32Array, 1)];

describe.each(Object.entries(optimizers))('with %s', (_, training) => {
  test('after every update each layer has as many active weights as at the start, and all else is exactly zero', async () => {
    const learner = await create(training);
    const counts = Object.values(snapshot(learner).masks).map((mask) => activeIn(mask).length);
    for (const event of eventsOf(stream, { epochs: 2 })) {
      await drive(learner, [event]);
      const { masks, parameters, optimizer } = snapshot(learner);
      expect(Object.values(masks).map((mask) => activeIn(mask).length)).toEqual(counts);
      const held = Object.entries({ ...optimizer, ...parameters });
      for (const [name, mask] of Object.entries(masks))
        for (const [, values] of held.filter(([slot]) => slot.startsWith(name)))
          expect(values.every((value, i) => value === 0 || mask[i] === 1)).toBe(true);
    }
  });

  test('a topology update drops the smallest weights and grows others from zero, with empty optimiser state', async () => {
    // The same run with and without topology updates: equal until the first one, so the second shows what it started from.
    const [evolved, still] = await Promise.all([create(training), create(training, { interval: 1000 })]);
    const events = eventsOfTask(stream, 0).slice(0, 6);
    for (const learner of [evolved, still]) await drive(learner, events);
    const [after, before] = [snapshot(evolved), snapshot(still)];
    for (const [name, mask] of Object.entries(before.masks)) {
      const active = activeIn(mask);
      const dropped = active.filter((i) => after.masks[name][i] === 0);
      const kept = active.filter((i) => after.masks[name][i] === 1);
      const grown = activeIn(after.masks[name]).filter((i) => mask[i] === 0);
      const room = mask.length - active.length;
      expect(dropped).toHaveLength(Math.min(Math.floor(0.3 * active.length), room));
      expect(grown).toHaveLength(dropped.length);
      const sizes = (places: number[]) => places.map((i) => Math.abs(before.parameters[name][i]));
      expect(Math.max(...sizes(dropped))).toBeLessThanOrEqual(Math.min(...sizes(kept)));
      for (const i of kept) expect(after.parameters[name][i]).toBe(before.parameters[name][i]);
      for (const i of [...grown, ...dropped]) {
        expect(Math.abs(after.parameters[name][i])).toBe(0);
        for (const [slot, values] of Object.entries(after.optimizer))
          expect(slot.startsWith(name) ? Math.abs(values[i]) : 0).toBe(0);
      }
    }
    await drive(evolved, eventsOfTask(stream, 0).slice(6, 7));
    const next = snapshot(evolved);
    const name = 'hidden1/weight';
    const grown = activeIn(after.masks[name]).filter((i) => before.masks[name][i] === 0);
    expect(grown.some((i) => next.parameters[name][i] !== 0)).toBe(true); // they learn
  });
});

test('the number of active weights is what sparsity asks for, to a rounding in each layer', async () => {
  const { masks } = snapshot(await create(optimizers.sgd, { sparsity: 0.9 }));
  const active = Object.values(masks).reduce((sum, mask) => sum + activeIn(mask).length, 0);
  expect(Math.abs(active - 0.1 * (16 * 16 + 16 * 4))).toBeLessThanOrEqual(1);
});

test('without sparsity it is finetuning', async () => {
  const learner = await create(optimizers.sgd, { sparsity: 0 });
  const finetuned = await createLearner('finetune', { engine: onnx, stream, ...optimizers.sgd });
  for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
  expect(learner.model.parameters()).toEqual(finetuned.model.parameters());
});

test('weights start 1/√density as large as in the dense network, so that units vary as there (Evci et al., arXiv:2010.03533)', async () => {
  const { initial } = setupFor('set', { engine: onnx, stream, options });
  const { masks, parameters } = snapshot(await create(optimizers.sgd));
  for (const [name, mask] of Object.entries(masks)) {
    const active = activeIn(mask);
    const factor = Math.sqrt(mask.length / active.length);
    for (const i of active) expect(parameters[name][i]).toBeCloseTo(factor * initial[name][i], 6);
  }
  expect(parameters['hidden1/bias']).toEqual(initial['hidden1/bias']);
});

test('a sparsity that leaves a layer without weights is refused', async () => {
  await expect(create(optimizers.sgd, { sparsity: 0.999, distribution: 'uniform' })).rejects.toThrow(
    'method set: sparsity: 0.999 leaves layer hidden1 (256 weights) without a single one; choose a smaller sparsity',
  );
});

test('convolutions are masked like linear layers: filters evolve, norms and biases stay dense', async () => {
  const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
  const learner = await createLearner('set', { engine: cpu, stream, network, options, ...optimizers.momentum });
  const first = snapshot(learner);
  const sizes = { 'conv1/weight': 4 * 9, 'conv2/weight': 4 * 6 * 9, 'hidden1/weight': 6 * 8, 'output/weight': 8 * 4 };
  expect(Object.fromEntries(Object.entries(first.masks).map(([name, mask]) => [name, mask.length]))).toEqual(sizes);
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const active = Object.values(first.masks).reduce((sum, mask) => sum + activeIn(mask).length, 0);
  expect(Math.abs(active - 0.5 * total)).toBeLessThanOrEqual(2);
  await drive(learner, eventsOfTask(stream, 0));
  const last = snapshot(learner);
  for (const [name, mask] of Object.entries(last.masks)) {
    expect(activeIn(mask)).toHaveLength(activeIn(first.masks[name]).length);
    expect(last.parameters[name].every((value, i) => value === 0 || mask[i] === 1)).toBe(true);
  }
  expect(last.masks['conv2/weight']).not.toEqual(first.masks['conv2/weight']);
  expect(last.parameters['conv1/norm/gamma'].every((value) => value !== 0)).toBe(true);
});

test('it holds one mask a weight', async () => {
  expect((await create(optimizers.sgd)).cost().extraBytes).toBe(4 * (16 * 16 + 16 * 4));
});
