import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarios } from '../../benchmarks/index.ts';
import { resolveExperiment, settleData, type ExperimentOptions } from '../../harness/index.ts';
import { readRun } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { runOnce } from './helpers.ts';

/** Six tasks' worth of a toy, the best accuracy on each being Φ(3) = 0.99865. */
const toy: ExperimentOptions = {
  stream: 'mixture',
  scenario: 'domain',
  methods: ['finetune'],
  tasks: 3,
  separation: 6,
  samples: 300,
  hidden: [],
  batch: 10,
  evaluateEvery: 20,
};

describe('a run on a stream with data of its own', () => {
  test.each(scenarios)('ends complete in the %s scenario, with rows of a table as inputs', async (scenario) => {
    const { record } = await runOnce({ ...toy, scenario });
    expect(record).toMatchObject({ status: 'complete', reason: null });
    expect(record.stream).toMatchObject({ name: 'mixture', version: 1, inputShape: [6], options: { similarity: 0.5 } });
    expect(record.stream.outputs).toBe(scenario === 'domain' || scenario === 'task-free' ? 2 : 6);
  });

  test('learns each task to the best accuracy there is, and keeps it where the tasks are alike', async () => {
    const finalOf = async (similarity: number) => {
      const { folder } = await runOnce({ ...toy, similarity });
      return readRun(folder).matrix.rows.map((row) => row.map((value) => value!));
    };
    const alike = await finalOf(1);
    for (const row of alike) for (const accuracy of row) expect(accuracy).toBeGreaterThan(0.98);
    const unlike = await finalOf(0);
    unlike.forEach((row, t) => expect(row[t]).toBeGreaterThan(0.98));
  });
});

describe('settleData', () => {
  test('says what the network is made for', async () => {
    const experiment = resolveExperiment({ ...toy, dimensions: 9 });
    const { experiment: settled, inputs } = await settleData(experiment);
    expect(settled).toEqual(experiment);
    expect(inputs).toMatchObject({ inputShape: [9], outputCount: 2 });
    const images = await settleData(resolveExperiment({ stream: 'split-cifar100' }));
    expect(images.inputs).toEqual({ inputShape: [32, 32, 3], outputCount: 100 });
  });
});

test('a convolutional network is refused on rows of a table, before anything is written', async () => {
  const folder = temporaryFolder();
  await expect(runOnce({ ...toy, hidden: undefined, network: 'cnn' }, folder)).rejects.toThrow(
    'network cnn takes images of 4×4 or more, and the inputs are 6; choose another network, such as mlp',
  );
  expect(existsSync(join(folder, 'finetune-seed1'))).toBe(false);
});
