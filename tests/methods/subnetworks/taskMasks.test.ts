import { expect, test } from 'vitest';
import { mlp, type Arrays } from '../../../engine/index.ts';
import { createTaskMasks } from '../../../methods/shared/subnetworks/taskMasks.ts';

const network = mlp({ inputs: 3, hidden: [2], outputs: 2 });
const names = ['hidden1/weight', 'output/weight'];
const ones = (...values: number[]) => Float32Array.from(values);
const first: Arrays = { 'hidden1/weight': ones(1, 0, 0, 1, 0, 0), 'output/weight': ones(1, 1, 0, 0) };
const second: Arrays = { 'hidden1/weight': ones(0, 0, 0, 1, 1, 1), 'output/weight': ones(0, 0, 0, 1) };
const shared: Arrays = {
  'hidden1/weight': ones(1, 2, 3, 4, 5, 6),
  'hidden1/bias': ones(7, 8),
  'output/weight': ones(9, 10, 11, 12),
  'output/bias': ones(13, 14),
};

test('a task predicts with its own weights, its own biases and what is shared (by hand)', () => {
  const masks = createTaskMasks(network, names);
  masks.add(first, { 'hidden1/bias': ones(-1, -2) });
  masks.add(second);
  const plain = (arrays: Arrays) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array]]));
  expect(plain(masks.parametersOf(0, shared))).toEqual({
    'hidden1/weight': [1, 0, 0, 4, 0, 0],
    'hidden1/bias': [-1, -2],
    'output/weight': [9, 10, 0, 0],
    'output/bias': [13, 14],
  });
  expect(plain(masks.parametersOf(1, shared))['output/weight']).toEqual([0, 0, 0, 12]);
  expect(plain(masks.parametersOf(1, shared))['hidden1/bias']).toEqual([7, 8]);
  expect(plain(masks.masksOf(1))).toEqual(plain(second));
  expect(plain(masks.union)).toEqual({ 'hidden1/weight': [1, 0, 0, 1, 1, 1], 'output/weight': [1, 1, 0, 1] });
  expect(() => masks.parametersOf(2, shared)).toThrow('task 2 has no subnetwork: 2 are kept');
});

test('settled weights are gathered once, and anew after a restore; what has no mask is read at every call', () => {
  const masks = createTaskMasks(network, names, { settled: true });
  masks.add(first);
  const later = { ...shared, 'output/weight': ones(0, 0, 0, 0), 'output/bias': ones(5, 5) };
  masks.parametersOf(0, shared);
  expect([...masks.parametersOf(0, later)['output/weight']]).toEqual([9, 10, 0, 0]);
  expect([...masks.parametersOf(0, later)['output/bias']]).toEqual([5, 5]);
  masks.restore(structuredClone(masks.state()));
  expect([...masks.parametersOf(0, later)['output/weight']]).toEqual([0, 0, 0, 0]);
});

test('capacity by hand: 10 weights, 4 and 4 of them used, 7 by any', () => {
  const masks = createTaskMasks(network, names);
  masks.add(first);
  expect(masks.cost(second, 0)).toEqual({
    active: 4,
    peakActive: 4,
    union: 7,
    total: 10,
    bits: 20,
    inference: { 'hidden1/weight': (2 / 6 + 3 / 6) / 2, 'output/weight': (2 / 4 + 1 / 4) / 2 },
  });
  expect(masks.cost(null, 9).peakActive).toBe(9);
  // Six bits and four, each in whole bytes.
  expect(masks.bytes).toBe(2);
});

test('what a task keeps for itself is a copy, and a mask whose size is no multiple of eight comes back whole', () => {
  const masks = createTaskMasks(network, names);
  const bias = ones(1, 2);
  masks.add(first, { 'hidden1/bias': bias });
  bias.fill(9);
  expect([...masks.parametersOf(0, shared)['hidden1/bias']]).toEqual([1, 2]);
  const wide = mlp({ inputs: 13, hidden: [3], outputs: 2 });
  const mask = Float32Array.from({ length: 39 }, (_, i) => Number(i % 3 === 0 || i === 38));
  const store = createTaskMasks(wide, ['hidden1/weight']);
  store.add({ 'hidden1/weight': mask });
  expect(store.masksOf(0)['hidden1/weight']).toEqual(mask);
  expect(store.cost(null, 0).active).toBe(14);
  expect(store.bytes).toBe(5);
});

test('what is restored predicts alike', () => {
  const masks = createTaskMasks(network, names);
  masks.add(first, { 'hidden1/bias': ones(-1, -2) });
  masks.add(second);
  const other = createTaskMasks(network, names);
  other.add(second);
  other.restore(structuredClone(masks.state()));
  expect(other.parametersOf(0, shared)).toEqual(masks.parametersOf(0, shared));
  expect(other.union).toEqual(masks.union);
  expect(other.count).toBe(2);
});
