import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { adam, openEngine, sgd, type Arrays } from '../../engine/index.ts';
import { findMethod, type Batch, type Learner } from '../../methods/index.ts';
import { placesOf, smallest } from '../../methods/shared/masks/topology.ts';
import { batchGradient, meanOf, rowGradient, type Numbers } from './backprop.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  rowOf,
  setupFor,
  type Event,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const { network } = setupFor('er', { engine: onnx, stream });
const baseOptions = { memory: 20, replayBatch: 6 };
/** All parts, at work within a few passes. Layers have 16 × 16 and 16 × 4 weights. */
const all = {
  baseOptions,
  sparsity: 0.5,
  interval: 1,
  interShare: 0.1,
  intraShare: 0.1,
  removal: 0.3,
  cutoff: 2,
  gradientInterval: 3,
};
const none = { baseOptions, sparsity: 0, tdm: false, ddr: false, dgm: false };
const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.1 },
  momentum: { optimizer: sgd({ momentum: 0.9 }), rate: 0.03 },
  adam: { optimizer: adam(), rate: 0.01 },
};
const create = (options: Record<string, unknown> = all, more = {}) =>
  createLearner('sparcl', { engine: onnx, stream, options, ...optimizers.sgd, ...more });

interface Slots {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly task: Int32Array;
  readonly id: Int32Array;
}
interface Snapshot {
  readonly trainer: { readonly parameters: Arrays; readonly optimizer: Arrays };
  readonly dynamic: { readonly masks: Arrays };
  readonly gradient: { readonly masks: Arrays };
  readonly removal: { readonly ids: Int32Array; readonly misses: Int32Array; readonly gone: Uint8Array };
  readonly remainder: { readonly ids: Int32Array };
  readonly sample: { readonly store: Slots; readonly size: number };
  readonly buffer: { readonly store: Slots; readonly seen: number };
}
const snapshot = (learner: Learner) => copyState(learner.state()) as unknown as Snapshot;
const activeIn = (mask: Arrays[string]): number[] => [...placesOf(mask as Float32Array, 1)];
const weights = ['hidden1/weight', 'output/weight'] as const;

/** The mean gradient over rows of a store, written out. */
function gradientOf({ x, y }: Slots, slots: readonly number[], parameters: Numbers, chosen: readonly number[]) {
  const row = (slot: number) => x.subarray(16 * slot, 16 * (slot + 1));
  return meanOf(slots.map((slot) => rowGradient(network, parameters, row(slot), y[slot], chosen)));
}

describe('with all parts off and no sparsity', () => {
  const cases = (['class', 'task', 'domain'] as const).flatMap((scenario) =>
    ['er', 'der++'].map((base) => [base, scenario] as const),
  );
  test.each(cases)('it is %s to the bit, in the %s scenario', async (base, scenario) => {
    const here = blobStream('split', scenario);
    for (const training of Object.values(optimizers)) {
      const setup = setupFor(base, { engine: onnx, stream: here, options: baseOptions, ...training });
      const options = findMethod('sparcl').parseOptions({ ...none, base });
      const [itself, sparse] = [
        await findMethod(base).create(setup),
        await findMethod('sparcl').create({ ...setupFor(base, { engine: onnx, stream: here, ...training }), options }),
      ];
      const events = eventsOf(here, { epochs: 3 });
      const [losses, sparseLosses] = [await drive(itself, events), await drive(sparse, events)];
      expect(sparseLosses.map(({ loss }) => loss)).toEqual(losses.map(({ loss }) => loss));
      expect(copyParameters(sparse)).toEqual(copyParameters(itself));
      expect(bytesOfState((sparse.state() as { buffer: {} }).buffer)).toBe(
        bytesOfState((itself.state() as { buffer: {} }).buffer),
      );
    }
  });

  test('it is er with separate batches to the bit, too', async () => {
    const own = { ...baseOptions, batches: 'separate', alpha: 0.3, buffer: 'ring' };
    const itself = await createLearner('er', { engine: onnx, stream, options: own });
    const options = findMethod('sparcl').parseOptions({ ...none, baseOptions: own });
    const sparse = await findMethod('sparcl').create({ ...setupFor('er', { engine: onnx, stream }), options });
    for (const learner of [itself, sparse]) await drive(learner, eventsOf(stream));
    expect(copyParameters(sparse)).toEqual(copyParameters(itself));
  });
});

