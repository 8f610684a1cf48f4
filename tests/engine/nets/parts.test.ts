import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../base/index.ts';
import {
  float32,
  mlp,
  openEngine,
  resnet18,
  resnet32,
  sizeOf,
  smallCnn,
  tf,
  type Arrays,
  type Network,
  type Pass,
  type Tensor,
  type Tensor2D,
} from '../../../engine/index.ts';
import { dropout } from '../../../engine/nets/layers/dropout.ts';
import { distance } from './pytorch.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

/** Runs a network on the cpu engine. */
async function logitsOf(network: Network, parameters: Arrays, x: Float32Array, pass: Partial<Pass> = {}, masks = {}) {
  const rows = x.length / sizeOf(network.inputShape);
  const program = await cpu.compile(
    'network',
    (given) => ({
      logits: network.apply(given.parameters, given.x as Tensor2D, {
        mode: 'inference',
        statistics: given.statistics,
        masks: Object.keys(masks).length > 0 ? given.masks : undefined,
        ...pass,
      }),
    }),
    {
      parameters: network.parameters,
      statistics: network.statistics,
      masks: Object.keys(masks).length > 0 ? network.dropoutMasks(rows) : {},
      x: float32(rows, sizeOf(network.inputShape)),
    },
  );
  return (await program.run({ parameters, statistics: network.initStatistics(), masks, x })).logits;
}

const noise = (count: number, seed = 'noise'): Float32Array => {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, () => rng.normal());
};

describe('a cosine head', () => {
  const network = mlp({ inputs: 5, hidden: [], outputs: 3, head: 'cosine' });
  const parameters = network.init(createRng(1));

  test('is scale × cosine of the angle between input and weight (written out)', async () => {
    const x = noise(10);
    const weight = (k: number) => [0, 1, 2, 3, 4].map((j) => parameters['output/weight'][3 * j + k]);
    const expected = [0, 1].flatMap((row) =>
      [0, 1, 2].map((k) => {
        const features = [...x.subarray(5 * row, 5 * row + 5)];
        const product = features.reduce((sum, value, j) => sum + value * weight(k)[j], 0);
        return (10 * product) / (Math.hypot(...features) * Math.hypot(...weight(k)));
      }),
    );
    expect(distance(await logitsOf(network, parameters, x), expected)).toBeLessThan(1e-5);
  });

  test('does not change when inputs or weights grow, and is finite where they are zero', async () => {
    const x = noise(10);
    const once = await logitsOf(network, parameters, x);
    const grown = { ...parameters, 'output/weight': parameters['output/weight'].map((v) => 30 * v) };
    expect(distance(await logitsOf(network, grown, x.map((v) => 7 * v)), [...once])).toBeLessThan(1e-4); // prettier-ignore
    const zero = { ...parameters, 'output/weight': new Float32Array(15) };
    expect([...(await logitsOf(network, zero, new Float32Array(10)))]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('dropout', () => {
  test('keeps values where the mask is 1, divided by the share that is kept (by hand)', () => {
    const dropped = dropout(tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([1, 0, 0, 1]), 0.75);
    expect([...dropped.dataSync()]).toEqual([4, 0, 0, 16]);
  });

  test.each([
    mlp({ inputs: 18, hidden: [6, 4], outputs: 3, dropout: 0.5 }),
    smallCnn({ inputShape: [6, 3, 1], outputs: 3, channels: [2], hidden: 4, dropout: 0.5 }),
  ])('of network $name is the network with the dropped units taken out and the others doubled', async (network) => {
    const specs = network.dropoutMasks(1);
    const hidden = network.layers.filter(({ name }) => name.startsWith('hidden'));
    expect(specs).toEqual(
      Object.fromEntries(hidden.map(({ name, outputs }) => [`${name}/dropout`, float32(1, outputs)])),
    );
    const masks = Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: shape[1] }, (_, i) => i % 2),
      ]),
    );
    const parameters = network.init(createRng(1));
    // The layer after a dropped one reads its units: rows of its weight doubled, or zeroed.
    const after = network.layers.slice(network.layers.indexOf(hidden[0]) + 1);
    const adapted = { ...parameters };
    for (const { name, outputs } of after)
      adapted[`${name}/weight`] = parameters[`${name}/weight`].map((v, i) => (Math.floor(i / outputs) % 2 ? 2 * v : 0));
    const x = noise(18);
    expect(distance(await logitsOf(network, parameters, x, { mode: 'train' }, masks), [...(await logitsOf(network, adapted, x))])).toBeLessThan(1e-5); // prettier-ignore
    // Without masks, as in inference, nothing is dropped.
    expect(await logitsOf(network, parameters, x)).not.toEqual(await logitsOf(network, adapted, x));
  });

  test('is no part of a network that was not asked for it', () => {
    const network = mlp({ inputs: 4, hidden: [3], outputs: 2 });
    expect(network.dropout).toBe(0);
    expect(network.dropoutMasks(5)).toEqual({});
  });
});

describe.each([
  mlp({ inputs: 18, hidden: [6, 4], outputs: 3 }),
  smallCnn({ inputShape: [6, 3, 1], outputs: 3, channels: [2], hidden: 4, norm: 'none' }),
  resnet18({ inputShape: [8, 9, 1], outputs: 3, filters: 2, norm: 'group', head: 'cosine' }),
  resnet32({ inputShape: [8, 4, 2], outputs: 3, filters: 2, norm: 'batch' }),
])('taps of network $name', (network) => {
  const parameters = network.init(createRng(1));
  const x = noise(2 * sizeOf(network.inputShape));

  test('see every layer and norm once, with input and output', async () => {
    const seen: [string, number, number][] = [];
    const tap = <T extends Tensor>(name: string, input: T, output: T): T => {
      seen.push([name, input.shape.at(-1)!, output.shape.at(-1)!]);
      return output;
    };
    const plain = await logitsOf(network, parameters, x);
    seen.length = 0;
    const tapped = await logitsOf(network, parameters, x, { tap, mapTap: tap });
    expect(distance(tapped, [...plain])).toBeLessThan(1e-4);
    const norms = Object.keys(network.parameters).filter((name) => name.endsWith('/gamma')).map((name) => name.slice(0, -6)); // prettier-ignore
    const names = [...network.layers.map(({ name }) => name), ...norms];
    // The function is called twice: when it is compiled, to count operations where it can, and when it runs.
    const last = seen.slice(-names.length);
    expect(last.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const { name, inputs, outputs } of network.layers)
      expect(last.find(([each]) => each === name)).toEqual([name, inputs, outputs]);
  });

  test('may replace what they see', async () => {
    const doubled = await logitsOf(network, parameters, x, {
      tap: (name, _, output) => (name === 'output' ? tf.mul(output, 2) : output),
    });
    expect(distance(doubled, [...(await logitsOf(network, parameters, x))].map((v) => 2 * v))).toBeLessThan(1e-5); // prettier-ignore
  });
});
