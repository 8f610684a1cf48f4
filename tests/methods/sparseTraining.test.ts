import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { adam, openEngine, sgd, smallCnn, type Arrays, type Engine } from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { createTrainer } from '../../methods/shared/trainer.ts';
import { createSaliency, labelledRowsOf, rowsOfBatch } from '../../methods/shared/masks/snip.ts';
import { countActive, largest, placesOf } from '../../methods/shared/masks/topology.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  setupFor,
  taskOf,
  type LearnerConditions,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

const stream = blobStream('split', 'class');
const total = 16 * 16 + 16 * 4;
const options = { sparsity: 0.5, interval: 3, dropFraction: 0.4, dropSchedule: 'constant', end: 1 };
const create = (name: string, more: Record<string, unknown> = {}, conditions: Partial<LearnerConditions> = {}) =>
  createLearner(name, { engine: onnx, stream, options: { ...options, ...more }, ...conditions });

const snapshot = (learner: Learner) => {
  const { masks, trainer } = copyState(learner.state()) as unknown as {
    masks: Arrays;
    trainer: { parameters: Arrays; optimizer: Arrays; tracked: Arrays };
  };
  return { masks, ...trainer };
};
const activeOf = (masks: Arrays) => Object.values(masks).map((mask) => countActive(mask as Float32Array));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Nothing is anywhere but where the masks have it. */
function expectMasked({ masks, parameters, optimizer }: ReturnType<typeof snapshot>): void {
  const held = [...Object.entries(optimizer), ...Object.entries(parameters)];
  for (const [name, mask] of Object.entries(masks)) {
    const own = held.filter(([slot]) => slot.startsWith(name));
    expect(own.length).toBeGreaterThan(0);
    for (const [, values] of own) expect(values.every((value, i) => value === 0 || mask[i] === 1)).toBe(true);
  }
}

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.3 },
  momentum: { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};
const variants: readonly (readonly [string, Record<string, unknown>])[] = [
  ['set', {}],
  ['set', { growth: 'unfired', drop: 'set-sign', candidates: 'not-kept' }],
  ['rigl', {}],
  ['rigl', { drop: 'taylor', candidates: 'inactive', over: 'task', dropSchedule: 'cosine' }],
  ['snfs', {}],
  ['snfs', { redistribute: false, drop: 'taylor' }],
];

describe.each(variants)('%s with %o', (name, more) => {
  test.each(Object.entries(optimizers))(
    'with %s: after every update of a whole run the budget is kept to the weight, and all that is not active is exactly zero',
    async (_, training) => {
      const learner = await create(name, more, training);
      const before = snapshot(learner);
      const counts = activeOf(before.masks);
      expect(sum(counts)).toBe(total / 2);
      let redistributed = false;
      for (const event of eventsOf(stream, { epochs: 3 })) {
        await drive(learner, [event]);
        const now = snapshot(learner);
        expectMasked(now);
        expect(sum(activeOf(now.masks))).toBe(total / 2);
        redistributed ||= !isDeepStrictEqual(activeOf(now.masks), counts);
        expect(learner.cost().masks).toMatchObject({ active: total / 2, peakActive: total / 2, total, bits: total });
      }
      expect(snapshot(learner).masks).not.toEqual(before.masks);
      // Each layer keeps its number, but where SNFS gives it out anew.
      expect(redistributed).toBe(name === 'snfs' && more.redistribute !== false);
    },
  );
});

