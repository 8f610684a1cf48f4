import { expect, test } from 'vitest';
import { mlp } from '../../../engine/index.ts';
import { pruneSmallest, requireCapacity } from '../../../methods/shared/subnetworks/pruning.ts';

const weights = Float32Array.of(0.3, -0.1, 0.01, 0.1, -0.2, 0.05, -0.4);
const mask = Float32Array.of(1, 1, 0, 1, 1, 1, 1);

test('the smallest share of the weights in the mask goes, signs do not matter, others never count (by hand)', () => {
  // Of six places in order of size: 5 (.05), 1 and 3 (.1 both), 4 (.2), 0 (.3), 6 (.4).
  expect([...pruneSmallest(weights, mask, 1 / 6)]).toEqual([1, 1, 0, 1, 1, 0, 1]);
  expect([...pruneSmallest(weights, mask, 0.5)]).toEqual([1, 0, 0, 0, 1, 0, 1]);
  expect([...pruneSmallest(weights, mask, 0)]).toEqual([...mask]);
});

test('of equal weights the lower index goes, and a share is rounded to whole weights', () => {
  expect([...pruneSmallest(weights, mask, 2 / 6)]).toEqual([1, 0, 0, 1, 1, 0, 1]);
  expect([...pruneSmallest(weights, mask, 0.24)]).toEqual([1, 1, 0, 1, 1, 0, 1]); // 1.44 weights
  expect([...pruneSmallest(weights, mask, 0.26)]).toEqual([1, 0, 0, 1, 1, 0, 1]); // 1.56 weights
});

const network = mlp({ inputs: 4, hidden: [4], outputs: 2 });
const require = (shares: number | readonly number[], tasks: number) => () =>
  requireCapacity('packnet', network, ['hidden1/weight'], shares, tasks);

test('free weights are counted ahead: 16, 8, 4, 2, 1 and, rounded, 1 again; 16, 2 and none (by hand)', () => {
  expect(require(0.5, 6)).not.toThrow();
  expect(require(0.1, 2)).not.toThrow();
  expect(require(0.1, 3)).toThrow(
    'method packnet: prune: task 3 finds no free weight in layer hidden1 (16 weights), since the tasks before it prune too few of theirs; choose a larger share than 0.1 for them, or a wider network',
  );
  expect(require([0.5, 0, 0.5], 3)).toThrow('task 3 finds no free weight');
  expect(require([0.5, 0.5, 0], 3)).not.toThrow();
  expect(require(0.99, 2)).toThrow(
    'method packnet: prune: 0.99 leaves the first task without a weight in layer hidden1 (16 weights); choose a smaller share',
  );
});
