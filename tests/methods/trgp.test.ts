import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, smallCnn, tf, type Arrays, type Network, type Tensor2D } from '../../engine/index.ts';
import type { State } from '../../methods/index.ts';
import { emptyBasis, extendBasis, taskBasis, type Basis } from '../../methods/shared/subspace/basis.ts';
import { addedOutputs, addedWeight, sufficientSpaces, type Region } from '../../methods/shared/subspace/regions.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  forward,
  largestDifference,
  logSoftmax,
  rowOf,
  taskOf,
} from './fixtures.ts';
import { diagonal, few, matrix, outputsOf } from './subspaceFixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const absolute = ({ directions }: Basis) => Array.from(directions, (value) => Math.abs(value));

describe('the bases of a task', () => {
  // By hand: along e₂, which the union has, diag(3, 2, 1) has energy 4; e₁ and e₃ leave 9 and 1 of the 14.
  const union = extendBasis(emptyBasis(3), diagonal(0, 1, 0), 1);
  test.each([
    [0.6, [1, 0, 0], [0, 1, 0, 1, 0, 0]],
    [0.9, [0, 1, 0, 1, 0, 0], [0, 1, 0, 1, 0, 0]],
    [1, [0, 1, 0, 1, 0, 0, 0, 0, 1], [0, 1, 0, 1, 0, 0, 0, 0, 1]],
  ])('with the threshold %d are of the directions with most energy, old or new', (threshold, own, all) => {
    const made = taskBasis(union, diagonal(3, 2, 1), threshold);
    expect(absolute(made.own)).toEqual(own);
    expect(absolute(made.union)).toEqual(all);
  });

  test('are those of GPM for the first task', () => {
    const rows = matrix([[1, 2, 0, 1], [0, 1, 1, 3], [2, 2, 5, 1]]); // prettier-ignore
    const { own, union: all } = taskBasis(emptyBasis(4), rows, 0.9);
    expect(own).toEqual(extendBasis(emptyBasis(4), rows, 0.9));
    expect(all).toEqual(own);
  });
});

test('an old space is trusted if it holds more than its share of the gradient, the two with most of it', () => {
  // By hand: rows of length 5 and 0; along e₁ 3, along e₂ 4, along both 5, along e₃ 0.
  const gradient = matrix([[3, 4, 0], [0, 0, 0]]); // prettier-ignore
  const spaces = [[1, 0, 0], [0, 0, 1], [0, 1, 0]].map((row) => extendBasis(emptyBasis(3), matrix([row]), 1)); // prettier-ignore
  const both = extendBasis(spaces[0], matrix([[0, 1, 0]]), 1);
  expect(sufficientSpaces(gradient, spaces, 0.59, 2)).toEqual([2, 0]);
  expect(sufficientSpaces(gradient, spaces, 0.61, 2)).toEqual([2]);
  expect(sufficientSpaces(gradient, [...spaces, both], 0.5, 2)).toEqual([3, 2]);
  expect(sufficientSpaces(gradient, [...spaces, both], 1, 2)).toEqual([]);
  expect(sufficientSpaces(gradient, [emptyBasis(3)], 0, 2)).toEqual([]);
});

