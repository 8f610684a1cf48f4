import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { mlp, smallCnn, type Arrays, type Network } from '../../engine/index.ts';
import { connectionsOf, isActive, randomConnections } from '../../methods/shared/nispa/connections.ts';
import { drawGrown, initializePlastic } from '../../methods/shared/nispa/plasticWeights.ts';
import { rewire } from '../../methods/shared/nispa/rewiring.ts';
import { plasticUnits, type Units } from '../../methods/shared/nispa/stableUnits.ts';

const perceptron = mlp({ inputs: 5, hidden: [6, 4], outputs: 3 });
const cnn = smallCnn({ inputShape: [4, 4, 2], outputs: 4, channels: [3], hidden: 5 });
const units = (...stable: number[][]): Units => stable.map((each) => Float32Array.from(each));
const count = (masks: Arrays): number =>
  Object.values(masks).reduce((sum, mask) => sum + mask.filter((value) => value === 1).length, 0);

describe('rewiring', () => {
  /** Active connections as [source, target]. */
  const pairs = (network: Network, masks: Arrays, l: number): string[] => {
    const layer = connectionsOf('nispa', network)[l];
    return Array.from({ length: layer.count }, (_, connection) => connection)
      .filter((connection) => isActive(layer, masks[layer.weight], connection))
      .map((connection) => `${layer.sourceOf(connection)}→${layer.targetOf(connection)}`);
  };

  test('moves connections from plastic to stable units into plastic ones (by hand)', () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 2 });
    const layers = connectionsOf('nispa', network);
    // Input 0 → unit 0, input 1 → unit 1; both units → output 0. Unit 0 and output 0 become stable.
    const masks = {
      'hidden1/weight': Float32Array.of(1, 0, 0, 1),
      'output/weight': Float32Array.of(1, 0, 1, 0),
    };
    const { grown, lost } = rewire(layers, masks, units([1, 1], [1, 0], [1, 0]), createRng(1));
    // 1→0 goes. Unit 1 leads nowhere then, so that its new connection is 1→1, the only plastic output.
    expect(pairs(network, masks, 0)).toEqual(['0→0', '1→1']);
    expect(pairs(network, masks, 1)).toEqual(['0→0', '1→1']);
    expect(grown).toEqual({ 'hidden1/weight': [], 'output/weight': [3] });
    expect(lost).toBe(0);
  });

  test('grows in other layers where all outputs are stable, and tells what finds no place anywhere', () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 2 });
    const layers = connectionsOf('nispa', network);
    const start = () => ({
      'hidden1/weight': Float32Array.of(1, 0, 0, 1),
      'output/weight': Float32Array.of(1, 0, 1, 1),
    });
    const last = start();
    // Both connections of unit 1 go; of the places into plastic units only 0→1 of the first layer is free.
    expect(rewire(layers, last, units([1, 1], [1, 0], [1, 1]), createRng(1)).lost).toBe(1);
    expect(pairs(network, last, 0)).toEqual(['0→0', '0→1', '1→1']);
    expect(pairs(network, last, 1)).toEqual(['0→0']);
    const full = start();
    expect(rewire(layers, full, units([1, 1], [1, 1], [1, 1]), createRng(1))).toEqual({
      grown: { 'hidden1/weight': [], 'output/weight': [] },
      lost: 0,
    });
    expect(full).toEqual(start());
  });

  test('makes up for what had found no place before', () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 2 });
    const layers = connectionsOf('nispa', network);
    const masks = { 'hidden1/weight': Float32Array.of(1, 0, 0, 1), 'output/weight': Float32Array.of(1, 0, 0, 0) };
    const { grown, lost } = rewire(layers, masks, units([1, 1], [1, 0], [1, 0]), createRng(1), new Map([[1, 6]]));
    // Nothing leads from plastic to stable units; the places into plastic ones are 0→1 of the first layer and both into output 1.
    expect(Object.values(grown).map((places) => places.toSorted())).toEqual([[1], [1, 3]]);
    expect(lost).toBe(0);
  });

  test.each([
    ['mlp', perceptron],
    ['cnn', cnn],
  ])(
    'keeps the number of connections, what leads into stable units from stable ones, and nothing else into them (%s)',
    (_, network) => {
      const layers = connectionsOf('nispa', network);
      const rng = createRng('property');
      let roomy = 0;
      for (let trial = 0; trial < 80; trial++) {
        const masks = randomConnections(
          layers,
          Object.fromEntries(layers.map(({ weight, count: all, size }) => [weight, 0.4 * all * size])),
          rng,
        );
        const before = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, mask.slice()]));
        const stable = plasticUnits(layers);
        for (const each of stable.slice(1)) each.forEach((_value, i) => (each[i] = rng.uniform() < 0.4 ? 1 : 0));
        const all = (layer: (typeof layers)[number]): number[] => [...Array.from({ length: layer.count }).keys()];
        const from = (l: number, connection: number): number => stable[l][layers[l].sourceOf(connection)];
        const to = (l: number, connection: number): number => stable[l + 1][layers[l].targetOf(connection)];
        const dropped = layers.map((layer, l) =>
          all(layer).filter((c) => isActive(layer, before[layer.weight], c) && from(l, c) === 0 && to(l, c) === 1),
        );
        const room = layers.map((layer, l) =>
          all(layer).filter((c) => !isActive(layer, before[layer.weight], c) && to(l, c) === 0),
        );

        const { grown, lost } = rewire(layers, masks, stable, rng);
        layers.forEach((layer, l) => {
          const isGrown = new Set(grown[layer.weight]);
          for (const c of isGrown) expect(room[l]).toContain(c);
          for (const c of all(layer)) {
            const kept = isActive(layer, before[layer.weight], c) && !dropped[l].includes(c);
            expect(isActive(layer, masks[layer.weight], c)).toBe(kept || isGrown.has(c));
          }
        });
        expect(count(masks) + lost).toBe(count(before));
        if (layers.some((_layer, l) => room[l].length < dropped[l].length)) continue;
        roomy++;
        expect(lost).toBe(0);
        layers.forEach(({ weight }, l) => expect(grown[weight]).toHaveLength(dropped[l].length));
      }
      expect(roomy).toBeGreaterThan(20);
    },
  );

  test('draws places uniformly: into plastic units, from stable and plastic ones alike', () => {
    const network = mlp({ inputs: 1, hidden: [4], outputs: 3 });
    const layers = connectionsOf('nispa', network);
    const found = new Float64Array(12);
    const rng = createRng('uniform');
    for (let trial = 0; trial < 3000; trial++) {
      // Each unit leads to output 2, so that none is idle, and unit 3, which is plastic, to the stable output 0.
      const masks = {
        'hidden1/weight': Float32Array.of(1, 1, 1, 1),
        'output/weight': Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1),
      };
      const { grown } = rewire(layers, masks, units([1], [1, 1, 0, 0], [1, 0, 0]), rng);
      for (const place of grown['output/weight']) found[place]++;
    }
    // Free: the four places into output 1; each count is binomial(3000, 1/4), of standard deviation 23.7.
    expect([...found.keys()].filter((place) => found[place] > 0)).toEqual([1, 4, 7, 10]);
    for (const place of [1, 4, 7, 10]) expect(Math.abs(found[place] - 750)).toBeLessThan(4 * 23.7);
  });
});