describe.each(Object.entries(optimizers))('with %s', (optimizer, training) => {
  test('after every update what is masked is exactly zero, and as many weights are active as are planned', async () => {
    const learner = await create({ ...all, gradientInterval: 100 }, training);
    const events = eventsOf(stream, { epochs: 3 });
    let shown = 0;
    for (const event of events) {
      const [stats] = await drive(learner, [event]);
      shown = event.verb === 'observe' ? shown + event.batch.size : 0;
      const { dynamic, gradient, trainer } = snapshot(learner);
      // 44 samples a task: expanded until the first interval is over, and the rule from then on and at the end of the task.
      const expanded = event.verb === 'beginTask' || (event.verb === 'observe' && shown <= 44);
      expect(weights.map((name) => activeIn(dynamic.masks[name]).length)).toEqual(
        expanded ? [128 + 26, 32 + 6] : [128, 32],
      );
      const held = Object.entries({ ...trainer.optimizer, ...trainer.parameters });
      for (const name of weights)
        for (const [, values] of held.filter(([slot]) => slot.startsWith(name)))
          expect(values.every((value, i) => value === 0 || dynamic.masks[name][i] === 1)).toBe(true);
      // Chosen anew when weights come and go, long before the interval is over.
      if (!stats?.updates) continue;
      expect(weights.map((name) => activeIn(gradient.masks[name]).length)).toEqual([102, 26]);
      for (const name of weights)
        expect(activeIn(gradient.masks[name]).every((i) => dynamic.masks[name][i] === 1)).toBe(true);
    }
  });

  test('an update uses exactly the top share of gradients, the same for as long as the interval says', async () => {
    const learner = await create({ ...all, tdm: false, ddr: false, gradientSparsity: 0.75 }, training);
    const events = eventsOfTask(stream, 0);
    await drive(learner, events.slice(0, 1));
    let masks: Arrays = {};
    for (const [i, event] of events.slice(1, 7).entries()) {
      const before = copyParameters(learner);
      await drive(learner, [event]);
      const { gradient, dynamic } = snapshot(learner);
      if (i % 3 === 0) masks = gradient.masks;
      expect(gradient.masks).toEqual(masks);
      expect(weights.map((name) => activeIn(masks[name]).length)).toEqual([64, 16]);
      const after = copyParameters(learner);
      const moved = weights.flatMap((name) =>
        activeIn(dynamic.masks[name]).filter((k) => masks[name][k] === 0 && after[name][k] !== before[name][k]),
      );
      // Momentum and Adam go on moving what they moved before; plain SGD has nothing to go on with.
      expect(moved.length > 0).toBe(optimizer !== 'sgd' && i >= 3);
      for (const name of weights) for (const k of activeIn(masks[name])) expect(dynamic.masks[name][k]).toBe(1);
    }
  });

  test('a learner restored in the middle of an interval, with rows waiting, goes on identically to the bit', async () => {
    for (const base of ['er', 'der++']) {
      const events = eventsOf(stream, { epochs: 4 });
      const learner = await create({ ...all, base }, training);
      const cuts = new Set([events.length / 4 + 3, events.length / 4 + 5, events.length - 6]);
      const states: [number, Snapshot][] = [];
      const stats = [];
      for (const [i, event] of events.entries()) {
        if (cuts.has(i)) states.push([i, snapshot(learner)]);
        stats.push(...(await drive(learner, [event])));
      }
      expect(states.some(([, { remainder }]) => remainder.ids.length > 0)).toBe(true);
      for (const [cut, state] of states) {
        const restored = await create({ ...all, base }, { ...training, seed: 2 });
        restored.restore(state as never);
        const rest = await drive(restored, events.slice(cut));
        expect(rest).toEqual(stats.slice(-rest.length));
        expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
      }
    }
  });
});

