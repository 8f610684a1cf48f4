import { afterAll, describe, expect, test } from 'vitest';
import { adam, mlp, openEngine, resnet32, sgd, smallCnn, type Network, type Optimizer } from '../../engine/index.ts';
import type { Scenario } from '../../benchmarks/index.ts';
import { findMethod, type GradientSizes } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOfTask,
  largestDifference,
  setupFor,
  taskOf,
} from './fixtures.ts';
import { few, outputsOf } from './subspaceFixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const networks: Readonly<Record<string, Network>> = {
  'a perceptron': mlp({ inputs: 16, hidden: [24, 20], outputs: 4 }),
  'a perceptron without biases': mlp({ inputs: 16, hidden: [24], outputs: 4, bias: false }),
  convolutions: smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 12 }),
  'batch norm': smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 12, norm: 'batch' }),
  'group norm': smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 12, norm: 'group' }),
};

const optimizers: Readonly<Record<string, { optimizer: Optimizer; rate: number }>> = {
  sgd: { optimizer: sgd(), rate: 0.1 },
  'momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.02 },
  adam: { optimizer: adam(), rate: 0.01 },
};

/** Learns a task, remembers two of its rows, and learns the next; what the layers make of those rows before and after, and of others. */
async function remembered(
  network: Network,
  training: { optimizer: Optimizer; rate: number },
  scenario: Scenario,
  epochs = 1,
) {
  const stream = blobStream('split', scenario);
  const options = { threshold: 1, samples: 2, windows: 100 };
  const shaped = scenario === 'domain' ? withOutputs(network, stream.outputCount) : network;
  const learner = await createLearner('gpm', { engine: onnx, stream, network: shaped, options, ...training });
  await drive(learner, eventsOfTask(stream, 0, { epochs }).slice(0, -1));
  await learner.endTask!(few(taskOf(stream, 0), [3, 8]));
  const [old, fresh] = [batchOf(stream, 0, [3, 8], 2).x, batchOf(stream, 1, [0, 1], 2).x];
  const before = [copyParameters(learner)];
  await drive(learner, eventsOfTask(stream, 1).slice(0, -1));
  const after = copyParameters(learner);
  const of = (x: Float32Array) =>
    Promise.all([outputsOf(onnx, shaped, before[0], x), outputsOf(onnx, shaped, after, x)]);
  return { old: await of(old), fresh: await of(fresh), before: before[0], after, shaped };
}

const withOutputs = (network: Network, outputs: number): Network =>
  network.name === 'mlp'
    ? mlp({ inputs: 16, ...(network.options as { hidden: number[]; bias: boolean }), outputs })
    : smallCnn({ inputShape: [4, 4, 1], ...(network.options as { channels: number[]; hidden: number }), outputs });

describe('after a task', () => {
  const cases = Object.keys(networks).flatMap((network) =>
    Object.keys(optimizers).map((optimizer) => [network, optimizer] as const),
  );
  test.each(cases)('the outputs of every layer of %s on remembered rows stay, with %s', async (network, optimizer) => {
    const { old, fresh } = await remembered(networks[network], optimizers[optimizer], 'class');
    expect(largestDifference(old[0], old[1])).toBeLessThan(1e-5);
    // The claim would hold of layers that learn nothing, as conv1 does: two images fill the 9 numbers of its windows.
    for (const name of Object.keys(fresh[0]).filter((each) => !each.startsWith('conv1')))
      expect(largestDifference({ [name]: fresh[0][name] }, fresh[1]), name).toBeGreaterThan(1e-4);
  });

  test('so do those of a residual network, strides and 1 × 1 shortcuts included', async () => {
    const network = resnet32({ inputShape: [4, 4, 1], outputs: 4, filters: 3, norm: 'batch' });
    // Long enough for the running statistics to arrive.
    const { old, fresh } = await remembered(network, { optimizer: sgd(), rate: 0.02 }, 'class', 8);
    const largest = Math.max(...Object.values(old[0]).flatMap((values) => Array.from(values, Math.abs)));
    expect(largestDifference(old[0], old[1])).toBeLessThan(1e-5 * largest);
    expect(largestDifference(fresh[0], fresh[1])).toBeGreaterThan(1e-3 * largest);
  });

  test('so they do in the domain scenario, whose tasks share the head', async () => {
    const { old, fresh } = await remembered(networks['a perceptron'], optimizers.sgd, 'domain');
    expect(largestDifference(old[0], old[1])).toBeLessThan(1e-5);
    expect(largestDifference(fresh[0], fresh[1])).toBeGreaterThan(1e-3);
  });

  test.each(Object.keys(optimizers))(
    'in the task scenario the outputs of old tasks stay and those of the new one are free, with %s',
    async (optimizer) => {
      const { old, before, after } = await remembered(networks['a perceptron'], optimizers[optimizer], 'task');
      const { output, ...hidden } = old[0];
      expect(largestDifference(hidden, old[1])).toBeLessThan(1e-5);
      const [own, others] = [
        blobStream('split', 'task').tasks[0].outputs,
        blobStream('split', 'task').tasks[1].outputs,
      ];
      for (const row of [0, 1]) {
        for (const column of own)
          expect(Math.abs(output[4 * row + column] - old[1].output[4 * row + column])).toBeLessThan(1e-5);
        for (const column of others)
          expect(Math.abs(output[4 * row + column] - old[1].output[4 * row + column])).toBeGreaterThan(1e-3);
      }
      own.forEach((column) => expect(after['output/bias'][column]).toBe(before['output/bias'][column]));
    },
  );

  test('biases, norms and running statistics stay to the bit', async () => {
    const { before, after, shaped } = await remembered(networks['batch norm'], optimizers.adam, 'class');
    const changed = Object.keys({ ...shaped.parameters, ...shaped.statistics }).filter(
      (name) => largestDifference({ [name]: before[name] }, after) > 0,
    );
    expect(changed).toEqual(['conv2/weight', 'hidden1/weight', 'output/weight']);
  });
});

