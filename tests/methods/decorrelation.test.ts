import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  float32,
  lossGradients,
  openEngine,
  resnet18,
  type Arrays,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';
import { findMethod, type GradientSizes, type Learner } from '../../methods/index.ts';
import { coactivity } from '../../methods/shared/decorrelation.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  end,
  eventsOf,
  eventsOfTask,
  forward,
  rowOf,
  setupFor,
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

const stream = blobStream('split', 'class');
const hidden = [12, 8];
const rate = 0.1;
const create = (name: string, options: Record<string, unknown>, more = {}) =>
  createLearner(name, { engine: onnx, stream, options, rate, hidden, ...more });
const { network } = setupFor('mas', { engine: onnx, stream, hidden });

/** λ-free term of one layer: the double sum of the paper (arXiv:1806.05421) as it stands there. @param h a row of activations for each sample */
function doubleSum(h: readonly (readonly number[])[], alpha: ArrayLike<number>): number {
  const width = alpha.length;
  const deviation = width / 6;
  let sum = 0;
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) {
      if (i === j) continue;
      const near = Math.exp(-((i - j) ** 2) / (2 * deviation ** 2));
      const product = h.reduce((total, row) => total + row[i] * row[j], 0) / h.length;
      sum += near * Math.exp(-(alpha[i] + alpha[j])) * Math.abs(product);
    }
  return sum;
}

/** The activations of the hidden layers for one row, in 64-bit floats. */
function activations(parameters: Record<string, ArrayLike<number>>, x: ArrayLike<number>): number[][] {
  const seen: number[][] = [];
  let below = Array.from(x);
  for (const { name, outputs } of network.layers.slice(0, -1)) {
    below = Array.from({ length: outputs }, (_, k) =>
      Math.max(
        0,
        below.reduce(
          (sum, a, j) => sum + a * parameters[`${name}/weight`][j * outputs + k],
          parameters[`${name}/bias`][k],
        ),
      ),
    );
    seen.push(below);
  }
  return seen;
}

/** Σ over hidden layers, of a batch's rows. */
function term(parameters: Record<string, ArrayLike<number>>, batch: ReturnType<typeof batchOf>, alpha: Arrays): number {
  const rows = Array.from({ length: batch.size }, (_, i) => activations(parameters, rowOf(batch, i)));
  return hidden.reduce(
    (sum, _, layer) =>
      sum +
      doubleSum(
        rows.map((row) => row[layer]),
        alpha[`hidden${layer + 1}`],
      ),
    0,
  );
}

const unitsOf = (learner: Learner) => copyState(learner.state()).units as unknown as Arrays;