describe('task-aware dynamic masking', () => {
  test('a mask update drops the weights of lowest importance, |w| + α|∂L̃/∂w| + β|∂L/∂w| written out', async () => {
    const options = { ...all, ddr: false, dgm: false, importanceRows: 30, alpha: 3, beta: 5 };
    const learner = await create(options);
    const second = eventsOfTask(stream, 1, { epochs: 2 });
    await drive(learner, [...eventsOfTask(stream, 0), ...second.slice(0, 7)]);
    const { trainer, dynamic, sample, buffer } = snapshot(learner);
    const slots = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(sample.size).toBe(30);
    expect(new Set(sample.store.task)).toEqual(new Set([1]));
    const own = gradientOf(sample.store, slots(30), trainer.parameters, stream.tasks[1].outputs);
    // The buffer is smaller than the rows that are asked for: all of it.
    const old = gradientOf(buffer.store, slots(20), trainer.parameters, [0, 1, 2, 3]);
    await drive(learner, [second[7]]);
    const after = snapshot(learner).dynamic.masks;
    for (const [name, kept, dropped] of [
      ['hidden1/weight', 128 - 26, 52],
      ['output/weight', 32 - 6, 12],
    ] as const) {
      const active = placesOf(dynamic.masks[name] as Float32Array, 1);
      const score = (i: number) =>
        Math.abs(trainer.parameters[name][i]) + 3 * Math.abs(own[name][i]) + 5 * Math.abs(old[name][i]);
      const lowest = new Set(smallest(active, score, dropped));
      const survivors = [...active].filter((i) => !lowest.has(i));
      expect(survivors).toHaveLength(kept);
      for (const i of survivors) expect(after[name][i]).toBe(1);
      expect(activeIn(after[name]).length).toBe(kept + (name === 'hidden1/weight' ? 26 : 6));
    }
    // The same by magnitude would keep others.
    const magnitude = smallest(
      placesOf(dynamic.masks['hidden1/weight'] as Float32Array, 1),
      (i) => Math.abs(trainer.parameters['hidden1/weight'][i]),
      52,
    );
    expect([...magnitude].some((i) => after['hidden1/weight'][i] === 1)).toBe(true);
  });

  test('what grows at a task’s start begins at zero, and learns', async () => {
    const learner = await create({ ...all, dgm: false });
    await drive(learner, eventsOfTask(stream, 0));
    const before = snapshot(learner).dynamic.masks;
    await drive(learner, [begin(stream, 1)]);
    const { dynamic, trainer } = snapshot(learner);
    const grown = activeIn(dynamic.masks['hidden1/weight']).filter((i) => before['hidden1/weight'][i] === 0);
    expect(grown).toHaveLength(26);
    for (const i of grown) expect(Math.abs(trainer.parameters['hidden1/weight'][i])).toBe(0);
    await drive(learner, eventsOfTask(stream, 1).slice(1, 4));
    const learnt = snapshot(learner).trainer.parameters['hidden1/weight'];
    expect(grown.some((i) => learnt[i] !== 0)).toBe(true);
  });

  test('off, it leaves the random mask of the start as it is', async () => {
    const learner = await create({ ...all, tdm: false });
    const { masks } = snapshot(learner).dynamic;
    await drive(learner, eventsOf(stream, { epochs: 3 }));
    expect(snapshot(learner).dynamic.masks).toEqual(masks);
    expect(weights.map((name) => activeIn(masks[name]).length)).toEqual([128, 32]);
  });
});

