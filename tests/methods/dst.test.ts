import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { mlp, openEngine, smallCnn, type Arrays } from '../../engine/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import type { Learner } from '../../methods/index.ts';
import { taskSites } from '../../methods/shared/subnetworks/taskSites.ts';
import * as dst from './dstFixtures.ts';
import {
  activeIn,
  epochs,
  follow,
  names,
  network,
  optimizers,
  perTask,
  snapshot,
  stream,
  valuesAt,
} from './dstFixtures.ts';
import {
  batchOf,
  bytesOfState,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  rowOf,
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const create = (options?: Record<string, unknown>, more?: Parameters<typeof dst.create>[2]) =>
  dst.create(onnx, options, more);

describe.each(Object.entries(optimizers))('with %s', (_, training) => {
  test.each(['random', 'gradient'])(
    'and %s growth each layer keeps its exact number of weights, what is owned stays to the bit, and free places hold zeros',
    async (growth) => {
      const learner = await create({ growth }, training);
      const counts = taskSites('dst', network, { sparsity: 0.6, distribution: 'erk' }, [0, 1]).counts;
      let changes = 0;
      await follow(learner, ({ task, before, after, owned }) => {
        for (const name of names) {
          const active = activeIn(after.masks[name]);
          expect(active).toHaveLength(counts[name]);
          const places = Array.from(owned[name], (_value, i) => i);
          const kept = places.filter((i) => owned[name][i] === 1);
          expect(valuesAt(after, name, kept)).toEqual(valuesAt(before, name, kept));
          const empty = places.filter((i) => owned[name][i] === 0 && after.masks[name][i] === 0);
          expect(
            valuesAt(after, name, empty)
              .flat()
              .every((value) => value === 0),
          ).toBe(true);
          changes += active.filter((i) => before.masks[name][i] === 0).length;
        }
        // Of the output layer, [10, 6], a task has the weights of its own two outputs only.
        for (const i of activeIn(after.masks['output/weight'])) expect(Math.floor((i % 6) / 2)).toBe(task);
      });
      expect(changes).toBeGreaterThan(30);
    },
  );
});

test('each update learns by the loss of the subnetwork that predicts, with the stored values of weights grown where a task owns them', async () => {
  const learner = await create();
  const grownOnOwned: number[] = [];
  const errors: number[] = [];
  let predicting: Arrays | null = null;
  await follow(learner, ({ task, t, before, after, owned, loss, batch }) => {
    // Written out in 64-bit floats, from what the model showed after the update before.
    if (t > 1) {
      const losses = Array.from({ length: batch.size }, (_, i) => {
        const z = forward(network, predicting!, rowOf(batch, i));
        return -logSoftmax(z, stream.tasks[task].outputs)[batch.y[i]];
      });
      errors.push(Math.abs(loss - losses.reduce((sum, value) => sum + value, 0) / batch.size));
    }
    predicting = structuredClone(learner.model.parameters(task));
    for (const name of names)
      for (const [i, mask] of after.masks[name].entries()) {
        expect(Math.abs(predicting[name][i])).toBe(mask === 1 ? Math.abs(after.parameters[name][i]) : 0);
        const stored = owned[name][i] === 1 && mask === 1 && before.masks[name][i] === 0;
        expect(stored ? predicting[name][i] : 0).toBe(stored ? before.parameters[name][i] : 0);
        if (stored) grownOnOwned.push(predicting[name][i]);
      }
  });
  expect(Math.max(...errors)).toBeLessThan(1e-5);
  expect(errors).toHaveLength(3 * (perTask - 1));
  // All but those whose unit was dead to the end of their task.
  expect(grownOnOwned.filter((value) => value !== 0).length).toBeGreaterThan(10);
});

describe('an old task', () => {
  const dense = mlp({ inputs: 16, hidden: [12], outputs: 6 });
  const convolutional = smallCnn({ inputShape: [4, 4, 1], outputs: 6, channels: [4, 6], hidden: 8, norm: 'batch' });
  const logitsOf = async (learner: Learner, task: number) => {
    const { x } = batchOf(stream, task, [0, 1, 2, 3, 4, 5, 6, 7]);
    const program = await onnx.compile(
      'logits',
      (all) => ({ logits: learner.model.logits(all.parameters, all.x as never) }),
      { parameters: learner.model.specs, x: { shape: [8, 16], dtype: 'float32' } as const },
    );
    return Array.from((await program.run({ parameters: learner.model.parameters(task), x })).logits);
  };

  test.each([
    ['a perceptron', dense],
    ['convolutions with batch norm', convolutional],
  ])('answers as at its end, to the bit, whatever later tasks learn (%s)', async (_, here) => {
    const learner = await create({}, { network: here });
    await drive(learner, eventsOfTask(stream, 0, epochs));
    const [parameters, logits] = [structuredClone(learner.model.parameters(0)), await logitsOf(learner, 0)];
    for (const event of [1, 2].flatMap((task) => eventsOfTask(stream, task))) {
      await drive(learner, [event]);
      expect(learner.model.parameters(0)).toEqual(parameters);
    }
    expect(await logitsOf(learner, 0)).toEqual(logits);
    expect(learner.model.parameters(2)).not.toEqual(parameters);
  });

  test.each([
    ['a perceptron', dense],
    ['convolutions with batch norm', convolutional],
  ])(
    'drifts by nothing but shared biases, norms and their statistics where it has none of its own (%s)',
    async (_, here) => {
      const learner = await create({ own: 'none' }, { network: here });
      await drive(learner, eventsOfTask(stream, 0, epochs));
      const [parameters, logits] = [structuredClone(learner.model.parameters(0)), await logitsOf(learner, 0)];
      await drive(learner, eventsOfTask(stream, 1, epochs));
      const later = learner.model.parameters(0);
      const moved = Object.keys(parameters).filter((name) =>
        later[name].some((value, i) => value !== parameters[name][i]),
      );
      const shared = Object.keys(parameters).filter(
        (name) => !here.layers.some((layer) => name === `${layer.name}/weight`),
      );
      expect(moved).toEqual(shared);
      expect(await logitsOf(learner, 0)).not.toEqual(logits);
    },
  );

  test('is measured by its stored subnetwork while another one trains', async () => {
    const learner = await create({ own: 'none' });
    await drive(learner, eventsOfTask(stream, 0, epochs));
    const { masks } = snapshot(learner);
    const evaluator = await createEvaluator(onnx, learner.model, stream, 1000, createRng(1));
    const { test: rows, outputs } = stream.tasks[0];
    const x = new Float32Array(rows.length * 16);
    rows.read(
      Array.from({ length: rows.length }, (_, i) => i),
      x,
    );
    for (const event of eventsOfTask(stream, 1, epochs)) {
      await drive(learner, [event]);
      // The weights that all tasks share, where this one's mask has ones, written out.
      const { parameters } = snapshot(learner);
      const own = { ...parameters };
      for (const name of names) own[name] = parameters[name].map((value, i) => value * masks[name][i]) as Float32Array;
      const scores = Array.from(rows.labels, (_, i) =>
        logSoftmax(forward(network, own, x.subarray(16 * i, 16 * (i + 1))), outputs),
      ).map((row, i) => ({ right: Math.max(...row) === row[rows.labels[i]], loss: -row[rows.labels[i]] }));
      const [{ accuracy, loss }] = await evaluator.evaluate(1);
      expect(accuracy).toBeCloseTo(scores.filter(({ right }) => right).length / rows.length, 6);
      expect(loss).toBeCloseTo(scores.reduce((sum, score) => sum + score.loss, 0) / rows.length, 4);
    }
  });

  test('has the subnetwork of its own; the one at hand answers for tasks that have not begun', async () => {
    const learner = await create();
    await drive(learner, eventsOfTask(stream, 0, epochs));
    const first = structuredClone(learner.model.parameters(0));
    await drive(learner, eventsOfTask(stream, 1, epochs).slice(0, 3));
    const own = structuredClone(learner.model.parameters(1));
    expect(learner.model.parameters(2)).toEqual(own);
    expect(learner.model.parameters()).toEqual(own);
    expect(learner.model.parameters(0)).toEqual(first);
    expect(own).not.toEqual(first);
  });
});

test('a task starts from a random subnetwork of stored weights and initial ones, or of zeros', async () => {
  const [initial, zero] = [await create(), await create({ start: 'zero' })];
  for (const learner of [initial, zero]) await drive(learner, eventsOfTask(stream, 0, epochs));
  const owned = snapshot(zero).masks;
  for (const learner of [initial, zero]) await learner.beginTask!(taskOf(stream, 1));
  for (const name of names) {
    const free = activeIn(snapshot(zero).masks[name]).filter((i) => owned[name][i] === 0);
    expect(free.length).toBeGreaterThan(0);
    expect(free.every((i) => snapshot(zero).parameters[name][i] === 0)).toBe(true);
  }
  // Uniform in ±1/√in, made 1/√d as large where the share d is left: so of deviation 1/√(3·in·d).
  const { masks, parameters } = snapshot(initial);
  const name = 'hidden1/weight';
  const free = activeIn(masks[name]).filter((i) => owned[name][i] === 0);
  const density = activeIn(masks[name]).length / masks[name].length;
  const bound = 1 / Math.sqrt(16 * density);
  expect(Math.max(...free.map((i) => Math.abs(parameters[name][i])))).toBeLessThanOrEqual(bound);
  const square = free.reduce((sum, i) => sum + parameters[name][i] ** 2, 0) / free.length;
  // The square of a uniform draw has deviation bound²·√(4/45).
  expect(Math.abs(square - bound ** 2 / 3)).toBeLessThan((4 * bound ** 2 * Math.sqrt(4 / 45)) / Math.sqrt(free.length));
});

test('restored in the middle of a task, between topology updates, it goes on identically to the bit', async () => {
  const options = { growth: 'unfired', growthLater: 'momentum', growthSwitch: 2 };
  const events = eventsOf(stream, epochs);
  const learner = await create(options);
  const states = [];
  for (const event of events) {
    await drive(learner, [event]);
    states.push(copyState(learner.state()));
  }
  const final = bytesOfState(learner.state());
  // In the first task, in the second, just after it, and in the third.
  for (const cut of [5, 20, 27, 33]) {
    const restored = await create(options, { seed: 2 });
    restored.restore(states[cut]);
    await drive(restored, events.slice(cut + 1));
    expect(bytesOfState(restored.state())).toBe(final);
  }
});

describe('where no free weight is left', () => {
  test('layers are told of once a task, and the output layer goes on learning', async () => {
    const learner = await create({ sparsity: 0 });
    await drive(learner, eventsOf(stream, epochs));
    expect(learner.warnings).toEqual(
      [2, 3].map(
        (task) =>
          `method dst: task ${task} finds no free weight left in hidden1, hidden2: it makes do there with those of earlier tasks, as they are; a larger sparsity or a wider network leaves more`,
      ),
    );
    const evaluator = await createEvaluator(onnx, learner.model, stream, 1000, createRng(1));
    expect((await evaluator.evaluate(3))[2].accuracy).toBeGreaterThan(0.8);
  });

  test('a task whose outputs are taken, too, is refused', async () => {
    const here = { ...stream, tasks: [stream.tasks[0], stream.tasks[0]] };
    const learner = await createLearner('dst', { engine: onnx, stream: here, hidden: [8], options: { sparsity: 0 } });
    await drive(learner, eventsOfTask(here, 0));
    await expect(learner.beginTask!(taskOf(here, 1))).rejects.toThrow(
      'method dst: task 2 has no weight to train: in every layer (hidden1, output) all that are open to it belong to earlier tasks; choose a larger sparsity than 0, a wider network or fewer tasks',
    );
  });

  test('a sparsity that leaves a task’s part of the output layer without weights is refused at once', async () => {
    await expect(create({ sparsity: 0.98, distribution: 'uniform' })).rejects.toThrow(
      'method dst: sparsity: 0.98 leaves layer output (20 weights) without a single one; choose a smaller sparsity',
    );
  });
});

test('the places of a task, by hand: half of each layer, of the output layer half of what leads to its outputs', () => {
  const { counts, openIn } = taskSites('dst', network, { sparsity: 0.5, distribution: 'uniform' }, [2, 5]);
  expect(counts).toEqual({ 'hidden1/weight': 96, 'hidden2/weight': 60, 'output/weight': 10 });
  expect([...openIn('output/weight')].slice(0, 4)).toEqual([2, 5, 8, 11]);
  expect(openIn('output/weight')).toHaveLength(20);
  expect(openIn('hidden2/weight')).toHaveLength(120);
});

test('what it tells of costs: weights in use, capacity, bits of masks, and how dense its work is', async () => {
  const learner = await create({ growth: 'gradient', distribution: 'uniform' });
  const total = 16 * 12 + 12 * 10 + 10 * 6;
  // 0.4 of 192, 120 and 20 weights.
  const active = 77 + 48 + 8;
  expect(learner.cost().masks).toMatchObject({ active, peakActive: active, union: active, total, bits: total });
  expect(learner.sparsity!()).toEqual({
    weights: { 'hidden1/weight': 77 / 192, 'hidden2/weight': 48 / 120, 'output/weight': 8 / 60 },
    gradients: { 'hidden1/weight': 77 / 192, 'hidden2/weight': 48 / 120, 'output/weight': 8 / 60 },
  });
  await drive(learner, eventsOfTask(stream, 0, epochs));
  await drive(learner, eventsOfTask(stream, 1, epochs));
  const { masks } = learner.cost();
  expect(masks).toMatchObject({ active, peakActive: active, total, bits: 2 * total });
  expect(masks!.union).toBeGreaterThan(active);
  expect(masks!.inference['output/weight']).toBeCloseTo(8 / 60, 12);
  // What earlier tasks own needs no gradient of its own.
  await learner.beginTask!(taskOf(stream, 2));
  const { weights, gradients } = learner.sparsity!();
  expect(weights['hidden1/weight']).toBe(77 / 192);
  expect(gradients!['hidden1/weight']).toBeLessThan(77 / 192);
  const momentum = await create({ growth: 'momentum' });
  expect(momentum.sparsity!().gradients).toEqual(Object.fromEntries(names.map((name) => [name, 1])));
});
