import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { mlp, openEngine, resnet18 } from '../../engine/index.ts';
import type { Batch } from '../../methods/index.ts';
import { lowestActive } from '../../methods/shared/masks/lowestActive.ts';
import { placesOf, randomMask, smallest } from '../../methods/shared/masks/topology.ts';
import { createDataRemoval, leastMissed } from '../../methods/shared/sparcl/dataRemoval.ts';
import { createGradientMasks } from '../../methods/shared/sparcl/gradientMasks.ts';
import {
  batchRows,
  createSidedGradients,
  gradientImportance,
  weightImportance,
} from '../../methods/shared/sparcl/importance.ts';
import { planLayers } from '../../methods/shared/sparcl/layerPlan.ts';
import { createRemainder } from '../../methods/shared/sparcl/remainder.ts';
import { assign, createTrainer } from '../../methods/shared/trainer.ts';
import { batchGradient } from './backprop.ts';
import { batchOf, blobStream, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const f = (...values: number[]): Float32Array => Float32Array.from(values);

describe('the lowest active places', () => {
  test('by hand: inactive ones never count, and ties go to the lower index', () => {
    const mask = f(1, 0, 1, 1, 1, 1);
    const scores = f(3, 0, 2, 1, 2, 2);
    expect([...lowestActive(mask, scores, 0)]).toEqual([]);
    expect([...lowestActive(mask, scores, 1)]).toEqual([3]);
    expect([...lowestActive(mask, scores, 3)]).toEqual([2, 3, 4]);
    expect([...lowestActive(mask, scores, 5)]).toEqual([0, 2, 3, 4, 5]);
    expect(() => lowestActive(mask, scores, 6)).toThrow('6 places asked for, and 5 are active');
  });

  test('are those of a full sort', () => {
    const rng = createRng(1);
    for (let trial = 0; trial < 50; trial++) {
      const mask = randomMask(60, 40, rng);
      // Few values, so that there are many ties.
      const scores = Float32Array.from({ length: 60 }, () => rng.integer(8));
      const count = rng.integer(41);
      const sorted = smallest(placesOf(mask, 1), (place) => scores[place], count);
      expect([...lowestActive(mask, scores, count)]).toEqual([...sorted].toSorted((a, b) => a - b));
    }
  });
});

describe('importance', () => {
  const network = mlp({ inputs: 2, hidden: [2], outputs: 4 });
  const names = ['hidden1/weight', 'output/weight'];

  async function sidedGradients() {
    const setup = setupFor('er', { engine: onnx, stream: blobStream('split', 'class'), network, batch: 2 });
    // The fixture's images have 16 pixels; this network takes two numbers.
    const narrow = { ...setup, stream: { ...setup.stream, inputSize: 2, image: undefined } };
    const trainer = createTrainer(narrow);
    return { trainer, gradients: await createSidedGradients(narrow, trainer, names) };
  }
  const rowsOf = (x: number[], y: number[]): Batch => ({
    x: f(...x),
    y: Int32Array.from(y),
    ids: new Int32Array(y.length),
    size: y.length,
    task: 0,
  });

  test('of a network of two layers, written out', async () => {
    const { trainer, gradients } = await sidedGradients();
    const a = Math.log(3);
    // x = (2, 1) gives hidden units (2, −1), of which ReLU leaves (2, 0), and logits (ln 3, 0, 0, 0).
    assign(trainer.parameters, {
      'hidden1/weight': f(1, 0, 0, -1),
      'hidden1/bias': f(0, 0),
      'output/weight': f(a / 2, 0, 0, 0, 0, 0, 0, 0),
      'output/bias': f(0, 0, 0, 0),
    });
    // Of the task's outputs 0 and 1 the first has p = 3/4: with label 1, ∂L̃/∂z = (3/4, −3/4, 0, 0).
    const current = batchRows(rowsOf([2, 1], [1]));
    // Of all outputs it has p = 1/2 and the others 1/6: with label 0, ∂L/∂z = (−1/2, 1/6, 1/6, 1/6).
    const memory = batchRows(rowsOf([2, 1], [0]));
    const sides = await gradients(current, memory);
    const expected = {
      current: {
        'hidden1/weight': [(3 * a) / 4, 0, (3 * a) / 8, 0],
        'output/weight': [3 / 2, -3 / 2, 0, 0, 0, 0, 0, 0],
      },
      memory: {
        'hidden1/weight': [-a / 2, 0, -a / 4, 0],
        'output/weight': [-1, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0],
      },
    };
    const close = (actual: ArrayLike<number>, wanted: readonly number[]) =>
      wanted.forEach((value, i) => expect(actual[i], `${i}`).toBeCloseTo(value, 6));
    for (const name of ['hidden1/weight', 'output/weight'] as const) {
      close(sides.current[name], expected.current[name]);
      close(sides.memory![name], expected.memory[name]);
    }
    const importance = (name: 'hidden1/weight' | 'output/weight') =>
      weightImportance(trainer.parameters[name], sides.current[name], sides.memory![name], { alpha: 0.5, beta: 1 });
    close(importance('hidden1/weight'), [1 + (7 * a) / 8, 0, (7 * a) / 16, 1]);
    close(importance('output/weight'), [a / 2 + 3 / 4 + 1, 3 / 4 + 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0]);
  });

  test('with nothing to remember it is of the current rows alone, and α and β weigh the sides', () => {
    const [own, old] = [f(2, -1), f(-3, 0.5)];
    expect([...gradientImportance(own, undefined, { alpha: 0.5, beta: 1 })]).toEqual([1, 0.5]);
    expect([...gradientImportance(own, old, { alpha: 0, beta: 2 })]).toEqual([6, 1]);
    expect([...gradientImportance(own, old, { alpha: 1, beta: 1 })]).toEqual([5, 1.5]);
    expect([...weightImportance(f(-4, 0), own, old, { alpha: 1, beta: 1 })]).toEqual([9, 1.5]);
  });

  test('is of the gradient of a mean over rows, in as many runs as they take', async () => {
    const stream = blobStream('split', 'class');
    const setup = setupFor('er', { engine: onnx, stream, batch: 4 });
    const trainer = createTrainer(setup);
    const gradients = await createSidedGradients(setup, trainer, names);
    const [current, memory] = [batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7, 8], 9), batchOf(stream, 0, [3, 4, 5], 8)];
    const sides = await gradients(batchRows(current), batchRows(memory));
    const own = batchGradient(setup.network, trainer.parameters, current, stream.tasks[1].outputs);
    const all = batchGradient(setup.network, trainer.parameters, memory, [0, 1, 2, 3]);
    for (const name of names) {
      sides.current[name].forEach((value, i) => expect(value).toBeCloseTo(own[name][i], 5));
      sides.memory![name].forEach((value, i) => expect(value).toBeCloseTo(all[name][i], 5));
    }
    expect((await gradients(batchRows(current), { ...batchRows(memory), count: 0 })).memory).toBeUndefined();
  });
});

