import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { scenarios } from '../../benchmarks/index.ts';
import { claimFolder, resolveExperiment, settleData, type ExperimentOptions } from '../../harness/index.ts';
import { createBatchOrder } from '../../harness/schedule.ts';
import { readRun } from '../../logs/index.ts';
import { findMethod, registerMethod } from '../../methods/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

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

/** 120 rows in order of time: two inputs and a class that depends on them. */
const table = `x,y,class\n${Array.from({ length: 120 }, (_, i) => `${i % 7},${i % 5},${i % 7 > 3 ? 'high' : 'low'}`).join('\n')}\n`;

function writeTable(text = table): string {
  const path = join(temporaryFolder(), 'table.csv');
  writeFileSync(path, text);
  return path;
}

const drift: ExperimentOptions = {
  stream: 'drift-csv',
  scenario: 'domain',
  methods: ['finetune'],
  tasks: 3,
  epochs: 2,
  batch: 10,
  hidden: [8],
  evaluateEvery: 5,
};

describe('a run on a table in order of time', () => {
  test.each(['domain', 'task-free'] as const)('says in the %s scenario which file it was on', async (scenario) => {
    const csv = writeTable();
    const { record } = await runOnce({ ...drift, scenario, csv });
    expect(record.status).toBe('complete');
    expect(record.stream).toMatchObject({
      name: 'drift-csv',
      options: { csv: 'table.csv', csvSha256: createHash('sha256').update(table).digest('hex'), testShare: 0.2 },
      tasks: [1, 2, 3].map((part) => ({ name: `part-${part}`, train: 32, test: 8, evaluated: 8 })),
      inputShape: [2],
      outputs: 2,
    });
    expect(record.evaluation.conventions[0]).toContain('in the order of the file');
  });

  test('trains on the rows of a task in their order, in every epoch, whatever the seed', async () => {
    const seen: number[][] = [];
    const finetune = findMethod('finetune');
    registerMethod({
      ...finetune,
      name: 'watch',
      async create(setup) {
        const learner = await finetune.create(setup);
        return {
          ...learner,
          observe(batch) {
            seen.push([...batch.ids.subarray(0, batch.size)]);
            return learner.observe(batch);
          },
        };
      },
    });
    await runOnce({ ...drift, csv: writeTable(), methods: ['watch'], seeds: [5] });
    // Of each part of 40 rows the training rows are those that are not every fifth, twice over.
    const part = (t: number) => Array.from({ length: 40 }, (_, i) => 40 * t + i).filter((i) => i % 5 !== 4);
    expect(seen.flat()).toEqual([0, 1, 2].flatMap((t) => [...part(t), ...part(t)]));
    expect(seen.slice(0, 4).map(({ length }) => length)).toEqual([10, 10, 10, 2]);
  });

  test('that is interrupted ends with the same bytes as one that is not', async () => {
    const options = { ...drift, csv: writeTable(), methods: ['er'] };
    const whole = await runOnce(options);
    const folder = temporaryFolder();
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 11 && stop.abort();
    const { record } = await runOnce(options, folder, { signal: stop.signal, onProgress });
    expect(record).toMatchObject({ status: 'interrupted', cost: { updates: 11 } });
    const resumed = await runOnce(options, folder);
    expect(resumed.record.status).toBe('complete');
    expect(readTables(resumed.folder)).toEqual(readTables(whole.folder));
  });

  test('is refused where a method fits neither the file nor the scenario', async () => {
    const csv = writeTable();
    const settle = (options: ExperimentOptions) => settleData(resolveExperiment({ ...drift, csv, ...options }));
    await expect(settle({ methods: [{ name: 'er', options: { memory: 1 } }] })).rejects.toThrow(
      'method er: memory: 1 ',
    );
    expect(() => resolveExperiment({ ...drift, csv, augment: ['flip'] })).toThrow('rows of a table');
    expect(() => resolveExperiment({ ...drift, csv, scenario: 'task-free', methods: ['ewc'] })).toThrow(
      'method ewc does not run in the task-free scenario',
    );
  });
});

test('an ordered stream’s batches depend on the number of the update alone', () => {
  const all = createBatchOrder(createRng(1), 0, 7, 3, { ordered: true });
  const batches = Array.from({ length: 6 }, (_, update) => [...all(update)]);
  expect(batches).toEqual([[0, 1, 2], [3, 4, 5], [6], [0, 1, 2], [3, 4, 5], [6]]);
  // A resumed run asks for the later ones only.
  const resumed = createBatchOrder(createRng(2), 0, 7, 3, { ordered: true });
  expect([4, 5].map((update) => [...resumed(update)])).toEqual(batches.slice(4));
});

describe('an experiment on a file of the user’s', () => {
  test('is the same wherever the file lies, and another with another file', async () => {
    const settle = async (text: string) =>
      (await settleData(resolveExperiment({ ...drift, csv: writeTable(text) }))).experiment;
    const folder = join(temporaryFolder(), 'out');
    const first = await settle(table);
    claimFolder(folder, first);
    const moved = await settle(table);
    expect(moved.csv).not.toBe(first.csv);
    claimFolder(folder, moved);
    expect(moved.csvSha256).toBe(createHash('sha256').update(table).digest('hex'));
    const other = await settle(table.replace('1,1,low', '1,2,low'));
    expect(() => claimFolder(folder, other)).toThrow('holds another experiment (it differs in: csvSha256)');
  });

  test('stays settled: the same experiment with the file in the folder of the data, and none with a changed one', async () => {
    const csv = writeTable();
    const { experiment } = await settleData(resolveExperiment({ ...drift, csv }));
    const dataDir = join(temporaryFolder(), 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'table.csv'), table);
    const elsewhere = { ...experiment, csv: '/gone/table.csv', dataDir };
    expect((await settleData(elsewhere)).experiment).toMatchObject({
      csv: join(dataDir, 'table.csv'),
      csvSha256: experiment.csvSha256,
    });
    writeFileSync(join(dataDir, 'table.csv'), table.replace('low', 'high'));
    await expect(settleData(elsewhere)).rejects.toThrow('is not the file of the experiment');
  });
});
