import { expect, test } from 'vitest';
import type { ExperimentOptions } from '../../harness/index.ts';
import { findMethod, registerMethod } from '../../methods/index.ts';
import { readTables, runOnce } from './helpers.ts';

const told: (readonly number[])[] = [];
const { create, ...finetune } = findMethod('finetune');
registerMethod({
  ...finetune,
  name: 'told',
  create(setup) {
    told.push(setup.training.updates);
    return create(setup);
  },
});

const options: ExperimentOptions = {
  stream: 'mixture',
  methods: ['told'],
  tasks: 3,
  samples: 70,
  hidden: [],
  batch: 20,
  epochs: 2,
  evaluateEvery: 20,
};

test.each([
  // 70 samples of each of two classes, 140 rows, are seven batches.
  ['domain', [14, 14, 14]],
  ['task-free', [42]],
] as const)('a method is told how many updates the run makes: in the %s scenario %o', async (scenario, expected) => {
  const { folder } = await runOnce({ ...options, scenario });
  expect(told.at(-1)).toEqual(expected);
  expect(readTables(folder)['steps.csv'].trim().split('\n')).toHaveLength(1 + 42);
});