test.each([
  ['set', 'after'],
  ['rigl', 'instead'],
  ['snfs', 'after'],
])('%s: what grows starts at zero with empty optimiser state, and what stays keeps its own', async (name, timing) => {
  for (const training of Object.values(optimizers)) {
    // The same run with and without topology updates from the first one that they do not share: update 6, or the seventh.
    const rare = { interval: timing === 'after' ? 6 : 5, init: 'random' };
    const [evolved, still] = await Promise.all([
      create(name, rare, training),
      create(name, { ...rare, interval: 1000 }, training),
    ]);
    const events = eventsOfTask(stream, 0).slice(0, 7);
    if (timing === 'instead') {
      // Both have evolved at update 0; the sixth update is number 5.
      await drive(evolved, events);
      await drive(still, events.slice(0, -1));
    } else for (const learner of [evolved, still]) await drive(learner, events);
    const [after, before] = [snapshot(evolved), snapshot(still)];
    let grown = 0;
    for (const [layer, mask] of Object.entries(before.masks)) {
      const slots = Object.keys(before.optimizer).filter((slot) => slot.startsWith(layer));
      for (const place of placesOf(after.masks[layer] as Float32Array, 1)) {
        const was = mask[place] === 1;
        if (!was) grown++;
        expect(Math.abs(after.parameters[layer][place])).toBe(was ? Math.abs(before.parameters[layer][place]) : 0);
        for (const slot of slots)
          expect(Math.abs(after.optimizer[slot][place])).toBe(was ? Math.abs(before.optimizer[slot][place]) : 0);
      }
    }
    expect(grown).toBeGreaterThan(10);
    for (const bias of ['hidden1/bias', 'output/bias']) expect(after.parameters[bias]).toEqual(before.parameters[bias]);
  }
});

describe.each(['set', 'rigl', 'snfs'])('%s, its first mask by SNIP', (name) => {
  const scores = async (engine: Engine, scenario: 'class' | 'task-free', read: 'task' | 'batch') => {
    const here = blobStream('split', scenario);
    const setup = setupFor(name, { engine, stream: here, options });
    const saliency = await createSaliency(setup, createTrainer(setup));
    const rows = Int32Array.from({ length: 44 }, (_, i) => i);
    return read === 'task'
      ? saliency(44, labelledRowsOf(taskOf(here, 0), rows))
      : saliency(5, rowsOfBatch(batchOf(here, 0, [3, 1, 4, 9, 2])));
  };
  const chosenBy = (saliency: Arrays, count: number) => {
    const all = Object.values(saliency).flatMap((values) => [...values]);
    const kept = new Set(largest(Int32Array.from(all.keys()), (i) => all[i], count));
    return all.map((_, i) => Number(kept.has(i)));
  };
  const flat = (masks: Arrays) => Object.values(masks).flatMap((mask) => [...mask]);

  test('keeps the weights of largest |g·w| on the first task, from its beginning on, and the layers’ sums of squares', async () => {
    // As many rows as the task has: all of them.
    const learner = await create(name, { init: 'snip', snipSamples: 1000, interval: 100 });
    expect(sum(activeOf(snapshot(learner).masks))).toBe(total); // dense until then
    await drive(learner, [begin(stream, 0)]);
    const { masks, parameters } = snapshot(learner);
    expect(flat(masks)).toEqual(chosenBy(await scores(onnx, 'class', 'task'), total / 2));
    expectMasked(snapshot(learner));
    const { initial } = setupFor(name, { engine: onnx, stream, options });
    for (const layer of Object.keys(masks)) {
      const squares = (values: Arrays[string]) => sum(Array.from(values, (value) => value ** 2));
      expect(squares(parameters[layer])).toBeCloseTo(squares(initial[layer]), 3);
    }
    await drive(learner, [begin(stream, 1)]);
    expect(snapshot(learner).masks).toEqual(masks); // once and for all
    expect(learner.cost()).toMatchObject({ masks: { active: total / 2, peakActive: total } });
  });

  test('takes the first batch where no task is told', async () => {
    const here = blobStream('split', 'task-free');
    const learner = await create(name, { init: 'snip', dropFraction: 0 }, { stream: here });
    await learner.observe(batchOf(here, 0, [3, 1, 4, 9, 2], 8, 50));
    expect(flat(snapshot(learner).masks)).toEqual(chosenBy(await scores(onnx, 'task-free', 'batch'), total / 2));
    expectMasked(snapshot(learner));
  });

  test('with a number for each layer has that of the distribution', async () => {
    const learner = await create(name, { init: 'snip-layers', distribution: 'uniform', snipSamples: 1000 });
    await drive(learner, [begin(stream, 0)]);
    const { masks } = snapshot(learner);
    expect(activeOf(masks)).toEqual([128, 32]);
    const saliency = await scores(onnx, 'class', 'task');
    for (const [layer, mask] of Object.entries(masks)) {
      const kept = new Set(placesOf(mask as Float32Array, 1));
      const [inside, outside] = [true, false].map((is) => [...saliency[layer]].filter((_, i) => kept.has(i) === is));
      expect(Math.min(...inside)).toBeGreaterThanOrEqual(Math.max(...outside));
    }
  });
});