describe('dynamic data removal', () => {
  const only = { ...none, ddr: true, interval: 1, removal: 0.5, cutoff: 2 };

  test('counts the samples that were misclassified in training, each by what was predicted before its update', async () => {
    for (const scenario of ['class', 'task'] as const) {
      const here = blobStream('split', scenario);
      const learner = await create({ ...only, interval: 2 }, { stream: here });
      const expected = new Map<number, number>();
      for (const event of eventsOfTask(here, 0, { epochs: 2 }).slice(0, -1)) {
        if (event.verb !== 'observe') {
          await drive(learner, [event]);
          continue;
        }
        const parameters = copyParameters(learner);
        const outputs = scenario === 'task' ? here.tasks[0].outputs : [0, 1, 2, 3];
        for (let i = 0; i < event.batch.size; i++) {
          const z = forward(network, parameters, rowOf(event.batch, i));
          const predicted = outputs.reduce((best, k) => (z[k] > z[best] ? k : best));
          const id = event.batch.ids[i];
          expected.set(id, (expected.get(id) ?? 0) + Number(predicted !== event.batch.y[i]));
        }
        await drive(learner, [event]);
      }
      const { ids, misses } = snapshot(learner).removal;
      expect(Object.fromEntries([...ids].map((id, i) => [id, misses[i]]))).toEqual(Object.fromEntries(expected));
      expect([...misses].some((count) => count > 0) && [...misses].some((count) => count === 0)).toBe(true);
    }
  });

  test('a removed sample is trained on no more, and costs no update: as many are made as full batches are left', async () => {
    const learner = await create(only);
    const events = eventsOfTask(stream, 0, { epochs: 6 });
    const end = events.pop()!;
    await drive(learner, events.slice(0, 1));
    let [updates, kept] = [0, 0];
    for (const [i, event] of events.slice(1).entries()) {
      const flops = learner.cost().flops!;
      const parameters = copyParameters(learner);
      const [stats] = await drive(learner, [event]);
      updates += stats.updates;
      const { removal } = snapshot(learner);
      const left = (id: number) => removal.gone[removal.ids.indexOf(id)] === 0;
      const { ids, size } = (event as Event & { verb: 'observe' }).batch;
      kept += [...ids.subarray(0, size)].filter(left).length;
      // 6 batches a pass, 44 samples; 11 go after the first pass, 11 after the second.
      expect(stats.left).toBeCloseTo(i < 6 ? 1 : i < 12 ? 0.75 : 0.5, 6);
      expect(stats.updates === 1).toBe(learner.cost().flops! > flops);
      expect(stats.loss === 0).toBe(stats.updates === 0);
      expect(isDeepStrictEqual(copyParameters(learner), parameters)).toBe(stats.updates === 0);
    }
    expect(kept).toBe(44 + 33 + 4 * 22);
    // The first pass in its 6 batches, the rest in full ones of 8; one that is not full waits.
    expect(updates).toBe(6 + Math.floor((33 + 4 * 22) / 8));
    expect(snapshot(learner).remainder.ids).toHaveLength((33 + 4 * 22) % 8);
    // No row of one task waits for those of the next.
    await drive(learner, [end]);
    expect(snapshot(learner).remainder.ids).toHaveLength(0);
  });

  test('with a single pass, or none after an interval, it changes nothing', async () => {
    const [one, other] = [await create({ ...all, interval: 2 }), await create({ ...all, interval: 2, ddr: false })];
    for (const learner of [one, other]) await drive(learner, eventsOf(stream, { epochs: 2 }));
    expect(copyParameters(one)).toEqual(copyParameters(other));
  });
});

test('gradients are chosen by α|∂L̃/∂w| + β|∂L/∂w| on the rows of the update, written out', async () => {
  const options = {
    ...all,
    tdm: false,
    ddr: false,
    gradientSparsity: 0.8,
    alpha: 2,
    beta: 3,
    baseOptions: { memory: 6, replayBatch: 6 },
  };
  const learner = await create(options);
  const second = eventsOfTask(stream, 1);
  await drive(learner, [...eventsOfTask(stream, 0), second[0]]);
  // Six updates in the first task: the masks are due again.
  const { trainer, buffer, dynamic } = snapshot(learner);
  const batch = (second[1] as Event & { verb: 'observe' }).batch;
  const own = batchGradient(network, trainer.parameters, batch, stream.tasks[1].outputs);
  const old = gradientOf(buffer.store, [0, 1, 2, 3, 4, 5], trainer.parameters, [0, 1, 2, 3]);
  await drive(learner, [second[1]]);
  const { masks } = snapshot(learner).gradient;
  for (const [name, count] of [
    ['hidden1/weight', 51],
    ['output/weight', 13],
  ] as const) {
    const active = placesOf(dynamic.masks[name] as Float32Array, 1);
    const lowest = smallest(
      active,
      (i) => 2 * Math.abs(own[name][i]) + 3 * Math.abs(old[name][i]),
      active.length - count,
    );
    const expected = [...active].filter((i) => !lowest.includes(i));
    expect(activeIn(masks[name])).toEqual(expected);
    expect(expected).toHaveLength(count);
  }
});

