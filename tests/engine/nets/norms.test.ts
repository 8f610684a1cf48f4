import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  allocate,
  float32,
  openEngine,
  resnet18,
  sizeOf,
  smallCnn,
  tf,
  type Arrays,
  type Pass,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type Tensors,
} from '../../../engine/index.ts';
import { batchNorm } from '../../../engine/nets/layers/batchNorm.ts';
import { groupCount, normalizeGroups } from '../../../engine/nets/layers/groupNorm.ts';
import { distance } from './pytorch.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

/** Batch norm of one channel on the cpu engine, with γ = 2, β = 1, running mean 10 and variance 20. */
async function normalize(rows: number[][], mode: Pass['mode'], counted?: number[]) {
  const program = await cpu.compile(
    'batch-norm',
    ({ x, weights }) => {
      const one = (value: number): Tensor1D => tf.tensor1d([value]);
      const { output, moved } = batchNorm(
        x as Tensor4D,
        { gamma: one(2), beta: one(1) },
        { mean: one(10), variance: one(20) },
        { mode, counted: counted ? (weights as Tensor1D) : undefined },
      );
      return { output, moved: (moved ?? {}) as Tensors };
    },
    { x: float32(rows.length, rows[0].length, 1, 1), weights: float32(rows.length) },
  );
  const { output, moved } = await program.run({
    x: Float32Array.from(rows.flat()),
    weights: Float32Array.from(counted ?? rows.map(() => 1)),
  });
  return { output, moved: moved as Arrays };
}

describe('batch norm by hand', () => {
  // Mean 4, squared distances 9 1 1 9: biased variance 5, unbiased 20/3.
  const rows = [[1, 3], [5, 7]]; // prettier-ignore
  const by = (mean: number, variance: number) =>
    rows.flat().map((x) => (2 * (x - mean)) / Math.sqrt(variance + 1e-5) + 1);

  test('in train mode normalises by the biased variance and moves a tenth of the way to mean and unbiased variance', async () => {
    const { output, moved } = await normalize(rows, 'train');
    expect(distance(output, by(4, 5))).toBeLessThan(1e-5);
    expect(distance(moved.mean, [0.9 * 10 + 0.1 * 4])).toBeLessThan(1e-6);
    expect(distance(moved.variance, [0.9 * 20 + 0.1 * (20 / 3)])).toBeLessThan(1e-6);
  });

  test.each(['inference', 'frozen'] as const)(
    'in %s mode normalises by the running statistics, which stay',
    async (mode) => {
      const { output, moved } = await normalize(rows, mode);
      expect(distance(output, by(10, 20))).toBeLessThan(1e-5);
      expect(moved).toEqual({});
    },
  );

  test('takes its statistics from counted rows only', async () => {
    const padded = [rows[0], [50, -900], rows[1], [1e6, 3]];
    const { output, moved } = await normalize(padded, 'train', [1, 0, 1, 0]);
    const plain = await normalize(rows, 'train');
    expect(distance([...output.subarray(0, 2), ...output.subarray(4, 6)], [...plain.output])).toBeLessThan(1e-6);
    expect(moved).toEqual(plain.moved);
  });

  test('of a single value gives β, and a variance of 0 moves the running one (PyTorch refuses)', async () => {
    const { output, moved } = await normalize([[7], [3]], 'train', [1, 0]);
    expect(output[0]).toBeCloseTo(1, 5);
    expect(distance([moved.mean[0], moved.variance[0]], [0.9 * 10 + 0.7, 18])).toBeLessThan(1e-6);
  });

  test('of values far from zero loses no digits: the variance is taken in a second pass', async () => {
    const far = rows.map((row) => row.map((x) => x + 4096));
    const { moved } = await normalize(far, 'train');
    expect(moved.variance[0]).toBeCloseTo(18 + 2 / 3, 4);
  });
});