describe('a scaled weight', () => {
  // By hand, W with one filter a row: W B Q Bᵀ − W B Bᵀ for B = (e₂), Q = (3) doubles the second input’s weights.
  const [basis, scale] = [[0, 1, 0], [3]];
  test('of a linear layer, [inputs, outputs], and the outputs that it adds', () => {
    const weight = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    const directions = tf.tensor2d([basis]);
    const carried: Tensor2D = tf.matMul(directions, weight);
    const layer = { name: 'l', kind: 'linear', inputs: 3, outputs: 2 } as const;
    const added = addedWeight(layer, [3, 2], directions, tf.tensor2d([scale]), carried) as Tensor2D;
    expect([...added.dataSync()]).toEqual([0, 0, 6, 8, 0, 0]);
    const x = tf.tensor2d([[1, 10, 100]]);
    const outputs = addedOutputs(x, directions, tf.tensor2d([scale]), carried);
    expect([...outputs.dataSync()]).toEqual([...(tf.matMul(x, added) as Tensor2D).dataSync()]);
  });

  test('of a convolution, and the transposition of Q', () => {
    // Filter (1, 2, 3), B = (e₁, e₂), Q moves a share of the first direction to the second: (1, 2) (Q − I) = (0, 0.5).
    const layer = { name: 'c', kind: 'conv', inputs: 3, outputs: 1, kernel: [1, 1] } as const;
    const directions = tf.tensor2d([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
    const carried = tf.tensor2d([[1], [2]]);
    const q = tf.tensor2d([[1, 0.5], [0, 1]]); // prettier-ignore
    expect([...addedWeight(layer, [1, 3, 1, 1], directions, q, carried).dataSync()]).toEqual([0, 0.5, 0]);
    const linear = { name: 'l', kind: 'linear', inputs: 3, outputs: 1 } as const;
    expect([...addedWeight(linear, [3, 1], directions, q, carried).dataSync()]).toEqual([0, 0.5, 0]);
    expect([...addedOutputs(tf.tensor2d([[0, 4, 0]]), directions, q, carried).dataSync()]).toEqual([2]);
  });
});

const networks: Readonly<Record<string, Network>> = {
  'a perceptron': mlp({ inputs: 16, hidden: [24], outputs: 6 }),
  convolutions: smallCnn({ inputShape: [4, 4, 1], outputs: 6, channels: [4, 6], hidden: 12, norm: 'batch' }),
};

const regionsOf = (state: State): Region[] =>
  Object.values((state.spaces as unknown as { regions: Record<string, Record<string, Region>> }).regions).flatMap(
    (each) => Object.values(each),
  );

test.each(Object.keys(networks))(
  'every task of %s keeps its outputs on remembered rows, scaled weights included',
  async (kind) => {
    const network = networks[kind];
    const stream = blobStream('split', 'task', 3);
    const options = { threshold: 1, samples: 2, windows: 100, related: 0.01 };
    const learner = await createLearner('trgp', { engine: onnx, stream, network, options, rate: 0.05 });
    const remembered = [0, 1].map((task) => batchOf(stream, task, [3, 8], 2).x);
    const seen: Arrays[] = [];
    const outputs = async (task: number) => {
      await learner.model.prepare!();
      return outputsOf(onnx, network, learner.model.parameters(task), remembered[task]);
    };
    for (const task of [0, 1, 2]) {
      await drive(learner, eventsOfTask(stream, task, { epochs: 2 }).slice(0, -1));
      await learner.endTask!(few(taskOf(stream, task), [3, 8]));
      if (task < 2) seen.push(await outputs(task));
    }
    for (const task of [0, 1]) {
      const { output, ...hidden } = await outputs(task);
      expect(largestDifference(hidden, seen[task])).toBeLessThan(1e-5);
      for (const row of [0, 1])
        for (const column of stream.tasks[task].outputs)
          expect(Math.abs(output[6 * row + column] - seen[task].output[6 * row + column])).toBeLessThan(1e-5);
    }
    // The claim would hold of a method that scales nothing.
    const regions = regionsOf(learner.state());
    expect(regions.length).toBeGreaterThan(1);
    const moved = regions.map(({ scale }) => {
      const rank = Math.sqrt(scale.length);
      return Math.max(...scale.map((value, i) => Math.abs(value - Number(i % (rank + 1) === 0))));
    });
    expect(Math.max(...moved)).toBeGreaterThan(1e-3);
    expect(largestDifference(await outputs(0), seen[1])).toBeGreaterThan(1e-2);
  },
);

test('scales move along their gradient: finite differences of the loss with the scaled weight', async () => {
  const stream = blobStream('split', 'domain');
  const network = mlp({ inputs: 16, hidden: [12], outputs: 2 });
  const options = { threshold: 0.9, samples: 40, related: 0.01 };
  const rate = 0.1;
  const learner = await createLearner('trgp', { engine: onnx, stream, network, options, rate });
  await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
  const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
  await learner.observe(batch);
  const before = copyState(learner.state());
  const parameters = copyParameters(learner);
  await learner.observe(batch);
  const [old, now] = [regionsOf(before), regionsOf(learner.state())];
  expect(old.map(({ layer }) => layer)).toEqual(['hidden1', 'output']);
  const own = (before.spaces as unknown as { own: Record<string, Basis>[] }).own[0];

  /** The mean cross-entropy of the batch, written out, with Q of both layers. */
  const loss = (scales: readonly Float64Array[]): number => {
    const scaled: Record<string, Float64Array> = {};
    for (const [name, values] of Object.entries(parameters)) scaled[name] = Float64Array.from(values);
    for (const [r, { layer }] of old.entries()) {
      const { rank, size, directions } = own[layer];
      const [weight, base] = [scaled[`${layer}/weight`], parameters[`${layer}/weight`]];
      const width = weight.length / size;
      for (let out = 0; out < width; out++)
        for (let a = 0; a < rank; a++) {
          let along = 0;
          for (let i = 0; i < size; i++) along += base[i * width + out] * directions[a * size + i];
          for (let b = 0; b < rank; b++) {
            const factor = along * (scales[r][a * rank + b] - Number(a === b));
            for (let i = 0; i < size; i++) weight[i * width + out] += factor * directions[b * size + i];
          }
        }
    }
    const losses = [0, 1, 2, 3, 4].map(
      (row) => -logSoftmax(forward(network, scaled, rowOf(batch, row)), [0, 1])[batch.y[row]],
    );
    return losses.reduce((sum, value) => sum + value, 0) / 5;
  };
  const start = old.map(({ scale }) => Float64Array.from(scale));
  for (const [r, { scale }] of old.entries())
    for (let i = 0; i < scale.length; i += 3) {
      const nudged = (by: number) =>
        loss(start.map((values, j) => values.map((value, k) => value + (j === r && k === i ? by : 0))));
      const slope = (nudged(1e-5) - nudged(-1e-5)) / 2e-5;
      expect(Math.abs(now[r].scale[i] - (scale[i] - rate * slope))).toBeLessThan(1e-5);
    }
  expect(largestDifference({ q: now[0].scale }, { q: old[0].scale })).toBeGreaterThan(1e-4);
});

test('with ε₁ = 1 no space is trusted: the updates are those of GPM', async () => {
  for (const scenario of ['task', 'domain'] as const) {
    const stream = blobStream('split', scenario, 3);
    const network = mlp({ inputs: 16, hidden: [24], outputs: stream.outputCount });
    // With all of the energy both keep the same spaces; with less, up to the second task.
    for (const [threshold, tasks] of [
      [1, 3],
      [0.9, 2],
    ]) {
      const options = { threshold, thresholdStep: 0, samples: 5 };
      const conditions = { engine: onnx, stream, network, rate: 0.05 };
      const [ours, gpm] = [
        await createLearner('trgp', { ...conditions, options: { ...options, related: 1 } }),
        await createLearner('gpm', { ...conditions, options }),
      ];
      for (let task = 0; task < tasks; task++)
        for (const event of eventsOfTask(stream, task)) {
          const remembered = event.verb === 'endTask' ? { ...event, task: few(event.task, [0, 1, 5]) } : event;
          for (const learner of [ours, gpm]) await drive(learner, [remembered]);
        }
      expect(largestDifference(ours.model.parameters(), gpm.model.parameters())).toBeLessThan(1e-5);
    }
  }
});

test('a task that has not begun is predicted as the latest one', async () => {
  const stream = blobStream('split', 'task', 3);
  const learner = await createLearner('trgp', { engine: onnx, stream, options: { threshold: 0.6, related: 0.05 } });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, -1)]);
  await learner.model.prepare!();
  const of = (task: number) => structuredClone(learner.model.parameters(task));
  expect(of(2)).toEqual(of(1));
  expect(largestDifference(of(0), of(1))).toBeGreaterThan(1e-4);
});
