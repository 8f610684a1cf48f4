import { afterAll, describe, expect, test } from 'vitest';
import { adamw, float32, mlp, openEngine, sgd, smallCnn, type Arrays, type Tensor2D } from '../../engine/index.ts';
import { best, betterHalf } from '../../methods/shared/subnetworks/superposition.ts';

import { blobStream, createLearner, drive, end, eventsOf, eventsOfTask, forward, logSoftmax } from './fixtures.ts';
import { driveEach, logitsOfTask, parametersOfTask, stateOf, threeTasks } from './isolated.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.4 },
  'momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 },
  adamw: { optimizer: adamw({ weightDecay: 0.05 }), rate: 0.02 },
};
const networks = {
  perceptron: (outputs: number) => mlp({ inputs: 16, hidden: [16, 12], outputs }),
  'network with batch norm': (outputs: number) =>
    smallCnn({ inputShape: [4, 4, 1], outputs, channels: [4, 6], hidden: 8, norm: 'batch' }),
};
const stream = threeTasks('own');
const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
  createLearner('supsup', { engine, stream, options: { sparsity: 0.5 }, ...optimizers.sgd, ...more });

interface Held {
  readonly trainer: { readonly parameters: Arrays };
}
const weightsOf = (learner: Awaited<ReturnType<typeof create>>): Arrays => {
  const { parameters } = stateOf<Held>(learner).trainer;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('scores/')));
};

describe.each(Object.entries(optimizers))('with %s', (_, training) => {
  test.each(
    Object.entries(networks).flatMap(([name, make]) =>
      (['own', 'shared'] as const).map((o) => [name, o, make] as const),
    ),
  )('a %s, outputs %s, predicts an old task to the bit as at its end', async (__, outputs, networkOf) => {
    const here = threeTasks(outputs);
    const learner = await create({ ...training, stream: here, network: networkOf(here.outputCount) });
    const before = weightsOf(learner);
    const kept: Float32Array[] = [];
    for (const task of [0, 1, 2]) {
      await drive(learner, eventsOfTask(here, task));
      kept.push(await logitsOfTask(engine, learner, here, task));
      for (let old = 0; old <= task; old++) expect(await logitsOfTask(engine, learner, here, old)).toEqual(kept[old]);
    }
    // Neither weights nor biases are ever trained.
    expect(weightsOf(learner)).toEqual(before);
  });
});

test('weights are plus and minus one constant a layer, √(2/(fan-in·density)), in about equal number; biases are 0', async () => {
  const network = mlp({ inputs: 16, hidden: [400], outputs: 6 });
  const weights = weightsOf(await create({ network, options: { sparsity: 0.75 } }));
  const sizes = new Set([...weights['hidden1/weight']].map(Math.abs));
  expect([...sizes]).toEqual([Math.fround(Math.sqrt(2 / (16 * 0.25)))]);
  const positive = weights['hidden1/weight'].filter((value) => value > 0).length;
  // Binomial(6400, ½) has a standard deviation of 40.
  expect(Math.abs(positive - 3200)).toBeLessThan(4 * 40);
  expect(weights['hidden1/bias'].every((value) => value === 0)).toBe(true);
});

test('after every update the masks hold exactly the rounded share of each layer, in the output layer of the task’s own outputs', async () => {
  const learner = await create({ options: { sparsity: 0.7 } });
  const hidden = Math.round(0.3 * 16 * 16);
  await driveEach(learner, eventsOf(stream), () => {
    const parameters = learner.model.parameters(9);
    expect(parameters['hidden1/weight'].filter((value) => value !== 0)).toHaveLength(hidden);
  });
  for (const task of [0, 1, 2]) {
    const parameters = parametersOfTask(learner, task);
    const own = new Set(stream.tasks[task].outputs);
    const output = parameters['output/weight'];
    const inputs = output.length / stream.outputCount;
    expect(output.filter((value) => value !== 0)).toHaveLength(Math.round(0.3 * inputs * own.size));
    expect(output.every((value, i) => value === 0 || own.has(i % stream.outputCount))).toBe(true);
  }
});

