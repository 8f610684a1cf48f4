import { afterAll, describe, expect, test } from 'vitest';
import { adam, adamw, mlp, openEngine, sgd, smallCnn, type Arrays } from '../../engine/index.ts';
import { findMethod } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  bytesOfState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  observe,
  rowOf,
} from './fixtures.ts';
import { driveEach, logitsOfTask, parametersOfTask, stateOf, threeTasks } from './isolated.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.4 },
  'momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 },
  'Nesterov momentum': { optimizer: sgd({ momentum: 0.9, nesterov: true }), rate: 0.1 },
  'adam with weight decay': { optimizer: adam({ weightDecay: 0.01 }), rate: 0.02 },
  adamw: { optimizer: adamw({ weightDecay: 0.05 }), rate: 0.02 },
};
type Training = (typeof optimizers)[keyof typeof optimizers];

const stream = threeTasks('own');
const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
  createLearner('wsn', { engine, stream, options: { sparsity: 0.7 }, ...optimizers.sgd, ...more });

interface Held {
  readonly trainer: { readonly parameters: Arrays; readonly optimizer: Arrays };
}
const weight = 'hidden1/weight';
const scores = `scores/${weight}`;

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
      const learner = await create({ ...training, stream: here, network, options: { sparsity: 0.5, biases } });
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
        await drive(learner, eventsOfTask(here, task, { epochs: 4 }));
        atEnd.push(await seen(task));
        for (const [old, then] of atEnd.entries()) expect(await seen(old)).toEqual(then);
      }
      expect(atEnd[2].shared).not.toEqual(atEnd[1].shared);
      expect(new Set(atEnd[2].competing).size).toBeGreaterThan(10);
    },
  );

  test('weights that an earlier task uses stay to the bit, optimiser state too; others, and scores, move', async () => {
    const learner = await create({ ...training });
    await drive(learner, eventsOfTask(stream, 0));
    const used = [...parametersOfTask(learner, 0)[weight].keys()].filter(
      (place) => parametersOfTask(learner, 0)[weight][place] !== 0,
    );
    expect(used).toHaveLength(Math.round(0.3 * 256));
    const start = stateOf<Held>(learner).trainer;
    const events = eventsOfTask(stream, 1, { epochs: 4 });
    await driveEach(learner, events.slice(0, -1), () => {
      const { parameters, optimizer } = stateOf<Held>(learner).trainer;
      for (const place of used) expect(parameters[weight][place]).toBe(start.parameters[weight][place]);
      const slots = Object.entries(optimizer).filter(([slot]) => slot === weight || slot.startsWith(`${weight}/`));
      for (const [, slot] of slots) for (const place of used) expect(slot[place]).toBe(0);
    });
    const { parameters } = stateOf<Held>(learner).trainer;
    expect(parameters[weight]).not.toEqual(start.parameters[weight]);
    expect(used.some((place) => parameters[scores][place] !== start.parameters[scores][place])).toBe(true);
  });

  test('after every update a subnetwork has exactly the share of weights whose scores are largest', async () => {
    const learner = await create({ ...training });
    const count = Math.round(0.3 * 256);
    await driveEach(learner, eventsOf(stream), () => {
      const { parameters } = stateOf<Held>(learner).trainer;
      const effective = learner.model.parameters()[weight];
      const sizes = [...parameters[scores]].map(Math.abs);
      const least = sizes.toSorted((a, b) => b - a)[count - 1];
      sizes.forEach((size, place) => expect(effective[place]).toBe(size >= least ? parameters[weight][place] : 0));
    });
  });
});

