import { afterAll, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { openEngine, sizeOf, tf, type Arrays, type Network } from '../../engine/index.ts';
import { asRows, createClassifier, rowSpecs } from '../../methods/index.ts';
import { absoluteRowGradients, squaredRowGradients } from '../../methods/shared/rowGradients.ts';
import { networks, outputs, singleRow, startOf, titleOf } from './rowNetworks.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

/** A second set of labels and weights for the same rows. */
const more = { y: [0, 2, 1], weight: [1, 0.25, 0] };

const cases = networks.flatMap((network) => [1, 2].map((groups) => ({ network, groups, named: titleOf(network) })));

/** What the tests of a network start from: its model and some rows, the last of which does not count. */
async function given(network: Network) {
  const inputSize = sizeOf(network.inputShape);
  const count = 3;
  const stream = { scenario: 'class', inputSize, outputCount: outputs, taskOutputs: [[0, 1, 2]] } as const;
  const rng = createRng('rows');
  const rows = {
    x: Float32Array.from({ length: count * inputSize }, () => rng.normal()),
    y: Int32Array.of(2, 0, 1),
    task: new Int32Array(count),
    id: new Int32Array(count),
    weight: Float32Array.of(0.5, 2, 0),
  };
  const { parameters, statistics } = network;
  return {
    classifier: createClassifier(network, stream),
    model: await startOf(network, cpu),
    rows,
    row: (i: number) => ({ x: rows.x.slice(i * inputSize, (i + 1) * inputSize), y: rows.y.slice(i, i + 1) }),
    specs: { model: { parameters, statistics }, rows: rowSpecs(count, inputSize) },
  };
}

/** Largest error, as a share of the largest value of its array. */
function distance(sums: Arrays, expected: Record<string, Float64Array>): number {
  expect(Object.keys(sums).toSorted()).toEqual(Object.keys(expected).toSorted());
  return Math.max(
    ...Object.entries(expected).map(([name, values]) => {
      const largest = Math.max(...values);
      expect(largest, name).toBeGreaterThan(0);
      return values.reduce((most, value, i) => Math.max(most, Math.abs(sums[name][i] - value)), 0) / largest;
    }),
  );
}

const zeros = ({ parameters }: Network) =>
  Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, new Float64Array(sizeOf(shape))]));

test.each(cases)(
  'squares of row gradients of $named are those of tfjs’s own gradient, taken row by row (sets of labels: $groups)',
  async ({ network, groups }) => {
    const { classifier, model, rows, row, specs } = await given(network);
    const pass = await cpu.compile(
      'squares',
      (all) => {
        const own = asRows(all.rows);
        const other = { ...own, y: tf.tensor1d(more.y, 'int32'), weight: tf.tensor1d(more.weight) };
        return squaredRowGradients(network, classifier, all.model, [own, other].slice(0, groups));
      },
      specs,
    );
    const squares = (await pass.run({ model, rows })) as Arrays;
    const single = await singleRow(network, cpu);
    const expected = zeros(network);
    for (const { y, weight } of [rows, more].slice(0, groups))
      for (const [i, factor] of weight.entries()) {
        const { gradients } = await single.run({ ...model, ...row(i), y: Int32Array.of(y[i]) });
        for (const [name, values] of Object.entries(gradients as Arrays))
          values.forEach((value, place) => (expected[name][place] += factor * value ** 2));
      }
    expect(distance(squares, expected)).toBeLessThan(1e-3);
  },
);

/** Σ over rows of the sizes of gradients of ‖logits‖², as the pass has them. */
async function sizesOf(network: Network, { classifier, model, rows, specs }: Awaited<ReturnType<typeof given>>) {
  const pass = await cpu.compile(
    'sizes',
    (all) =>
      absoluteRowGradients(network, classifier, all.model, asRows(all.rows), (parameters, x, how) =>
        tf.sum(tf.square(classifier.logits(parameters, x, how)), 1),
      ),
    specs,
  );
  return (await pass.run({ model, rows })) as Arrays;
}

const named = networks.map((network) => ({ network, named: titleOf(network) }));

test.each(named)(
  'sizes of row gradients of ‖logits‖² of $named are those of tfjs’s own gradient, taken row by row',
  async ({ network }) => {
    const all = await given(network);
    const sizes = await sizesOf(network, all);
    const single = await singleRow(network, cpu, (logits) => tf.square(logits));
    const expected = zeros(network);
    for (const [i, weight] of all.rows.weight.entries()) {
      const { gradients } = await single.run({ ...all.model, ...all.row(i) });
      for (const [name, values] of Object.entries(gradients as Arrays))
        values.forEach((value, place) => (expected[name][place] += weight * Math.abs(value)));
    }
    expect(distance(sizes, expected)).toBeLessThan(1e-3);
  },
);

// Linear layers, convolutions, norms and the cosine head; deeper networks have too many kinks.
test.each(named.filter(({ network }) => network.layers.length <= 4))(
  'sizes of row gradients of ‖logits‖² of $named are those of central differences, at some parameters of every array',
  async ({ network }) => {
    const { model, ...rest } = await given(network);
    const sizes = await sizesOf(network, { model, ...rest });
    const single = await singleRow(network, cpu, (logits) => tf.square(logits));
    const h = 2 ** -11;
    for (const [name, { shape }] of Object.entries(network.parameters)) {
      const size = sizeOf(shape);
      const largest = Math.max(...sizes[name]);
      // The one that matters most, and some others.
      for (const place of new Set([sizes[name].indexOf(largest), 0, size >> 1, size - 1])) {
        const value = async (i: number, shift: number) => {
          const moved = model.parameters[name].slice();
          moved[place] += shift;
          const parameters = { ...model.parameters, [name]: moved };
          return (await single.run({ ...model, parameters, ...rest.row(i) })).value[0];
        };
        let expected = 0;
        for (const [i, weight] of rest.rows.weight.entries())
          expected += (weight * Math.abs((await value(i, h)) - (await value(i, -h)))) / (2 * h);
        expect(Math.abs(sizes[name][place] - expected) / largest, `${name}[${place}]`).toBeLessThan(0.02);
      }
    }
  },
);