test('with a single head new rows compete among the outputs of their task, replayed ones among all', async () => {
  const lossOf = (parameters: Arrays, batch: Batch, i: number, chosen: readonly number[]): number =>
    -logSoftmax(forward(network, parameters, rowOf(batch, i)), chosen)[batch.y[i]];
  const options = { ...none, singleHead: true, baseOptions: { memory: 4, replayBatch: 4 } };
  const [first, second] = [batchOf(stream, 0, [0, 1, 2, 3], 4), batchOf(stream, 1, [0, 1, 2, 3], 4)];
  for (const [base, weight] of [
    ['er', 1 / 8],
    ['der++', 1 / 4],
  ] as const) {
    const weighted = { ...options.baseOptions, ...(base === 'der++' && { alpha: 0, beta: 1 }) };
    const learner = await create({ ...options, base, baseOptions: weighted }, { batch: 4 });
    await drive(learner, [begin(stream, 0), { verb: 'observe', batch: first }, begin(stream, 1)]);
    const parameters = copyParameters(learner);
    const { loss } = await learner.observe(second);
    const sum = [0, 1, 2, 3].reduce(
      (total, i) =>
        total + lossOf(parameters, second, i, stream.tasks[1].outputs) + lossOf(parameters, first, i, [0, 1, 2, 3]),
      0,
    );
    expect(loss).toBeCloseTo(weight * sum, 5);
  }
});

test('tells how sparse weights and gradients are, and what its masks hold', async () => {
  const learner = await create({ ...all, ddr: false });
  expect(learner.sparsity!()).toEqual({
    weights: { 'hidden1/weight': 0.5, 'output/weight': 0.5 },
    gradients: { 'hidden1/weight': 102 / 256, 'output/weight': 26 / 64 },
  });
  await drive(learner, [begin(stream, 0)]);
  expect(learner.sparsity!().weights).toEqual({ 'hidden1/weight': 154 / 256, 'output/weight': 38 / 64 });
  await drive(learner, eventsOf(stream, { epochs: 2 }).slice(1));
  const { masks, extraBytes } = learner.cost();
  expect(masks).toMatchObject({ active: 160, peakActive: 192, total: 320, bits: 640 });
  expect(masks!.inference).toEqual({ 'hidden1/weight': 0.5, 'output/weight': 0.5 });
  // After both tasks other weights are active than after the first.
  expect(masks!.union).toBeGreaterThan(160);
  expect(masks!.union).toBeLessThanOrEqual(320);
  // The buffer, two masks of 4 bytes a weight, and 256 rows of the task.
  expect(extraBytes).toBe(20 * (16 + 3) * 4 + 2 * 320 * 4 + 256 * (16 + 3) * 4);
  expect((await create({ ...all, tdm: false, ddr: false, dgm: false })).sparsity!()).toEqual({
    weights: { 'hidden1/weight': 0.5, 'output/weight': 0.5 },
  });
});

test('refuses what does not fit together', async () => {
  await expect(create({ ...all, gradientSparsity: 0.4 })).rejects.toThrow(
    'method sparcl: gradientSparsity: 0.4 is below the sparsity of 0.5, and no gradient of an inactive weight is ever used; choose 0.5 or more, or null',
  );
  await expect(create({ ...all, intraShare: 0.5 })).rejects.toThrow(
    'method sparcl: intraShare: 0.5 of a layer’s weights cannot be replaced, since at a sparsity of 0.5 no more than 0.5 are active; choose a smaller intraShare',
  );
  await expect(create({ ...all, base: 'der++', baseOptions: { memory: 2 } })).rejects.toThrow(
    'method der++: memory: 2',
  );
  expect(() => findMethod('sparcl').parseOptions({ base: 'er', baseOptions: { beta: 1 } })).toThrow('beta');
});
