import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import { adam, mlp, openEngine, smallCnn, type Arrays } from '../../../engine/index.ts';
import { createTrainer } from '../../../methods/shared/trainer.ts';
import {
  activeCounts,
  clearMasked,
  clearSlots,
  densitiesOf,
  masked,
  maskOf,
  maskSpecsOf,
  randomMasks,
  startSparse,
} from '../../../methods/shared/masks/layerMasks.ts';
import { countActive } from '../../../methods/shared/masks/topology.ts';
import { blobStream, setupFor } from '../fixtures.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

const lenet = mlp({ inputs: 784, hidden: [300, 100], outputs: 10 });

describe('counts of active weights', () => {
  // LeNet-300-100 has 235,200 + 30,000 + 1,000 weights. ERK at density 0.1 is .0795678, .2301887 and 1 (Evci et al.): 18,714.3, 6,905.7 and 1,000.
  test.each([
    ['erk', 0.9, [18_714, 6_906, 1_000]],
    ['uniform', 0.9, [23_520, 3_000, 100]],
    ['uniform-first-dense', 0.95, [235_200, 1_500, 50]],
    ['er', 0, [235_200, 30_000, 1_000]],
  ] as const)('%s at sparsity %f of LeNet-300-100', (distribution, sparsity, expected) => {
    expect(Object.values(activeCounts('set', lenet, { sparsity, distribution }))).toEqual(expected);
  });

  test('cover every weight of linear layers and convolutions and nothing else', () => {
    const cnn = smallCnn({ inputShape: [8, 8, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
    expect(Object.keys(activeCounts('set', cnn, { sparsity: 0.5, distribution: 'erk' }))).toEqual([
      'conv1/weight',
      'conv2/weight',
      'hidden1/weight',
      'output/weight',
    ]);
  });

  test('refuse a layer without weights by name', () => {
    expect(() => activeCounts('rigl', lenet, { sparsity: 0.9996, distribution: 'uniform' })).toThrow(
      'method rigl: sparsity: 0.9996 leaves layer output (1000 weights) without a single one; choose a smaller sparsity',
    );
  });
});

test('random masks have exactly these counts, and their densities are the shares', () => {
  const counts = activeCounts('set', lenet, { sparsity: 0.9, distribution: 'erk' });
  const masks = randomMasks(lenet, counts, createRng(1));
  expect(
    Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, countActive(mask as Float32Array)])),
  ).toEqual(counts);
  expect(densitiesOf(masks)).toEqual({
    'hidden1/weight': 18_714 / 235_200,
    'hidden2/weight': 6_906 / 30_000,
    'output/weight': 1,
  });
});

/** A trainer whose parameters and optimiser state are all 1 but for the weights of the first layer, 16 × 2: 1, 2, 3 … */
function createTrained() {
  const stream = blobStream('split', 'class');
  const setup = setupFor('finetune', { engine: cpu, stream, hidden: [2], optimizer: adam() });
  const trainer = createTrainer(setup);
  for (const arrays of [trainer.parameters, trainer.optimizerState])
    for (const values of Object.values(arrays)) values.fill(1);
  trainer.parameters['hidden1/weight'].set(Float32Array.from({ length: 32 }, (_, i) => i + 1));
  return { setup, trainer };
}
const half: Arrays = { 'hidden1/weight': Float32Array.from({ length: 32 }, (_, i) => i % 2) };
const sumOf = (array: ArrayLike<number>) => Array.from(array).reduce((sum, value) => sum + value, 0);