describe('group norm', () => {
  test('by hand: each group of neighbouring channels of a row has mean 0 and variance 1', async () => {
    // Two pixels of four channels in two groups: {1, 3, 5, 7} of mean 4 and variance 5, {0, 0, 8, 8} of mean 4 and variance 16.
    const program = await cpu.compile('group-norm', ({ x }) => ({ output: normalizeGroups(x as Tensor4D, 2) }), {
      x: float32(1, 1, 2, 4),
    });
    const { output } = await program.run({ x: Float32Array.of(1, 3, 0, 0, 5, 7, 8, 8) });
    const [five, sixteen] = [Math.sqrt(5 + 1e-5), Math.sqrt(16 + 1e-5)];
    expect(distance(output, [-3 / five, -1 / five, -4 / sixteen, -4 / sixteen, 1 / five, 3 / five, 4 / sixteen, 4 / sixteen])).toBeLessThan(1e-6); // prettier-ignore
  });

  test('has 32 groups where they hold two channels or more, else as many as do', () => {
    expect([64, 128, 512, 96, 160, 80, 40, 20, 16, 6, 7, 2].map(groupCount)).toEqual([
      32, 32, 32, 32, 32, 16, 8, 4, 8, 2, 1, 1,
    ]);
  });
});

/** Runs a network on rows of noise, and tells what it computes and moves. */
async function run(network: ReturnType<typeof smallCnn>, x: Float32Array, counted: number[], mode: Pass['mode']) {
  const program = await cpu.compile(
    'network',
    (given) => {
      let moved: Tensors = {};
      const logits = network.apply(given.parameters, given.x as Tensor2D, {
        mode,
        statistics: given.statistics,
        counted: given.counted as Tensor1D,
        moved: (tensors) => (moved = tensors),
      });
      return { logits, moved };
    },
    {
      parameters: network.parameters,
      statistics: network.statistics,
      x: float32(counted.length, sizeOf(network.inputShape)),
      counted: float32(counted.length),
    },
  );
  return program.run({
    parameters: network.init(createRng(1)),
    statistics: network.initStatistics(),
    x,
    counted: Float32Array.from(counted),
  });
}

describe.each([
  ['cnn', smallCnn({ inputShape: [6, 5, 2], outputs: 3, channels: [4, 6], hidden: 8, norm: 'batch' })],
  ['resnet18', resnet18({ inputShape: [8, 8, 2], outputs: 3, filters: 4 })],
] as const)('padding rows of %s', (_, network) => {
  const size = sizeOf(network.inputShape);
  const rng = createRng('noise');
  const rows = Float32Array.from({ length: 3 * size }, () => rng.normal());
  const padded = (filling: number) => {
    const x = new Float32Array(5 * size).fill(filling);
    x.set(rows);
    return x;
  };

  test('change neither logits nor statistics by a bit, whatever stands in them', async () => {
    const [zeros, garbage] = await Promise.all([0, 50].map((v) => run(network, padded(v), [1, 1, 1, 0, 0], 'train')));
    expect(garbage.logits.subarray(0, 9)).toEqual(zeros.logits.subarray(0, 9));
    expect(garbage.moved).toEqual(zeros.moved);
  });

  test('are as if they were not there', async () => {
    const [short, long] = await Promise.all([
      run(network, rows, [1, 1, 1], 'train'),
      run(network, padded(50), [1, 1, 1, 0, 0], 'train'),
    ]);
    expect(distance(long.logits.subarray(0, 9), [...short.logits])).toBeLessThan(1e-4);
    for (const [name, values] of Object.entries(short.moved as Arrays))
      expect(distance((long.moved as Arrays)[name], [...values])).toBeLessThan(1e-5);
  });

  test('inference tells no moved statistics', async () => {
    expect((await run(network, rows, [1, 1, 1], 'inference')).moved).toEqual({});
  });
});

test('a network with batch norm that is given no statistics says so', () => {
  const network = smallCnn({ inputShape: [4, 4, 1], outputs: 2, channels: [2], hidden: 3, norm: 'batch' });
  const parameters = Object.fromEntries(
    Object.entries(allocate(network.parameters)).map(([name, values]) => [
      name,
      tf.tensor(values, [...network.parameters[name].shape]),
    ]),
  );
  expect(() => network.apply(parameters, tf.zeros([1, 16]))).toThrow(
    'conv1/norm: batch norm needs running statistics; hand them over in the pass',
  );
});