test('a restored learner grows where it would have grown, SNIP or unfired weights pending', async () => {
  const here = blobStream('split', 'task-free');
  const more = { init: 'snip-layers', growth: 'unfired', interval: 2 };
  const [one, other] = await Promise.all([1, 2].map((seed) => create('set', more, { stream: here, seed })));
  const events = eventsOf(here);
  for (const event of events) {
    other.restore(copyState(one.state()));
    await drive(one, [event]);
    await drive(other, [event]);
    expect(other.state()).toEqual(one.state());
  }
});

test('what is computed with, for counts of work: RigL’s topology updates and every update of SNFS look at all gradients', async () => {
  const seen: Record<string, (number | undefined)[]> = { set: [], rigl: [], snfs: [] };
  for (const name of Object.keys(seen)) {
    let learner: Learner | null = null;
    // Tells at every run of a program what the method says then.
    const watching: Engine = {
      ...onnx,
      async compile(...args) {
        const program = await onnx.compile(...args);
        const run: typeof program.run = (...given) => {
          if (learner) seen[name].push(learner.sparsity!().gradients?.['hidden1/weight']);
          return program.run(...given);
        };
        return new Proxy(program, { get: (target, key) => (key === 'run' ? run : Reflect.get(target, key)) });
      },
    };
    learner = await create(name, { distribution: 'uniform' }, { engine: watching });
    expect(learner.sparsity!().weights).toEqual({ 'hidden1/weight': 0.5, 'output/weight': 0.5 });
    await drive(learner, eventsOfTask(stream, 0).slice(0, 6));
  }
  expect(seen).toEqual({
    set: [undefined, undefined, undefined, undefined, undefined],
    rigl: [1, undefined, undefined, 1, undefined],
    snfs: [1, 1, 1, 1, 1],
  });
});

test.each([
  [
    'set',
    { interval: 1000 },
    'method set: interval: no topology update every 1000 updates in a run whose tasks have 12, 12',
  ],
  ['snfs', { interval: 20, over: 'task' }, 'method snfs: interval: no topology update every 20 updates'],
  ['rigl', { interval: 1000 }, ''],
] as const)('%s with %o warns of a run without topology updates: %s', async (name, more, message) => {
  const warnings: string[] = [];
  const setup = setupFor(name, { engine: onnx, stream, options: more });
  await findMethod(name).create({ ...setup, warn: (text) => warnings.push(text) });
  expect(warnings.map((text) => text.slice(0, message.length))).toEqual(message === '' ? [] : [message]);
});

test.each(['set', 'rigl', 'snfs'])(
  '%s evolves filters like linear layers, norms and biases staying dense',
  async (name) => {
    const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
    const learner = await create(name, { init: 'snip-layers' }, { engine: cpu, network, ...optimizers.momentum });
    await drive(learner, [begin(stream, 0)]);
    const first = snapshot(learner);
    expect(Object.keys(first.masks)).toEqual(['conv1/weight', 'conv2/weight', 'hidden1/weight', 'output/weight']);
    await drive(learner, eventsOfTask(stream, 0).slice(1));
    const last = snapshot(learner);
    expectMasked(last);
    expect(sum(activeOf(last.masks))).toBe(sum(activeOf(first.masks)));
    expect(last.masks['conv2/weight']).not.toEqual(first.masks['conv2/weight']);
    expect(last.parameters['conv1/norm/gamma'].every((value) => value !== 0)).toBe(true);
  },
);