describe('the coactivity of units', () => {
  const rng = createRng('coactivity');
  const [rows, width] = [4, 7];
  const h = Array.from({ length: rows }, () => Array.from({ length: width }, () => Math.max(0, rng.normal())));
  const alpha = Float32Array.from({ length: width }, () => 2 * rng.uniform());
  const feeds = { h: Float32Array.from(h.flat()), weight: new Float32Array(rows).fill(1 / rows), alpha };
  const specs = { h: float32(rows, width), weight: float32(rows), alpha: float32(width) };
  const compiled = cpu.compile(
    'coactivity',
    (given) => {
      const { loss, gradients } = lossGradients(
        ({ x }) => ({ loss: coactivity(x as Tensor2D, given.weight as Tensor1D, given.alpha as Tensor1D) }),
        { x: given.h },
      );
      return { value: loss, slopes: gradients.x };
    },
    specs,
  );

  test('is the double sum of the paper, written out', async () => {
    const { value } = await (await compiled).run(feeds);
    const expected = doubleSum(h, alpha);
    expect(expected).toBeGreaterThan(0.05);
    expect(value[0] / expected).toBeCloseTo(1, 5);
  });

  test('has the gradient of its central differences, at active units: ReLU lets none through to the others', async () => {
    const { slopes } = await (await compiled).run(feeds);
    const step = 1e-6;
    for (let m = 0; m < rows; m++)
      for (let i = 0; i < width; i++) {
        if (h[m][i] === 0) continue;
        const at = (shift: number) =>
          doubleSum(
            h.map((row, r) => row.map((value, k) => (r === m && k === i ? value + shift : value))),
            alpha,
          );
        expect(slopes[m * width + i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 4);
      }
    expect(Math.max(...slopes)).toBeGreaterThan(0.01);
  });

  test('of layers of one unit is 0', async () => {
    const one = await cpu.compile(
      'one unit',
      (given) => ({ value: coactivity(given.h as Tensor2D, given.weight as Tensor1D, given.alpha as Tensor1D) }),
      { h: float32(2, 1), weight: float32(2), alpha: float32(1) },
    );
    const fed = { h: Float32Array.of(1, 2), weight: Float32Array.of(0.5, 0.5), alpha: new Float32Array(1) };
    expect((await one.run(fed)).value[0]).toBe(0);
  });
});

describe.each(['mas', 'ewc'])('%s with sni', (name) => {
  test('adds λ_s times the term to the loss, and its gradient by central differences to the update', async () => {
    const sni = 0.5;
    // Of no strength to speak of, so that there is something left to inhibit.
    const from = await create(name, { sni: 1e-6 });
    await drive(from, [begin(stream, 0), ...eventsOfTask(stream, 0).slice(1, 4), end(stream, 0)]);
    await drive(from, eventsOfTask(stream, 1).slice(0, 3));
    const state = copyState(from.state());
    const alpha = unitsOf(from);
    expect(Math.max(...alpha.hidden1)).toBeGreaterThan(0.01);
    const plainState = { ...state, units: null };
    const [without, sparse] = await Promise.all([create(name, {}), create(name, { sni })]);
    without.restore(copyState(plainState));
    sparse.restore(copyState(state));
    const before = copyParameters(without);
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
    const plain = await without.observe(batch);
    const stats = await sparse.observe(batch);
    expect(stats.decorrelation / (sni * term(before, batch, alpha))).toBeCloseTo(1, 4);
    expect(stats.loss - plain.loss).toBeCloseTo(stats.decorrelation, 4);
    expect(stats.penalty).toBeCloseTo(plain.penalty, 6);
    let largest = 0;
    for (const [key, values] of Object.entries(before))
      for (let place = 0; place < values.length; place++) {
        const at = (shift: number) => {
          const moved = Float64Array.from(values);
          moved[place] += shift;
          return term({ ...before, [key]: moved }, batch, alpha);
        };
        const pull = (rate * sni * (at(1e-6) - at(-1e-6))) / 2e-6;
        const difference = without.model.parameters()[key][place] - sparse.model.parameters()[key][place];
        expect(Math.abs(difference - pull), key).toBeLessThan(2e-6);
        largest = Math.max(largest, Math.abs(pull));
      }
    expect(largest).toBeGreaterThan(1e-3);
  });

  test('adds up the importance of units: the mean over rows of |∂ ‖f‖² / ∂z|, by central differences of their biases', async () => {
    const learner = await create(name, { sni: 0.01 });
    const expected = Object.fromEntries(hidden.map((width, i) => [`hidden${i + 1}`, new Float64Array(width)]));
    for (const index of [0, 1]) {
      await drive(learner, [begin(stream, index), ...eventsOfTask(stream, index).slice(1, 4), end(stream, index)]);
      const theta = copyParameters(learner);
      const { train } = taskOf(stream, index);
      const all = new Float32Array(16 * train.length);
      train.read([...train.labels.keys()], all);
      for (const [layer, sums] of Object.entries(expected))
        for (let unit = 0; unit < sums.length; unit++)
          for (let row = 0; row < train.length; row++) {
            const at = (shift: number) => {
              const bias = Float64Array.from(theta[`${layer}/bias`]);
              bias[unit] += shift;
              const x = all.subarray(16 * row, 16 * (row + 1));
              return forward(network, { ...theta, [`${layer}/bias`]: bias }, x).reduce((sum, f) => sum + f * f, 0);
            };
            sums[unit] += Math.abs(at(1e-6) - at(-1e-6)) / 2e-6 / train.length;
          }
    }
    const units = unitsOf(learner);
    expect(Object.keys(units)).toEqual(Object.keys(expected));
    for (const [layer, sums] of Object.entries(expected))
      sums.forEach((value, i) =>
        expect(Math.abs(units[layer][i] - value), layer).toBeLessThan(1e-4 * Math.max(1, value)),
      );
    expect(Math.max(...expected.hidden1)).toBeGreaterThan(0.01);
  });

  test('of 0 computes what finetuning computes, to the operation, and holds nothing', async () => {
    const learner = await create(name, { sni: 0, lambda: 0 });
    const finetuned = await create('finetune', {});
    for (const each of [learner, finetuned]) await drive(each, eventsOfTask(stream, 0).slice(0, -1));
    expect(learner.cost().flops).toBe(finetuned.cost().flops);
    expect(learner.model.parameters()).toEqual(finetuned.model.parameters());
    expect(learner.state().units).toBeNull();
    const sparse = await create(name, { sni: 0.1, lambda: 0 });
    expect(sparse.cost().extraBytes - learner.cost().extraBytes).toBe(4 * (12 + 8));
    const [stats] = await drive(learner, eventsOfTask(stream, 1).slice(1, 2));
    expect(stats).not.toHaveProperty('decorrelation');
  });

  test('is no part of the stability side', async () => {
    const sizes = async (sni: number) => {
      const measured: GradientSizes[] = [];
      const setup = setupFor(name, { engine: onnx, stream, hidden, options: { sni } });
      const training = { ...setup.training, onGradients: (size: GradientSizes) => measured.push(size) };
      const learner = await findMethod(name).create({ ...setup, training });
      await drive(learner, eventsOf(stream));
      return measured;
    };
    const measured = await sizes(0.1);
    expect(measured[0].sides).toBeUndefined();
    // At the anchor, where the penalty has no gradient.
    const second = measured.find(({ sides }) => sides !== undefined)!;
    expect(second.sides!.stability).toBe(0);
    expect(second.sides!.plasticity).toBeGreaterThan(0);
  });

  test('refuses a network without hidden layers of units, and says what to do', async () => {
    const message = /sni: network \w+ has no hidden layer of units to decorrelate; choose an mlp .* or set sni=0/;
    await expect(create(name, { sni: 0.1 }, { hidden: [] })).rejects.toThrow(message);
    const residual = resnet18({ inputShape: [8, 8, 1], outputs: 4, filters: 2, norm: 'group' });
    await expect(create(name, { sni: 0.1 }, { network: residual })).rejects.toThrow(message);
    const method = findMethod(name);
    expect(method.conventions(method.parseOptions({ sni: 0.1 })).at(-1)).toMatch(/^sni: /);
    expect(method.conventions(method.parseOptions({})).join()).not.toMatch('sni');
  });
});

test('it makes activity sparser: fewer units are active together than without', async () => {
  const overlap = async (sni: number) => {
    const learner = await create('mas', { sni }, { hidden: [16] });
    await drive(learner, eventsOfTask(stream, 0, { epochs: 3 }));
    const batch = batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]);
    const { layers } = setupFor('mas', { engine: onnx, stream, hidden: [16] }).network;
    const parameters = learner.model.parameters();
    const { name, outputs } = layers[0];
    const rows = Array.from({ length: 8 }, (_, i) =>
      Array.from({ length: outputs }, (_unit, k) =>
        Math.max(
          0,
          rowOf(batch, i).reduce(
            (sum, a, j) => sum + a * parameters[`${name}/weight`][j * outputs + k],
            parameters[`${name}/bias`][k],
          ),
        ),
      ),
    );
    return doubleSum(rows, new Float32Array(outputs));
  };
  expect(await overlap(0.1)).toBeLessThan((await overlap(0)) / 2);
});
