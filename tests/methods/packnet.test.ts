import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { adam, adamw, mlp, openEngine, sgd, sizeOf, smallCnn, type Arrays } from '../../engine/index.ts';
import { findMethod } from '../../methods/index.ts';
import { pruneSmallest } from '../../methods/shared/subnetworks/pruning.ts';
import { countActive } from '../../methods/shared/masks/topology.ts';
import { bytesOfState, createLearner, drive, eventsOf, eventsOfTask, setupFor } from './fixtures.ts';
import { driveEach, logitsOfTask, parametersOfTask, stateOf, threeTasks } from './isolated.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.1 },
  'momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 },
  'Nesterov momentum': { optimizer: sgd({ momentum: 0.9, nesterov: true }), rate: 0.05 },
  'adam with weight decay': { optimizer: adam({ weightDecay: 0.01 }), rate: 0.02 },
  adamw: { optimizer: adamw({ weightDecay: 0.05 }), rate: 0.02 },
};
type Training = (typeof optimizers)[keyof typeof optimizers];

const stream = threeTasks('own');
/** Two epochs of 6 updates a task. */
const epochs = 2;
const updates = [12, 12, 12];
const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
  createLearner('packnet', { engine, stream, options: { prune: 0.5 }, updates, ...optimizers.sgd, ...more });

interface Held {
  readonly own: Arrays;
  readonly trainer: { readonly parameters: Arrays; readonly optimizer: Arrays };
}
const weight = 'hidden1/weight';

/** Of so many outputs. */
const networks = {
  perceptron: (outputs: number) => mlp({ inputs: 16, hidden: [16, 12], outputs }),
  'perceptron with a cosine head': (outputs: number) => mlp({ inputs: 16, hidden: [16], outputs, head: 'cosine' }),
  'network with batch norm': (outputs: number) =>
    smallCnn({ inputShape: [4, 4, 1], outputs, channels: [4, 6], hidden: 8, norm: 'batch' }),
};
const cases = Object.entries(networks).flatMap(([name, networkOf]) =>
  (['own', 'shared'] as const).flatMap((outputs) =>
    (['frozen', 'own'] as const).map((biases) => [name, outputs, biases, networkOf] as const),
  ),
);

describe.each(Object.entries(optimizers))('with %s', (_, training: Training) => {
  test.each(cases)(
    'a %s, outputs %s, biases %s, predicts an old task to the bit as at its end',
    async (__, outputs, biases, networkOf) => {
      const here = threeTasks(outputs);
      const network = networkOf(here.outputCount);
      const learner = await create({ ...training, stream: here, network, options: { prune: 0.5, biases } });
      /** Logits that compete, and all parameters but those of the output layer. */
      const seen = async (task: number) => {
        const logits = await logitsOfTask(engine, learner, here, task);
        const own = here.tasks[task].outputs;
        const competing = [...logits].filter((___, i) => own.includes(i % here.outputCount));
        const parameters = Object.entries(parametersOfTask(learner, task));
        return { competing, shared: parameters.filter(([name]) => !name.startsWith('output/')) };
      };
      const atEnd: Awaited<ReturnType<typeof seen>>[] = [];
      for (const task of [0, 1, 2]) {
        await drive(learner, eventsOfTask(here, task, { epochs }));
        atEnd.push(await seen(task));
        for (const [old, then] of atEnd.entries()) expect(await seen(old)).toEqual(then);
      }
      expect(atEnd[2].shared).not.toEqual(atEnd[1].shared);
      expect(new Set(atEnd[2].competing).size).toBeGreaterThan(10);
    },
  );

  test('trains only what no earlier task owns; what is pruned is exactly zero, optimiser state too', async () => {
    const learner = await create({ ...training });
    const events = eventsOf(stream, { epochs });
    let before = stateOf<Held>(learner);
    let pruned = 0;
    await driveEach(learner, events, (i) => {
      const now = stateOf<Held>(learner);
      const { [weight]: values } = now.trainer.parameters;
      const places = [...values.keys()];
      const updated = events[i].verb === 'observe';
      const still = places.filter((place) => updated && before.own[weight][place] === 0);
      for (const place of still) expect(values[place]).toBe(before.trainer.parameters[weight][place]);
      const gone = places.filter((place) => updated && before.own[weight][place] > now.own[weight][place]);
      const slots = Object.entries(now.trainer.optimizer).filter(([slot]) => slot.startsWith(weight));
      for (const array of [values, ...slots.map(([, slot]) => slot)])
        for (const place of gone) expect(array[place]).toBe(0);
      pruned += gone.length;
      before = now;
    });
    // 256 weights are free, then 128, then 64, of which each task prunes half.
    expect(pruned).toBe(128 + 64 + 32);
  });
});

test('a task prunes after two thirds of its updates, exactly the smallest share of what it trained', async () => {
  // The same run with and without pruning: equal until then, so the second shows what was pruned.
  const learner = await create();
  const whole = await create({ updates: [1000, 1000, 1000] });
  const events = eventsOfTask(stream, 0, { epochs });
  // The beginning, and 7 of 12 updates.
  for (const each of [learner, whole]) await drive(each, events.slice(0, 8));
  expect(stateOf<Held>(learner)).toEqual({ ...stateOf<Held>(whole), pruneAt: 8 });
  for (const each of [learner, whole]) await drive(each, events.slice(8, 9));
  const [after, before] = [stateOf<Held>(learner), stateOf<Held>(whole)];
  const survivors = pruneSmallest(
    before.trainer.parameters[weight] as Float32Array,
    new Float32Array(256).fill(1),
    0.5,
  );
  expect(after.own[weight]).toEqual(survivors);
  after.trainer.parameters[weight].forEach((value, i) =>
    expect(value).toBe(survivors[i] === 1 ? before.trainer.parameters[weight][i] : 0),
  );
  // The head is not pruned.
  expect(after.trainer.parameters['output/weight']).toEqual(before.trainer.parameters['output/weight']);
});