describe('plastic weights', () => {
  const network = mlp({ inputs: 4, hidden: [2], outputs: 1 });
  const layers = connectionsOf('nispa', network);

  test('start √(inputs/connections) as large as in the dense network, with zeros elsewhere; stable units stay (by hand)', () => {
    const masks = { 'hidden1/weight': Float32Array.of(1, 1, 0, 1, 0, 1, 0, 1), 'output/weight': Float32Array.of(1, 0) };
    const initial = {
      'hidden1/weight': Float32Array.of(3, 5, 3, 5, 3, 5, 3, 5),
      'hidden1/bias': Float32Array.of(7, 8),
      'output/weight': Float32Array.of(2, 2),
      'output/bias': Float32Array.of(9),
    };
    const held = Object.fromEntries(Object.entries(initial).map(([name, array]) => [name, array.slice().fill(1)]));
    initializePlastic(layers, masks, units([1, 1, 1, 1], [0, 1], [0]), initial, held);
    // Unit 0 has 1 of 4 connections: 3·√4; unit 1 is stable; the output has 1 of 2.
    expect([...held['hidden1/weight']]).toEqual([6, 1, 0, 1, 0, 1, 0, 1]);
    expect([...held['hidden1/bias']]).toEqual([7, 1]);
    expect([...held['output/weight']]).toEqual([Math.fround(2 * Math.SQRT2), 0]);
    expect([...held['output/bias']]).toEqual([9]);
  });

  test('that have grown are normal with mean and deviation of the weights that are not zero (by hand: 1 and 3)', () => {
    const wide = connectionsOf('nispa', mlp({ inputs: 1, hidden: [], outputs: 4002 }));
    const parameters = { 'output/weight': new Float32Array(4002) };
    parameters['output/weight'].set([1, 3]);
    const places = Array.from({ length: 4000 }, (_, i) => i + 2);
    drawGrown(wide, { 'output/weight': places }, parameters, createRng(1));
    const drawn = [...parameters['output/weight'].subarray(2)];
    const mean = drawn.reduce((sum, value) => sum + value, 0) / 4000;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4000;
    // Standard errors: 1/√4000 and √(2/4000).
    expect(Math.abs(mean - 2)).toBeLessThan(4 / Math.sqrt(4000));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000));
    expect([...parameters['output/weight'].subarray(0, 2)]).toEqual([1, 3]);
  });
});