describe('the plan of layers', () => {
  const options = {
    sparsity: 0.75,
    distribution: 'uniform',
    interShare: 0.01,
    intraShare: 0.005,
    gradientSparsity: null,
  } as const;

  test('by hand: 1,000 weights at 75 % have 250 active ones, 260 at first, 245 in between, and 200 gradients', () => {
    const network = mlp({ inputs: 20, hidden: [50], outputs: 8 });
    const plan = planLayers('sparcl', network, options);
    expect(plan['hidden1/weight']).toEqual({ size: 1000, active: 250, expanded: 260, shrunk: 245, gradients: 200 });
    expect(plan['output/weight']).toEqual({ size: 400, active: 100, expanded: 104, shrunk: 98, gradients: 80 });
    const given = planLayers('sparcl', network, { ...options, gradientSparsity: 0.9 });
    expect(given['hidden1/weight'].gradients).toBe(100);
    const dense = planLayers('sparcl', network, { ...options, sparsity: 0 });
    expect(dense['hidden1/weight']).toEqual({ size: 1000, active: 1000, expanded: 1000, shrunk: 1000, gradients: 800 });
  });

  test('uniform-inner masks the sixteen block convolutions of ResNet-18, as the profiles of neu-spiral/SparCL do', () => {
    const network = resnet18({ inputShape: [32, 32, 3], outputs: 10 });
    const plan = planLayers('sparcl', network, { ...options, distribution: 'uniform-inner' });
    const convolutions = [1, 2, 3, 4].flatMap((stage) =>
      [1, 2].flatMap((block) => [1, 2].map((conv) => `stage${stage}/block${block}/conv${conv}/weight`)),
    );
    expect(Object.keys(plan).toSorted()).toEqual(convolutions.toSorted());
    for (const { size, active } of Object.values(plan)) expect(active).toBe(size / 4);
  });

  test('uniform-inner is refused where nothing is left to mask', () => {
    const network = mlp({ inputs: 20, hidden: [50], outputs: 8 });
    expect(() => planLayers('sparcl', network, { ...options, distribution: 'uniform-inner' })).toThrow(
      'method sparcl: distribution: uniform-inner leaves the first and the last layer dense, and mlp has no other ones with a window larger than 1 × 1; choose uniform',
    );
  });
});