const stream = blobStream('split', 'class');

test('the first task is learnt as finetuning learns it, and all of them are with a threshold of 0 and no biases', async () => {
  const network = networks['a perceptron without biases'];
  const options = { threshold: 0, thresholdStep: 0 };
  const [learner, finetuned] = [
    await createLearner('gpm', { engine: onnx, stream, network, options }),
    await createLearner('finetune', { engine: onnx, stream, network }),
  ];
  for (const task of [0, 1]) {
    await drive(learner, eventsOfTask(stream, task));
    await drive(finetuned, eventsOfTask(stream, task));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  }
});

test('the sides of the gradient are the raw one and what the projection takes away: a right angle', async () => {
  const sizes: GradientSizes[] = [];
  const setup = setupFor('gpm', { engine: onnx, stream, options: { threshold: 0.8, samples: 20 } });
  const training = { ...setup.training, onGradients: (measured: GradientSizes) => void sizes.push(measured) };
  const learner = await findMethod('gpm').create({ ...setup, training });
  await drive(learner, eventsOfTask(stream, 0));
  sizes.length = 0;
  await drive(learner, [begin(stream, 1)]);
  await learner.observe(batchOf(stream, 1, [0, 1, 2]));
  const { l2, sides } = sizes[0];
  // Pythagoras: projected ⟂ removed, and their sum is the raw gradient.
  expect(l2 ** 2 + sides!.stability ** 2).toBeCloseTo(sides!.plasticity ** 2, 5);
  expect(sides!.stability).toBeGreaterThan(0.1);
  expect(sides!.cosine).toBeCloseTo(-sides!.stability / sides!.plasticity, 5);
});

test('it tells once of a layer without a direction left, which then stays as it is', async () => {
  const told: string[] = [];
  const setup = setupFor('gpm', { engine: onnx, stream, hidden: [8], options: { threshold: [1, 0.5], samples: 40 } });
  const learner = await findMethod('gpm').create({ ...setup, warn: (message) => void told.push(message) });
  await drive(learner, eventsOfTask(stream, 0));
  expect(told).toEqual([
    'method gpm: after task 1 the basis of layer hidden1 holds all 16 directions: its weights stay as they are from now on',
  ]);
  const before = copyParameters(learner);
  const stats = await drive(learner, eventsOfTask(stream, 1));
  const after = learner.model.parameters();
  expect(after['hidden1/weight']).toEqual(before['hidden1/weight']);
  expect(after['output/weight']).not.toEqual(before['output/weight']);
  expect(told).toHaveLength(1);
  expect(stats[0].occupied).toBeGreaterThan(16 / 24);
  expect(stats[0].occupied).toBeLessThan(1);
});

test('it holds the directions of its bases', async () => {
  const options = { threshold: [1, 1], samples: 3 };
  const learner = await createLearner('gpm', { engine: onnx, stream, options });
  expect(learner.cost().extraBytes).toBe(0);
  await drive(learner, eventsOfTask(stream, 0));
  // Three rows span three directions of 16 inputs, and of 16 hidden units.
  expect(learner.cost().extraBytes).toBe(4 * (3 * 16 + 3 * 16));
});

test('a network of one layer has nothing to project in the task scenario, where each task has outputs of its own', async () => {
  const own = blobStream('split', 'task');
  const learner = await createLearner('gpm', { engine: onnx, stream: own, hidden: [] });
  await drive(learner, eventsOfTask(own, 0));
  const before = copyParameters(learner);
  await drive(learner, eventsOfTask(own, 1));
  const moved = new Set<number>();
  learner.model.parameters()['output/weight'].forEach((value, i) => {
    if (value !== before['output/weight'][i]) moved.add(i % 4);
  });
  expect([...moved].toSorted()).toEqual([...own.tasks[1].outputs].toSorted());
});

test('it refuses a list of thresholds that does not fit the network, and a cosine head that tasks share', async () => {
  await expect(createLearner('gpm', { engine: onnx, stream, options: { threshold: [0.9] } })).rejects.toThrow(
    'method gpm: threshold: 1 values for 2 layers (hidden1, output); give one for each, or a single number for all',
  );
  const network = mlp({ inputs: 16, hidden: [8], outputs: 4, head: 'cosine' });
  await expect(createLearner('gpm', { engine: onnx, stream, network })).rejects.toThrow(
    'method gpm: a cosine head that tasks share cannot be kept',
  );
});
