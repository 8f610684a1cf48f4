import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError, createRng } from '../../base/index.ts';
import { createStream } from '../../benchmarks/index.ts';
import { readRun, readSteps } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

describe('the record of a run', () => {
  test('has one row before the first update of every task and one after each update', async () => {
    const { folder, record } = await runOnce({ tasks: 2 });
    const { accuracy } = readRun(folder);
    const stream = await createStream('split-digits', { scenario: 'class', tasks: 2 }, { rng: createRng(1) });
    const updates = stream.tasks.map((task) => Math.ceil(task.train.length / 32));
    const expected = [
      ...Array.from({ length: updates[0] + 1 }, (_, step) => [step, 0]),
      ...Array.from({ length: updates[1] + 1 }, (_, update) => [updates[0] + update, 1]),
    ];
    expect(Array.from(accuracy.steps, (step, row) => [step, accuracy.trainingTask[row]])).toEqual(expected);
    expect(record.status).toBe('complete');
    expect(record.cost?.updates).toBe(updates[0] + updates[1]);
  });

  test('leaves the cells of unseen tasks empty and fills the new task’s own column before its first update', async () => {
    const { folder } = await runOnce({ tasks: 2 });
    const { accuracy } = readRun(folder);
    const switchRow = accuracy.trainingTask.indexOf(1);
    expect(accuracy.values[1].subarray(0, switchRow).every(Number.isNaN)).toBe(true);
    expect(accuracy.values[1].subarray(switchRow).some(Number.isNaN)).toBe(false);
    expect(accuracy.values[0].some(Number.isNaN)).toBe(false);
  });

  test('evaluates every ρ-th update of a task and always its last', async () => {
    const { folder } = await runOnce({ tasks: 2, evaluateEvery: 7 });
    const { accuracy } = readRun(folder);
    const steps = [...accuracy.steps].filter((_, row) => accuracy.trainingTask[row] === 0);
    const last = steps.at(-1)!;
    expect(steps).toEqual([
      ...Array.from({ length: Math.floor(last / 7) + 1 }, (_, i) => 7 * i),
      ...(last % 7 === 0 ? [] : [last]),
    ]);
  });

  test('measures all tasks on their whole test sets, untrained and after each task', async () => {
    const { folder } = await runOnce({});
    const { matrix } = readRun(folder);
    expect(matrix.initial).toHaveLength(5);
    expect(matrix.rows).toHaveLength(5);
    for (const row of matrix.rows) for (const value of row) expect(value).not.toBeNull();
  });

  test('agrees with itself: subset accuracy equals matrix accuracy where the subset is the whole test set', async () => {
    const { folder } = await runOnce({ tasks: 2, evaluateSubset: 10_000 });
    const { accuracy, matrix } = readRun(folder);
    const lastRow = accuracy.steps.length - 1;
    expect(accuracy.values.map((values) => values[lastRow])).toEqual(matrix.rows[1]);
    const firstEnd = accuracy.trainingTask.indexOf(1) - 1;
    expect(accuracy.values[0][firstEnd]).toBe(matrix.rows[0][0]);
  });
});

describe('evaluation', () => {
  test('never changes training: every loss is the same to the bit with ρ = 1 and ρ = 50, and so is the matrix', async () => {
    const often = await runOnce({ evaluateEvery: 1, methods: ['der++'] });
    const seldom = await runOnce({ evaluateEvery: 50, methods: ['der++'] });
    expect(readTables(seldom.folder)['steps.csv']).toBe(readTables(often.folder)['steps.csv']);
    expect(readTables(seldom.folder)['matrix.csv']).toBe(readTables(often.folder)['matrix.csv']);
    expect(readTables(seldom.folder)['accuracy.csv']).not.toBe(readTables(often.folder)['accuracy.csv']);
  });

  test('uses one fixed subset: its size changes no weight, and the rows common to two values of ρ are equal', async () => {
    const a = await runOnce({ evaluateEvery: 1, evaluateSubset: 25 });
    const b = await runOnce({ evaluateEvery: 4, evaluateSubset: 25 });
    const rowsOf = (folder: string) => new Set(readTables(folder)['accuracy.csv'].split('\n'));
    const all = rowsOf(a.folder);
    for (const row of rowsOf(b.folder)) expect(all).toContain(row);
    const c = await runOnce({ evaluateEvery: 1, evaluateSubset: 30 });
    expect(readTables(c.folder)['steps.csv']).toBe(readTables(a.folder)['steps.csv']);
  });
});

describe('determinism', () => {
  test.each(['joint', 'ewc', 'set'])(
    '%s: the same seed gives byte-identical files, another seed different ones',
    async (method) => {
      const first = readTables((await runOnce({ methods: [method], seeds: [3] })).folder);
      const second = readTables((await runOnce({ methods: [method], seeds: [3] })).folder);
      const other = readTables((await runOnce({ methods: [method], seeds: [4] })).folder);
      expect(second).toEqual(first);
      for (const [name, content] of Object.entries(other)) expect(content, name).not.toBe(first[name]);
    },
  );

  test('methods with the same seed start from the same weights and see the same batches', async () => {
    const losses = await Promise.all(
      ['finetune', 'ewc', 'lwf'].map(async (method) => {
        const { folder } = await runOnce({ methods: [method], tasks: 2 });
        const lines = readTables(folder)['steps.csv'].split('\n');
        return lines.slice(1, 20).map((line) => line.split(',')[2]);
      }),
    );
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).toEqual(losses[0]);
  });
});

describe('a run that goes wrong', () => {
  test('is recorded as diverged with the step, the task and advice', async () => {
    const { record } = await runOnce({ lr: 1e12 });
    expect(record.status).toBe('diverged');
    expect(record.reason).toMatch(
      /^the loss became (NaN|Infinity) at update \d+, in task 0\/1; try a smaller lr than 1000000000000$/,
    );
  });

  test.skipIf(!existsSync('/dev/full'))('on a full disk stops with one clear line', async () => {
    const folder = temporaryFolder();
    const run = join(folder, 'er-seed1');
    mkdirSync(run, { recursive: true });
    symlinkSync('/dev/full', join(run, 'accuracy.csv'));
    await expect(runOnce({}, folder)).rejects.toThrow(UserError);
    await expect(runOnce({}, folder)).rejects.toThrow(
      /accuracy\.csv: the disk is full; free some space, then go on with stabgap resume$/,
    );
  });
});

test('steps.csv holds one row an update with the method’s own numbers', async () => {
  const { folder, record } = await runOnce({ methods: ['a-gem'], tasks: 2 });
  const steps = readSteps(join(folder, 'steps.csv'));
  expect([...steps.values.keys()]).toEqual(['loss', 'projected']);
  expect(steps.steps.length).toBe(record.cost!.updates);
});