test('a task that ends before it has pruned prunes at its end', async () => {
  const learner = await create({ updates: [1000, 1000, 1000] });
  await drive(learner, eventsOfTask(stream, 0));
  const { parameters } = stateOf<Held>(learner).trainer;
  expect(parameters[weight].filter((value) => value !== 0)).toHaveLength(128);
});

test('the share to prune may be given for each task', async () => {
  const learner = await create({ options: { prune: [0.75, 0.5, 0] } });
  const kept: number[] = [];
  for (const task of [0, 1, 2]) {
    const events = eventsOfTask(stream, task, { epochs });
    await drive(learner, events.slice(0, -1));
    kept.push(countActive(stateOf<Held>(learner).own[weight] as Float32Array));
    await drive(learner, events.slice(-1));
  }
  // A quarter of 256, then half of the other 192, then all of the last 96.
  expect(kept).toEqual([64, 96, 96]);
});

test.each([
  ['frozen', true],
  ['own', false],
] as const)('biases are %s after the first task', async (biases, same) => {
  const learner = await create({ options: { prune: 0.5, biases } });
  await drive(learner, eventsOfTask(stream, 0, { epochs }));
  const first = parametersOfTask(learner, 0)['hidden1/bias'];
  expect(first).not.toEqual(setupFor('packnet', { engine, stream }).initial['hidden1/bias']);
  await drive(learner, eventsOfTask(stream, 1, { epochs }));
  expect(parametersOfTask(learner, 0)['hidden1/bias']).toEqual(first);
  expect(isDeepStrictEqual(parametersOfTask(learner, 1)['hidden1/bias'], first)).toBe(same);
});

test('each task has a head of its own, which starts from the initial values', async () => {
  const here = threeTasks('shared');
  const learner = await create({ stream: here });
  const { initial } = setupFor('packnet', { engine, stream: here });
  for (const task of [0, 1]) {
    const events = eventsOfTask(here, task, { epochs });
    await drive(learner, events.slice(0, 1));
    // Of this task's outputs; those of others do not compete.
    const own = (values: Arrays[string]) =>
      [...values].filter((_, i) => here.tasks[task].outputs.includes(i % here.outputCount));
    expect(own(parametersOfTask(learner, task)['output/weight'])).toEqual(own(initial['output/weight']));
    await drive(learner, events.slice(1));
  }
  expect(parametersOfTask(learner, 1)['output/weight']).not.toEqual(parametersOfTask(learner, 0)['output/weight']);
});

test('restored in any phase it goes on identically to the bit', async () => {
  const events = eventsOf(stream, { epochs });
  const training = optimizers['adam with weight decay'];
  const learner = await create({ ...training });
  const states: ReturnType<typeof learner.state>[] = [];
  await driveEach(learner, events, () => states.push(stateOf(learner)));
  const final = bytesOfState(learner.state());
  const restored = await create({ ...training, seed: 2 });
  // Of the second task: its beginning, training, just before and after pruning, retraining, its end.
  for (const cut of [14, 18, 21, 22, 24, 27]) {
    restored.restore(states[cut]);
    expect(restored.sparsity!()).toBeDefined();
    await drive(restored, events.slice(cut + 1));
    expect(bytesOfState(restored.state())).toBe(final);
  }
});

test('what it computes with and holds, by hand: 256 weights, half of what is free kept by each task', async () => {
  const learner = await create();
  expect(learner.cost().masks).toMatchObject({ active: 0, union: 0, total: 256, bits: 0 });
  const events = eventsOfTask(stream, 0, { epochs });
  await drive(learner, events.slice(0, 2));
  expect(learner.sparsity!()).toEqual({ weights: { [weight]: 1 }, gradients: { [weight]: 1 } });
  await drive(learner, events.slice(2));
  expect(learner.sparsity!()).toEqual({ weights: { [weight]: 0.5 }, gradients: { [weight]: 0 } });
  await drive(learner, eventsOfTask(stream, 1, { epochs }).slice(0, -1));
  // Half of all from the first task, and half of the rest.
  expect(learner.sparsity!()).toEqual({ weights: { [weight]: 0.75 }, gradients: { [weight]: 0.25 } });
  await drive(learner, eventsOfTask(stream, 1, { epochs }).slice(-1));
  expect(learner.cost().masks).toEqual({
    active: 192,
    peakActive: 256,
    union: 192,
    total: 256,
    bits: 512,
    inference: { [weight]: (0.5 + 0.75) / 2 },
  });
  // Two masks of 256 bits, and one of 4 bytes a weight.
  expect(learner.cost().extraBytes).toBe(2 * 32 + 4 * sizeOf([16, 16]));
});

test('refuses what cannot be', async () => {
  const { parseOptions } = findMethod('packnet');
  for (const prune of [1, -0.1, [0.5, 1], []]) expect(() => parseOptions({ prune })).toThrow('method packnet: ');
  await expect(create({ options: { prune: [0.5, 0.5] } })).rejects.toThrow(
    'method packnet: prune: a list of 2 for a stream of 3 tasks; give 3 numbers, or one for all tasks',
  );
  await expect(create({ options: { prune: 0.001 } })).rejects.toThrow('task 2 finds no free weight in layer hidden1');
  await expect(create({ hidden: [] })).rejects.toThrow('the network has no layer but its output layer to prune');
});
