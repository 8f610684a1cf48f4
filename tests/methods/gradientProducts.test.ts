import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { openEngine, sizeOf, type Arrays } from '../../engine/index.ts';
import { asRows, createClassifier, rowSpecs } from '../../methods/index.ts';
import { gradientProducts } from '../../methods/shared/gradientProducts.ts';
import { innerProduct } from './backprop.ts';
import { networks, outputs, singleRow, startOf, titleOf } from './rowNetworks.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

test.each(networks.map((network) => ({ network, named: titleOf(network) })))(
  'products of row and group gradients of $named are those of tfjs’s own gradients, taken row by row',
  async ({ network }) => {
    const inputSize = sizeOf(network.inputShape);
    const classifier = createClassifier(network, {
      scenario: 'class',
      inputSize,
      outputCount: outputs,
      taskOutputs: [[0, 1, 2]],
    });
    const { parameters, statistics } = network;
    const grouping = { singles: 3, groups: 2, groupSize: 2 };
    const members = [[0], [1], [2], [3, 4], [5, 6]];
    const count = 7;
    const pass = await cpu.compile(
      'products',
      ({ model, rows }) => ({ products: gradientProducts(network, classifier, model, asRows(rows), grouping) }),
      { model: { parameters, statistics }, rows: rowSpecs(count, inputSize) },
    );
    const model = await startOf(network, cpu);
    const rng = createRng('rows');
    const rows = {
      x: Float32Array.from({ length: count * inputSize }, () => rng.normal()),
      y: Int32Array.of(2, 0, 1, 1, 0, 2, 2),
      task: new Int32Array(count),
      id: new Int32Array(count),
      // A row that does not count, and a group whose second row does not.
      weight: Float32Array.of(1, 1, 0, 0.5, 0.5, 1, 0),
    };
    const { products } = await pass.run({ model, rows });

    const single = await singleRow(network, cpu);
    const gradients: Record<string, Float64Array>[] = [];
    for (let row = 0; row < count; row++) {
      const x = rows.x.slice(row * inputSize, (row + 1) * inputSize);
      const result = await single.run({ ...model, x, y: rows.y.slice(row, row + 1) });
      gradients.push(
        Object.fromEntries(
          Object.entries(result.gradients as Arrays).map(([name, values]) => [
            name,
            Float64Array.from(values, (value) => rows.weight[row] * value),
          ]),
        ),
      );
    }
    const expected = members.flatMap((some) =>
      members.map((others) =>
        some.reduce((sum, i) => others.reduce((total, j) => total + innerProduct(gradients[i], gradients[j]), sum), 0),
      ),
    );
    const largest = Math.max(...expected);
    expect(largest).toBeGreaterThan(0);
    expected.forEach((value, i) => expect(Math.abs(products[i] - value) / largest).toBeLessThan(1e-4));
  },
);
