import { deserialize, serialize } from 'node:v8';
import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { adam, float32, openEngine, sgd, type LowRankChange, type Optimizer } from '../../engine/index.ts';
import { createTrainer } from '../../methods/index.ts';
import { createTrail } from '../../methods/shared/trail.ts';
import { batchOf, begin, blobStream, createLearner, drive, observe, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const [inputs, outputs] = [9, 6];
const rng = createRng('trail');
const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => 2 * rng.uniform() - 1);

/** A change of two matrices by one product of so many rows. */
function change(rows: number): LowRankChange {
  return {
    mix: [
      [1, rng.uniform()],
      [rng.uniform(), 0.9],
    ],
    products: [
      { rows, left: draw(rows * inputs), right: draw(rows * outputs), scales: [rng.uniform(), -rng.uniform()] },
    ],
  };
}

/** mix·S + Σ scales·leftᵀ·right, written out in 64-bit floats. */
function apply({ mix, products }: LowRankChange, matrices: readonly (readonly number[])[]): number[][] {
  return mix.map((row, i) =>
    Array.from({ length: inputs * outputs }, (_, at) => {
      let sum = row.reduce((total, value, m) => total + value * matrices[m][at], 0);
      for (const { rows, left, right, scales } of products)
        for (let r = 0; r < rows; r++)
          sum += scales[i] * left[r * inputs + Math.floor(at / outputs)] * right[r * outputs + (at % outputs)];
      return sum;
    }),
  );
}

const makeTrail = () => createTrail({ layer: 'hidden1', inputs, outputs, count: 2, matrices: () => [] });
const rankOf = ({ products }: LowRankChange): number => products.reduce((sum, { rows }) => sum + rows, 0);

describe('a trail', () => {
  test('tells one change that does what all steps did one after the other', () => {
    const { trail, record } = makeTrail();
    const reader = {};
    trail.take(reader);
    let matrices = [draw(inputs * outputs), draw(inputs * outputs)].map((each) => Array.from(each));
    const before = matrices;
    for (const rows of [1, 0, 2]) {
      const step = change(rows);
      record(step);
      matrices = apply(step, matrices);
    }
    const told = trail.take(reader)!;
    expect(rankOf(told)).toBe(3);
    apply(told, before).forEach((matrix, i) =>
      matrix.forEach((value, at) => expect(Math.abs(value - matrices[i][at])).toBeLessThan(1e-12)),
    );
    expect(trail.take(reader)).toEqual({
      mix: [
        [1, 0],
        [0, 1],
      ],
      products: [],
    });
  });

  test('keeps copies: what a step’s arrays hold later changes nothing', () => {
    const { trail, record } = makeTrail();
    const reader = {};
    trail.take(reader);
    const step = change(2);
    const expected = structuredClone(step);
    record(step);
    step.products[0].left.fill(7);
    step.products[0].right.fill(7);
    expect(trail.take(reader)).toEqual(expected);
  });

  test('knows nothing at the first time, after another reader, after an unknown step, and after a write', () => {
    const { trail, record, forget } = makeTrail();
    const [reader, other] = [{}, {}];
    record(change(1));
    expect(trail.take(reader)).toBeNull();
    expect(trail.take(reader)).not.toBeNull();
    expect(trail.take(other)).toBeNull();
    expect(trail.take(reader)).toBeNull();
    record(change(1));
    record(null);
    record(change(1));
    expect(trail.take(reader)).toBeNull();
    forget();
    expect(trail.take(reader)).toBeNull();
    record(change(1));
    expect(trail.take(reader)).not.toBeNull();
  });

  test('ends where its factors would be larger than the matrix: at more than in·out / (in + out) rows', () => {
    const { trail, record } = makeTrail();
    const reader = {};
    for (const [rows, known] of [
      [3, true],
      [4, false],
    ] as const) {
      trail.take(reader);
      for (let i = 0; i < rows; i++) record(change(1));
      expect(trail.take(reader) !== null).toBe(known);
    }
  });

  test('a product that counts nothing takes no room', () => {
    const { trail, record } = makeTrail();
    const reader = {};
    trail.take(reader);
    const { mix, products } = change(1);
    const idle = { rows: 100, left: draw(100 * inputs), right: draw(100 * outputs), scales: [0, -0] };
    record({ mix, products: [...products, idle] });
    expect(trail.take(reader)).toEqual({ mix, products });
  });

  test('comes back from its state to the same change to the bit, and goes on alike', () => {
    const [one, other] = [makeTrail(), makeTrail()];
    const [reader, next] = [{}, {}];
    one.trail.take(reader);
    expect(one.trail.state(next)).toBeNull();
    for (const rows of [1, 1]) one.record(change(rows));
    other.trail.restore(deserialize(serialize(one.trail.state(reader))), next);
    const later = change(1);
    for (const { record } of [one, other]) record(later);
    expect(other.trail.take(next)).toEqual(one.trail.take(reader));
    other.trail.restore(null, next);
    expect(other.trail.take(next)).toBeNull();
  });
});

