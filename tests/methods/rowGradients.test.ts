import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { openEngine, sizeOf, type Arrays } from '../../engine/index.ts';
import { asRows, createClassifier, rowSpecs } from '../../methods/index.ts';
import { squaredRowGradients } from '../../methods/shared/rowGradients.ts';
import { networks, outputs, singleRow, startOf, titleOf } from './rowNetworks.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

const cases = networks.flatMap((network) =>
  [true, false].map((weighted) => ({
    network,
    weighted,
    named: titleOf(network),
  })),
);

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
    const model = await startOf(network, cpu);
    const rng = createRng('rows');
    const rows = {
      x: Float32Array.from({ length: count * inputSize }, () => rng.normal()),
      y: Int32Array.of(2, 0, 1),
      task: new Int32Array(count),
      id: new Int32Array(count),
      weight: Float32Array.of(0.5, 2, 0),
    };
    const squares = (await pass.run({ model, rows })) as Arrays;

    const single = await singleRow(network, cpu);
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
      for (const [name, values] of Object.entries(result.gradients as Arrays))
        values.forEach((value, i) => (expected[name][i] += factor * value ** 2));
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
