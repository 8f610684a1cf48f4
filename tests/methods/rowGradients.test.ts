import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  float32,
  int32,
  lossGradients,
  mapTensors,
  mlp,
  openEngine,
  resnet18,
  resnet32,
  sizeOf,
  smallCnn,
  tf,
  type Arrays,
  type Network,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { asRows, createClassifier, rowSpecs } from '../../methods/index.ts';
import { squaredRowGradients } from '../../methods/shared/rowGradients.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

const outputs = 3;
const networks: readonly Network[] = [
  mlp({ inputs: 10, hidden: [4], outputs, head: 'cosine' }),
  smallCnn({ inputShape: [7, 5, 2], outputs, channels: [3, 4], hidden: 5 }),
  smallCnn({ inputShape: [4, 6, 1], outputs, channels: [3], hidden: 5, norm: 'batch' }),
  resnet18({ inputShape: [9, 8, 1], outputs, filters: 3, norm: 'batch', head: 'cosine' }),
  resnet18({ inputShape: [16, 16, 1], outputs, filters: 2, norm: 'group' }),
  resnet32({ inputShape: [8, 5, 2], outputs, filters: 2, norm: 'batch' }),
];
const cases = networks.flatMap((network) =>
  [true, false].map((weighted) => ({
    network,
    weighted,
    named: `${network.name} (${network.inputShape.join('×')}, ${String(network.options.norm)}, ${String(network.options.head)})`,
  })),
);

/** Noise around the usual start, and statistics on their way to those of other rows than the test's. */
async function start(network: Network) {
  const rng = createRng('start');
  const parameters = Object.fromEntries(
    Object.entries(network.init(rng)).map(([name, values]) => [name, values.map((v) => v + 0.05 * rng.normal())]),
  );
  const [rows, size] = [8, sizeOf(network.inputShape)];
  const program = await cpu.compile(
    'settle',
    (given) => {
      let { statistics }: { statistics: Tensors } = given;
      const moved = (tensors: Tensors) => (statistics = tensors);
      for (let i = 0; i < 10; i++)
        network.apply(given.parameters, given.x as Tensor2D, { mode: 'train', statistics, moved });
      return { statistics };
    },
    { parameters: network.parameters, statistics: network.statistics, x: float32(rows, size) },
  );
  const x = Float32Array.from({ length: rows * size }, () => rng.normal());
  const { statistics } = await program.run({ parameters, statistics: network.initStatistics(), x });
  return { parameters, statistics: statistics as Arrays };
}

test.each(cases)(
  'squares of row gradients of $named are those of tfjs’s own gradient, taken row by row (weighted by p: $weighted)',
  async ({ network, weighted }) => {
    const inputSize = sizeOf(network.inputShape);
    const classifier = createClassifier(network, {
      scenario: 'class',
      inputSize,
      outputCount: outputs,
      taskOutputs: [[0, 1, 2]],
    });
    const { parameters, statistics } = network;
    const count = 3;
    const pass = await cpu.compile(
      'squares',
      ({ model, rows }) => squaredRowGradients(network, classifier, model, asRows(rows), weighted),
      { model: { parameters, statistics }, rows: rowSpecs(count, inputSize) },
    );
    const model = await start(network);
    const rng = createRng('rows');
    const rows = {
      x: Float32Array.from({ length: count * inputSize }, () => rng.normal()),
      y: Int32Array.of(2, 0, 1),
      task: new Int32Array(count),
      id: new Int32Array(count),
      weight: Float32Array.of(0.5, 2, 0),
    };
    const squares = (await pass.run({ model, rows })) as Arrays;

    const single = await cpu.compile(
      'row',
      (given) => {
        const { loss, gradients } = lossGradients((p) => {
          const logits = network.apply(p, given.x as Tensor2D, { mode: 'inference', statistics: given.statistics });
          return { loss: tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(given.y, outputs))) };
        }, given.parameters);
        return { likelihood: loss, squares: mapTensors(gradients, (gradient) => tf.square(gradient)) };
      },
      { parameters, statistics, x: float32(1, inputSize), y: int32(1) },
    );
    const expected = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape }]) => [name, new Float64Array(sizeOf(shape))]),
    );
    for (let row = 0; row < count; row++) {
      const result = await single.run({
        ...model,
        x: rows.x.slice(row * inputSize, (row + 1) * inputSize),
        y: rows.y.slice(row, row + 1),
      });
      const factor = rows.weight[row] * (weighted ? Math.exp(result.likelihood[0]) : 1);
      for (const [name, values] of Object.entries(result.squares as Arrays))
        values.forEach((value, i) => (expected[name][i] += factor * value));
    }
    expect(Object.keys(squares).toSorted()).toEqual(Object.keys(parameters).toSorted());
    for (const [name, values] of Object.entries(expected)) {
      const largest = Math.max(...values);
      expect(largest, name).toBeGreaterThan(0);
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(squares[name][i] - value)), 0);
      expect(worst / largest, name).toBeLessThan(1e-3);
    }
  },
);