describe('removal of data', () => {
  test('takes out exactly the least missed, half of them at the end of each of two intervals (by hand)', () => {
    const removal = createDataRemoval({ share: 0.4, intervals: 2 }, createRng(1));
    removal.begin(Int32Array.from({ length: 10 }, (_, i) => 100 + i));
    const miss = (counts: readonly number[]) =>
      counts.forEach((count, i) => {
        for (let k = 0; k < count; k++) removal.missed(100 + i);
      });
    const gone = () => Array.from({ length: 10 }, (_, i) => i).filter((i) => !removal.keeps(100 + i));
    miss([3, 1, 2, 0, 5, 4, 3, 2, 4, 3]);
    removal.endInterval();
    expect(gone()).toEqual([1, 3]);
    expect([removal.removed, removal.left]).toEqual([2, 0.8]);
    // Counts start anew: sample 2, missed twice before, is missed most now.
    miss([1, 0, 9, 0, 0, 3, 0, 3, 3, 3]);
    removal.endInterval();
    expect(gone()).toEqual([1, 3, 4, 6]);
    // Enough are gone.
    removal.endInterval();
    expect(gone()).toEqual([1, 3, 4, 6]);
    removal.begin(Int32Array.from({ length: 10 }, (_, i) => 100 + i));
    expect(gone()).toEqual([]);
  });

  test('goes on from its state as without a cut, ties included', () => {
    const create = (seed: number) => {
      const rng = createRng(seed);
      return { rng, removal: createDataRemoval({ share: 0.5, intervals: 3 }, rng) };
    };
    const [one, other] = [create(1), create(2)];
    one.removal.begin(Int32Array.from({ length: 30 }, (_, i) => i));
    one.removal.missed(4);
    one.removal.endInterval();
    one.removal.missed(5);
    other.rng.restore(one.rng.state());
    other.removal.restore(structuredClone(one.removal.state()));
    for (const { removal } of [one, other]) removal.endInterval();
    expect(structuredClone(other.removal.state())).toEqual(structuredClone(one.removal.state()));
  });

  test('which of equally missed samples go is drawn: each alike', () => {
    const rng = createRng(1);
    const counts = [0, 0, 0, 0, 0];
    for (let trial = 0; trial < 4000; trial++)
      for (const place of leastMissed(Int32Array.of(1, 0, 1, 1, 1), Uint8Array.of(0, 0, 0, 1, 0), 2, rng))
        counts[place]++;
    // Sample 1 always, sample 3 never, as it is gone; the second place is one of three alike, with a deviation of √(4000·2/9) = 29.8.
    expect([counts[1], counts[3]]).toEqual([4000, 0]);
    for (const place of [0, 2, 4]) expect(Math.abs(counts[place] - 4000 / 3)).toBeLessThan(4 * 29.8);
  });

  test('what is left comes in full batches, in order, and a row that was taken out costs nothing', () => {
    const remainder = createRemainder(3, 2);
    const batch = (ids: number[], task = 1): Batch => ({
      x: f(...ids.flatMap((id) => [id, -id]), 99, 99),
      y: Int32Array.from([...ids.map((id) => id % 10), 7]),
      ids: Int32Array.from([...ids, 7]),
      size: ids.length,
      task,
    });
    const even = (id: number) => id % 2 === 0;
    expect(remainder.take(batch([1, 2]), even)).toBeNull();
    expect(remainder.take(batch([4, 3]), even)).toBeNull();
    const first = remainder.take(batch([6, 8]), even)!;
    expect({ ...first, x: [...first.x] }).toEqual({
      x: [2, -2, 4, -4, 6, -6],
      y: Int32Array.of(2, 4, 6),
      ids: Int32Array.of(2, 4, 6),
      size: 3,
      task: 1,
    });
    expect(remainder.take(batch([5]), even)).toBeNull();
    const other = createRemainder(3, 2);
    other.restore(structuredClone(remainder.state()));
    for (const each of [remainder, other])
      expect([...each.take(batch([10, 12]), even)!.x]).toEqual([8, -8, 10, -10, 12, -12]);
    expect(remainder.take(batch([14]), even)).toBeNull();
    remainder.clear();
    expect(remainder.take(batch([16, 18]), even)).toBeNull();
  });
});

test('a gradient mask keeps exactly the top share of the active weights of each layer (by hand), for its interval', () => {
  const plan = { size: 6, active: 4, expanded: 4, shrunk: 4, gradients: 2 };
  const masks = createGradientMasks({ a: plan, b: { ...plan, gradients: 4 } }, 2);
  expect(masks.due).toBe(true);
  const active = f(1, 1, 0, 1, 1, 0);
  masks.choose({ a: active, b: active }, { a: f(0.1, 0.4, 9, 0.3, 0.2, 9), b: f(1, 1, 1, 1, 1, 1) });
  expect([...masks.masks.a]).toEqual([0, 1, 0, 1, 0, 0]);
  expect([...masks.masks.b]).toEqual([...active]);
  expect(masks.densities).toEqual({ a: 2 / 6, b: 4 / 6 });
  const due = [masks.due];
  for (let i = 0; i < 2; i++) {
    masks.count();
    due.push(masks.due);
  }
  expect(due).toEqual([false, false, true]);
});