test('an update is that of the masked network: finite differences of the loss by weights, and by a mask that may be any number', async () => {
  const rate = 1e-2;
  const network = mlp({ inputs: 16, hidden: [6], outputs: 6 });
  const learner = await create({ network, optimizer: sgd(), rate });
  await drive(learner, [begin(stream, 0)]);
  const before = stateOf<Held>(learner).trainer.parameters;
  const mask = Float64Array.from(learner.model.parameters()[weight], (value) => Number(value !== 0));
  const batch = batchOf(stream, 0, [0, 1, 2, 3, 4]);
  const lossAt = (w: ArrayLike<number>, m: ArrayLike<number>): number => {
    const masked = Float64Array.from({ length: mask.length }, (_, i) => w[i] * m[i]);
    const rows = Array.from({ length: batch.size }, (_, i) => {
      const logits = forward(network, { ...before, [weight]: masked }, rowOf(batch, i));
      return -logSoftmax(logits, stream.tasks[0].outputs)[batch.y[i]];
    });
    return rows.reduce((sum, loss) => sum + loss, 0) / batch.size;
  };
  const step = 1e-5;
  const slope = (of: (delta: number) => number): number => (of(step) - of(-step)) / (2 * step);
  const moved = (values: ArrayLike<number>, place: number, delta: number): Float64Array => {
    const copy = Float64Array.from(values);
    copy[place] += delta;
    return copy;
  };
  await drive(learner, [observe(batch)]);
  const after = stateOf<Held>(learner).trainer.parameters;
  let largest = 0;
  for (let place = 0; place < mask.length; place++) {
    const byWeight = slope((delta) => lossAt(moved(before[weight], place, delta), mask));
    const byMask = slope((delta) => lossAt(before[weight], moved(mask, place, delta)));
    const byScore = byMask * Math.sign(before[scores][place]);
    expect((before[weight][place] - after[weight][place]) / rate).toBeCloseTo(byWeight, 4);
    expect((before[scores][place] - after[scores][place]) / rate).toBeCloseTo(byScore, 4);
    if (mask[place] === 0) largest = Math.max(largest, Math.abs(byScore));
  }
  // Scores of weights outside of the mask learn, too.
  expect(largest).toBeGreaterThan(1e-3);
});

test('scores carry over to the next task, and a task starts with a head of its own', async () => {
  const here = threeTasks('shared');
  const learner = await create({ stream: here });
  await drive(learner, eventsOfTask(here, 0));
  const end = stateOf<Held>(learner).trainer.parameters;
  await drive(learner, [begin(here, 1)]);
  const start = stateOf<Held>(learner).trainer.parameters;
  expect(start[scores]).toEqual(end[scores]);
  expect(start['output/weight']).not.toEqual(end['output/weight']);
});

test('restored anywhere it goes on identically to the bit', async () => {
  const events = eventsOf(stream);
  const training = optimizers['adam with weight decay'];
  const learner = await create({ ...training });
  const states: ReturnType<typeof learner.state>[] = [];
  await driveEach(learner, events, () => states.push(stateOf(learner)));
  const final = bytesOfState(learner.state());
  const restored = await create({ ...training, seed: 2 });
  for (const cut of [0, 4, 7, 8, 11, 15, 18]) {
    restored.restore(states[cut]);
    const then = parametersOfTask(restored, 0);
    await drive(restored, events.slice(cut + 1));
    expect(bytesOfState(restored.state())).toBe(final);
    expect(then[weight].filter((value) => value !== 0)).toHaveLength(77);
  }
});

test('what it computes with and holds', async () => {
  const learner = await create();
  expect(learner.cost().masks).toMatchObject({ active: 0, peakActive: 0, union: 0, total: 256, bits: 0 });
  expect(learner.sparsity!()).toEqual({ weights: { [weight]: 77 / 256 }, gradients: { [weight]: 1 } });
  await drive(learner, eventsOf(stream));
  const masks = [0, 1, 2].map((task) => parametersOfTask(learner, task)[weight].map((value) => Number(value !== 0)));
  const union = [...masks[0].keys()].filter((i) => masks.some((mask) => mask[i] === 1)).length;
  expect(union).toBeGreaterThan(77);
  expect(learner.cost().masks).toEqual({
    active: 77,
    peakActive: 77,
    union,
    total: 256,
    bits: 3 * 256,
    inference: { [weight]: 77 / 256 },
  });
  // Of each task a bit a weight and 16 biases of its own; the scores and three arrays of the weights' size.
  expect(learner.cost().extraBytes).toBe(3 * (32 + 64) + 4 * 4 * 256);
});

test('refuses what cannot be', async () => {
  const { parseOptions } = findMethod('wsn');
  for (const sparsity of [1, -0.1]) expect(() => parseOptions({ sparsity })).toThrow('method wsn: ');
  await expect(create({ options: { sparsity: 0.999 } })).rejects.toThrow(
    'method wsn: sparsity: 0.999 leaves layer hidden1 (256 weights) without a single one; choose a smaller sparsity',
  );
  await expect(create({ hidden: [] })).rejects.toThrow('the network has no layer but its output layer to mask');
});
