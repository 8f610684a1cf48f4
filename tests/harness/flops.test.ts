import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCheckpoint, saveCheckpoint, type ExperimentOptions, type RunContext } from '../../harness/index.ts';
import { readRunRecord } from '../../logs/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { runOnce } from './helpers.ts';

/** Two tasks of digits, 8 × 8, on a network 64-16-10 in batches of 32: operations of its layers for one row on the way forward, by hand. */
const brief: ExperimentOptions = { tasks: 2, evaluateEvery: 9, hidden: [16] };
const perRow = 2 * (64 * 16 + 16 * 10);
const outputs = 2 * 16 * 10;

const flopsOf = async (options: ExperimentOptions, folder?: string, context?: Partial<RunContext>) => {
  const { record } = await runOnce({ ...brief, ...options }, folder, context);
  return { record, cost: record.cost!, flops: record.cost!.flops! };
};

/** Stops a run after some updates. */
const stopped = (updates: number, options: ExperimentOptions, folder: string) => {
  const stop = new AbortController();
  let made = 0;
  return runOnce({ ...brief, ...options }, folder, {
    signal: stop.signal,
    onProgress: () => ++made === updates && stop.abort(),
  });
};

test('a run’s record counts layers by hand: without replay both accountings agree', async () => {
  const { cost, flops } = await flopsOf({ methods: ['finetune'] });
  const rows = 32 * cost.updates;
  expect(flops.layers).toEqual({
    forward: rows * perRow,
    inputGradient: rows * outputs,
    weightGradient: rows * perRow,
  });
  expect(flops.sparse).toEqual(flops.layers);
  expect(flops.forwardOnlyReplay).toBe(rows * (2 * perRow + outputs));
  expect(flops.forwardOnlyReplaySparse).toBe(flops.forwardOnlyReplay);
  expect([flops.inference, flops.inferenceSparse]).toEqual([perRow, perRow]);
  expect(cost.trainingFlops!).toBeGreaterThan(flops.forwardOnlyReplay);
  expect(cost.masks).toBeUndefined();
});

test('replayed rows count in full, and forward only by the papers’ rule', async () => {
  const { cost, flops } = await flopsOf({ methods: [{ name: 'er', options: { replayBatch: 16 } }] });
  const rows = 48 * cost.updates;
  expect(flops.layers.forward).toBe(rows * perRow);
  expect(flops.layers.weightGradient).toBe(rows * perRow);
  expect(flops.forwardOnlyReplay).toBe(rows * perRow + 32 * cost.updates * (perRow + outputs));
});

test('a teacher’s pass is no replay: all backward passes are charged', async () => {
  const { cost, flops } = await flopsOf({ methods: ['lwf'] });
  const { forward, inputGradient, weightGradient } = flops.layers;
  expect(weightGradient).toBe(32 * cost.updates * perRow);
  expect(forward).toBeGreaterThan(weightGradient);
  expect(flops.forwardOnlyReplay).toBe(forward + inputGradient + weightGradient);
});

test('a sparse method’s layers count by their density', async () => {
  const { flops } = await flopsOf({ methods: [{ name: 'set', options: { sparsity: 0.75, distribution: 'uniform' } }] });
  for (const role of ['forward', 'inputGradient', 'weightGradient'] as const)
    expect(flops.sparse[role] / flops.layers[role]).toBeCloseTo(0.25, 12);
  expect(flops.inferenceSparse / flops.inference).toBeCloseTo(0.25, 12);
  expect(flops.inference).toBe(perRow);
});

test('what a method trains at evaluations counts, and means of features for predictions do not', async () => {
  const gdumb = await flopsOf({ methods: [{ name: 'gdumb', options: { passes: 2, memory: 20 } }], evaluateEvery: 20 });
  expect(gdumb.flops.layers.weightGradient).toBeGreaterThan(0);
  const icarl = { methods: [{ name: 'icarl', options: { memory: 40 } }] };
  const [seldom, often] = [
    await flopsOf({ ...icarl, evaluateEvery: 20 }),
    await flopsOf({ ...icarl, evaluateEvery: 3 }),
  ];
  expect(often.flops).toEqual(seldom.flops);
});

test.each(['er', 'set', 'trgp'])(
  'a run of %s that was stopped tells the same operations as one that never was',
  async (name) => {
    const options: ExperimentOptions = { methods: [name], ...(name === 'trgp' && { scenario: 'task' }) };
    const whole = await flopsOf(options);
    const folder = temporaryFolder();
    let record = (await stopped(5, options, folder)).record;
    for (; record.status === 'interrupted';) record = (await stopped(5, options, folder)).record;
    expect(record.cost!.flops).toEqual(whole.flops);
    expect(record.cost!.trainingFlops).toBe(whole.cost.trainingFlops);
  },
);

test('a checkpoint of before operations were booked is gone on from, and its run tells none of layers', async () => {
  const folder = temporaryFolder();
  const { folder: run } = await stopped(5, {}, folder);
  expect(readRunRecord(run).cost!.flops!.layers.forward).toBeGreaterThan(0);
  const path = join(run, 'checkpoint');
  const { flops, ...old } = loadCheckpoint(path)!;
  expect(flops).toBeDefined();
  saveCheckpoint(path, old);
  const { record, cost } = await flopsOf({}, folder);
  expect(record.status).toBe('complete');
  expect(cost.flops).toBeUndefined();
  expect(cost.trainingFlops).toBeGreaterThan(0);
  expect(readRunRecord(run)).toEqual(record);
});