describe('a trainer’s trail', () => {
  const stream = blobStream('split', 'class');
  const batch = batchOf(stream, 0, [0, 1, 2], 3);
  const hidden = [64];
  const create = (name: string, optimizer: Optimizer, options = {}) =>
    createLearner(name, { engine: onnx, stream, hidden, optimizer, batch: 3, options });

  test('tells what the updates did to the first layer’s weights and their velocity', async () => {
    const learner = await create('finetune', sgd({ momentum: 0.9, weightDecay: 0.01 }));
    const trail = learner.model.trail!;
    expect(trail).toMatchObject({ layer: 'hidden1', inputs: 16, outputs: 64 });
    const reader = {};
    trail.take(reader);
    const before = trail.matrices().map((matrix) => matrix.slice());
    await drive(learner, [observe(batch), observe(batch), observe(batch)]);
    const { mix, products } = trail.take(reader)!;
    expect(products).toHaveLength(3);
    expect(trail.matrices()[0]).toBe(learner.model.parameters()['hidden1/weight']);
    for (const [i, matrix] of trail.matrices().entries())
      matrix.forEach((value, at) => {
        let sum = mix[i][0] * before[0][at] + mix[i][1] * before[1][at];
        for (const { rows, left, right, scales } of products)
          for (let r = 0; r < rows; r++)
            sum += scales[i] * left[r * 16 + Math.floor(at / 64)] * right[r * 64 + (at % 64)];
        expect(Math.abs(value - sum)).toBeLessThan(1e-6);
      });
  });

  test('tells that a task that starts with a fresh velocity set it to zero', async () => {
    const learner = await create('finetune', sgd({ momentum: 0.9 }));
    const reader = {};
    await drive(learner, [observe(batch)]);
    learner.model.trail!.take(reader);
    await drive(learner, [begin(stream, 1)]);
    expect(learner.model.trail!.take(reader)).toEqual({
      mix: [
        [1, 0],
        [0, 0],
      ],
      products: [],
    });
  });

  test('knows nothing after the parameters were handed out for writing, or restored', async () => {
    const trainer = createTrainer(setupFor('finetune', { engine: onnx, stream, optimizer: sgd({ momentum: 0.9 }) }));
    const { trail } = trainer.model;
    const reader = {};
    for (const touch of [
      () => trainer.parameters,
      () => trainer.optimizerState,
      () => trainer.restore(structuredClone(trainer.state())),
    ]) {
      trail!.take(reader);
      touch();
      expect(trail!.take(reader)).toBeNull();
    }
    trainer.model.parameters();
    trainer.state();
    expect(trail!.take(reader)).not.toBeNull();
  });

  test('is there only for a first layer that multiplies the rows themselves by a matrix', () => {
    const setup = setupFor('finetune', { engine: onnx, stream });
    const { network } = setup;
    // As a convolution has them: height, width, channels in and out.
    const parameters = { ...network.parameters, 'hidden1/weight': float32(4, 4, 1, 16) };
    const others = [
      { ...setup, network: { ...network, parameters } },
      {
        ...setup,
        network: { ...network, layers: network.layers.slice(1) },
        stream: { ...setup.stream, inputSize: 15 },
      },
    ];
    expect(createTrainer(setup).model.trail).toBeDefined();
    for (const other of others) expect(createTrainer(other).model.trail).toBeUndefined();
  });

  test.each([
    ['adam', 'finetune', adam()],
    ['the masks of SET', 'set', sgd()],
  ])('knows nothing of updates with %s', async (_, name, optimizer) => {
    const learner = await create(name, optimizer, name === 'set' ? { sparsity: 0.4 } : {});
    const reader = {};
    learner.model.trail!.take(reader);
    await drive(learner, [observe(batch)]);
    expect(learner.model.trail!.take(reader)).toBeNull();
  });

  test('takes no notice of rows that a projection did not use: A-GEM’s change has the rank of its batch unless it projects', async () => {
    const learner = await create('a-gem', sgd(), { memory: 4, referenceBatch: 4 });
    const reader = {};
    const ranks = new Set<string>();
    for (const task of [0, 1])
      for (let at = 0; at + 3 <= stream.tasks[task].train.length; at += 3) {
        learner.model.trail!.take(reader);
        const [{ projected }] = await drive(learner, [observe(batchOf(stream, task, [at, at + 1, at + 2], 3))]);
        ranks.add(`${projected}: ${rankOf(learner.model.trail!.take(reader)!)}`);
      }
    expect([...ranks].toSorted()).toEqual(['0: 3', '1: 7']);
  });
});