describe('without task ids', () => {
  const permuted = blobStream('permuted', 'domain', 3);
  const network = mlp({ inputs: 16, hidden: [12], outputs: permuted.outputCount });
  const trained = async (infer: string) => {
    const learner = await create({ stream: permuted, network, options: { sparsity: 0.6, infer }, ...optimizers.adamw });
    for (const task of [0, 1, 2]) await drive(learner, eventsOfTask(permuted, task, { epochs: 8 }));
    return learner;
  };
  /** The entropy of a row’s outputs with masks mixed by α, written out. */
  const entropyAt = (parameters: Arrays, row: ArrayLike<number>, alpha: readonly number[]): number => {
    const logits = forward(network, mixed(parameters, alpha), row);
    const log = logSoftmax(logits, [...logits.keys()]);
    return -log.reduce((sum, value) => sum + Math.exp(value) * value, 0);
  };
  const mixed = (parameters: Arrays, alpha: readonly number[]): Record<string, ArrayLike<number>> => {
    const result: Record<string, ArrayLike<number>> = { ...parameters };
    for (const { name } of network.layers) {
      const weight = `${name}/weight`;
      result[weight] = Float64Array.from(parameters[weight], (value, i) =>
        alpha.reduce((sum, share, k) => sum + share * parameters[`masks/${k}/${weight}`][i] * value, 0),
      );
    }
    return result;
  };
  const gradientAt = (parameters: Arrays, row: ArrayLike<number>, alpha: readonly number[]): number[] =>
    alpha.map((_, k) => {
      const [up, down] = [1e-4, -1e-4].map((step) =>
        entropyAt(
          parameters,
          row,
          alpha.map((share, j) => share + (j === k ? step : 0)),
        ),
      );
      return (up - down) / 2e-4;
    });

  test('a row is predicted with the mask that finite differences of its entropy choose', async () => {
    const learner = await trained('one-shot');
    const parameters = learner.model.parameters();
    const task = 1;
    const { test: samples } = permuted.tasks[task];
    const logits = await logitsOfTask(engine, learner, permuted, task);
    for (let r = 0; r < samples.length; r++) {
      const row = new Float32Array(16);
      samples.read(Int32Array.of(r), row);
      const gradient = gradientAt(parameters, row, [1 / 3, 1 / 3, 1 / 3]);
      const chosen = gradient.indexOf(Math.min(...gradient));
      const expected = forward(
        network,
        mixed(
          parameters,
          [0, 1, 2].map((k) => Number(k === chosen)),
        ),
        row,
      );
      expected.forEach((value, k) => expect(logits[r * permuted.outputCount + k]).toBeCloseTo(value, 3));
    }
  });

  test('halving candidates twice leaves the one that finite differences leave', async () => {
    const learner = await trained('binary');
    const parameters = learner.model.parameters();
    const { test: samples } = permuted.tasks[2];
    const logits = await logitsOfTask(engine, learner, permuted, 2);
    for (let r = 0; r < samples.length; r++) {
      const row = new Float32Array(16);
      samples.read(Int32Array.of(r), row);
      let left = [0, 1, 2];
      while (left.length > 1) {
        const alpha = [0, 1, 2].map((k) => (left.includes(k) ? 1 / left.length : 0));
        const gradient = gradientAt(parameters, row, alpha);
        left = left.toSorted((a, b) => gradient[a] - gradient[b]).slice(0, Math.ceil(left.length / 2));
      }
      const expected = forward(
        network,
        mixed(
          parameters,
          [0, 1, 2].map((k) => Number(k === left[0])),
        ),
        row,
      );
      expected.forEach((value, k) => expect(logits[r * permuted.outputCount + k]).toBeCloseTo(value, 3));
    }
  });

  test('only tasks that have begun are candidates', async () => {
    const learner = await create({ stream: permuted, network, options: { sparsity: 0.6 } });
    expect([...learner.model.parameters().known]).toEqual([1, 0, 0]);
    await drive(learner, eventsOfTask(permuted, 0));
    expect([...learner.model.parameters().known]).toEqual([1, 0, 0]);
    await drive(learner, eventsOfTask(permuted, 1).slice(0, 2));
    expect([...learner.model.parameters().known]).toEqual([1, 1, 0]);
    await drive(learner, [end(permuted, 1)]);
    expect([...learner.model.parameters().known]).toEqual([1, 1, 0]);
  });

  test('networks that are no perceptron are refused, with advice', async () => {
    const convolutions = networks['network with batch norm'](permuted.outputCount);
    await expect(create({ stream: permuted, network: convolutions })).rejects.toThrow(
      /method supsup: without task ids masks are mixed layer by layer.*choose --network mlp, or --scenario task/,
    );
  });
});

test('the best candidate and the better half of them, by hand', async () => {
  const program = await engine.compile(
    'halves',
    ({ values, left }) => ({
      best: best(values as Tensor2D, left as Tensor2D),
      half: betterHalf(values as Tensor2D, left as Tensor2D),
    }),
    { values: float32(3, 4), left: float32(3, 4) },
  );
  const { best: chosen, half } = await program.run({
    values: Float32Array.of(1, 4, 2, 3, 5, 5, 5, 5, 9, 1, 0, 2),
    left: Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1),
  });
  expect([...chosen]).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  // Of four two stay, of three two; of equal ones the first.
  expect([...half]).toEqual([0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
});