test('what is masked is cleared to zero, parameters and both moments of Adam, and nothing else', () => {
  const { trainer } = createTrained();
  clearMasked(trainer, half);
  expect([...trainer.parameters['hidden1/weight']]).toEqual(
    Array.from({ length: 32 }, (_, i) => (i % 2 === 1 ? i + 1 : 0)),
  );
  for (const slot of ['first', 'second']) {
    expect([...trainer.optimizerState[`hidden1/weight/${slot}`]]).toEqual([...half['hidden1/weight']]);
    expect(sumOf(trainer.optimizerState[`hidden1/bias/${slot}`])).toBe(2);
    expect(sumOf(trainer.optimizerState[`output/weight/${slot}`])).toBe(8);
  }
  expect(trainer.optimizerState.steps[0]).toBe(1);
  expect(sumOf(trainer.parameters['output/weight'])).toBe(8);
});

test('slots of some places are cleared in one parameter only, and its weights stay', () => {
  const { trainer } = createTrained();
  clearSlots(trainer, 'hidden1/weight', [0, 5]);
  for (const slot of ['first', 'second']) {
    const values = [...trainer.optimizerState[`hidden1/weight/${slot}`]];
    expect(values).toEqual(Array.from({ length: 32 }, (_, i) => (i === 0 || i === 5 ? 0 : 1)));
    expect(sumOf(trainer.optimizerState[`output/weight/${slot}`])).toBe(8);
  }
  expect(trainer.parameters['hidden1/weight'][5]).toBe(6);
});

test('a sparse start keeps the weights that stay, 1/√d as large, and what has no mask as it is', () => {
  const { trainer } = createTrained();
  startSparse(trainer, half);
  const weights = trainer.parameters['hidden1/weight'];
  for (let i = 0; i < 32; i++) expect(weights[i]).toBeCloseTo(i % 2 === 1 ? Math.SQRT2 * (i + 1) : 0, 5);
  expect([...trainer.parameters['hidden1/bias']]).toEqual([1, 1]);
});

test('a sparse start from chosen weights keeps the sum of squares of each layer', () => {
  const { trainer } = createTrained();
  // 1² + … + 32² = 11,440; the even ones, at odd places: 4·(1² + … + 16²) = 5,984.
  startSparse(trainer, half, 'chosen');
  const weights = trainer.parameters['hidden1/weight'];
  expect(weights[1]).toBeCloseTo(2 * Math.sqrt(11_440 / 5_984), 5);
  expect(weights[2]).toBe(0);
  expect(sumOf(Array.from(weights, (weight) => weight ** 2))).toBeCloseTo(11_440, 1);
  // Where only zeros are kept there is nothing to make larger.
  trainer.parameters['hidden1/weight'].fill(0);
  startSparse(trainer, half, 'chosen');
  expect(sumOf(trainer.parameters['hidden1/weight'])).toBe(0);
});

test('inside a step what is masked is multiplied with its mask', async () => {
  const { setup, trainer } = createTrained();
  const program = await cpu.compile(
    'masked',
    (all) => ({ kept: masked({ ...all.parameters, ...all.state }, all.masks) }),
    {
      parameters: setup.network.parameters,
      state: setup.training.optimizer.init(setup.network.parameters),
      masks: maskSpecsOf(setup.network, half),
    },
  );
  const { kept } = await program.run({ parameters: trainer.parameters, state: trainer.optimizerState, masks: half });
  expect([...kept['hidden1/weight']]).toEqual(Array.from({ length: 32 }, (_, i) => (i % 2 === 1 ? i + 1 : 0)));
  expect([...kept['hidden1/weight/second']]).toEqual([...half['hidden1/weight']]);
  expect(sumOf(kept['hidden1/bias'])).toBe(2);
  expect(sumOf(kept['output/weight/first'])).toBe(8);
});

test('a mask belongs to its parameter and to the state kept for it, not to what only begins alike', () => {
  const masks = { 'conv1/weight': 1, 'conv10/weight': 2 };
  expect(maskOf('conv1/weight', masks)).toBe(1);
  expect(maskOf('conv1/weight/first', masks)).toBe(1);
  expect(maskOf('conv10/weight/second', masks)).toBe(2);
  for (const name of ['conv1/bias', 'conv1/weights', 'steps']) expect(maskOf(name, masks)).toBeUndefined();
});
