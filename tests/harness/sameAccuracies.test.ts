import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRng, packageRoot } from '../../base/index.ts';
import { createStream } from '../../benchmarks/index.ts';
import { mlp, openEngine, sizeOf } from '../../engine/index.ts';
import { createEvaluator, resolveExperiment, type ExperimentOptions } from '../../harness/index.ts';
import { createBatchOrder, updatesPerTask } from '../../harness/schedule.ts';
import { createOptimizer } from '../../harness/training.ts';
import { readRun } from '../../logs/index.ts';
import { findMethod } from '../../methods/index.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce } from './helpers.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** The demo's network has too few inputs for incremental evaluation to pay, so here it is made to follow every change. */
test.each(['finetune', 'er'])(
  'on the demo, %s has the accuracies of brute force at every update, and its losses but for rounding',
  async (name) => {
    const recipe = parse(readFileSync(join(packageRoot, 'recipes', 'demo.yaml'), 'utf8')) as ExperimentOptions;
    const experiment = resolveExperiment({ ...recipe, methods: [name] });
    const [method] = experiment.methods;
    const rng = createRng(experiment.seeds[0]);
    const { scenario } = experiment;
    const stream = await createStream(experiment.stream, { scenario }, { rng: rng.fork('stream') });
    const inputSize = sizeOf(stream.inputShape);
    const network = mlp({ inputs: inputSize, hidden: experiment.hidden!, outputs: stream.outputCount });
    const taskAt = (index: number) => ({
      index,
      outputs: stream.tasks[index].outputs,
      train: stream.tasks[index].train,
    });
    const updates = stream.tasks.map(({ train }) => updatesPerTask(train.length, method.batch, method.epochs));
    const learner = await findMethod(name).create({
      engine: onnx,
      network,
      initial: network.init(rng.fork('init')),
      stream: {
        scenario,
        inputSize,
        outputCount: stream.outputCount,
        taskOutputs: stream.tasks.map(({ outputs }) => outputs),
      },
      training: { ...method, optimizer: createOptimizer(method), rate: method.lr, schedule: undefined, updates },
      options: { ...method.options },
      rng: rng.fork(`method/${name}`),
      taskAt,
      warn: () => {},
    });
    const [incremental, full] = await Promise.all(
      [{ largestRank: Infinity }, { mode: 'full' as const }].map((options) =>
        createEvaluator(onnx, learner.model, stream, experiment.evaluateSubset, createRng('evaluation'), options),
      ),
    );
    const batch = {
      x: new Float32Array(method.batch * inputSize),
      y: new Int32Array(method.batch),
      ids: new Int32Array(method.batch),
    };
    let evaluations = 0;
    for (const [index, { train }] of stream.tasks.entries()) {
      const order = createBatchOrder(rng, index, train.length, method.batch);
      await learner.beginTask?.(taskAt(index));
      for (let update = 0; update < updates[index]; update++) {
        const rows = order(update);
        train.read(rows, batch.x);
        rows.forEach((row, i) => {
          batch.y[i] = train.labels[row];
          batch.ids[i] = train.ids[row];
        });
        await learner.observe({ ...batch, size: rows.length, task: index });
        const [scores, expected] = [await incremental.evaluate(index + 1), await full.evaluate(index + 1)];
        evaluations++;
        expect(scores.map(({ accuracy }) => accuracy)).toEqual(expected.map(({ accuracy }) => accuracy));
        for (const [task, { loss }] of scores.entries())
          expect(Math.abs(loss - expected[task].loss)).toBeLessThan(1e-5 * Math.max(1, expected[task].loss));
      }
    }
    expect(evaluations).toBeGreaterThan(1000);
    expect(incremental.usage.incremental).toBeGreaterThan(0.97 * evaluations);
  },
);

const dataDir = join(packageRoot, '..', 'shared', 'datasets');
const skipped = existsSync(join(dataDir, 'mnist')) ? '' : ' (skipped: there is no MNIST in ../shared/datasets)';

describe.skipIf(skipped !== '')(`on Split-MNIST${skipped}`, () => {
  // Every update has rank 110: 100 rows of the stream and 10 of the buffer.
  const options: ExperimentOptions = {
    stream: 'split-mnist',
    methods: ['er'],
    hidden: [400, 50],
    batch: 100,
    lr: 0.1,
    evaluateSubset: 200,
  };

  test('incremental evaluation, the default, has all accuracies of brute force, the same training, and losses but for rounding', async () => {
    const incremental = await runOnce(options, temporaryFolder(), { dataDir });
    const full = await runOnce({ ...options, evaluateMode: 'full' }, temporaryFolder(), { dataDir });
    const [{ evaluation }, before] = [incremental.record, full.record.evaluation];
    expect(evaluation).toMatchObject({ mode: 'auto', refreshEvery: 100 });
    expect(evaluation.incremental).toBeGreaterThan(0.95 * incremental.record.cost!.updates);
    expect(before).toMatchObject({ mode: 'full', refreshEvery: null, incremental: 0 });
    const [tables, expected] = [readTables(incremental.folder), readTables(full.folder)];
    for (const name of ['accuracy.csv', 'steps.csv', 'matrix.csv']) expect(tables[name], name).toBe(expected[name]);
    expect(tables['loss.csv']).not.toBe(expected['loss.csv']);
    const [loss, exact] = [readRun(incremental.folder).loss!, readRun(full.folder).loss!];
    for (const [task, values] of loss.values.entries())
      values.forEach((value, row) => {
        const right = exact.values[task][row];
        // Tasks not yet seen have no loss in either.
        const error = Number.isNaN(right) && Number.isNaN(value) ? 0 : Math.abs(value - right) / Math.max(1, right);
        expect(error).toBeLessThan(1e-5);
      });
  });

  test.each([
    ['every update', 1, 0],
    ['every second update with momentum', 2, 0.5],
  ])(
    'a run evaluated after %s and stopped again and again ends with the bytes of one that was not',
    async (_, every, momentum) => {
      const run = { ...options, batch: 30, hidden: [400], evaluateEvery: every, momentum };
      const stop = (updates: number, folder: string) => {
        const controller = new AbortController();
        return runOnce(run, folder, {
          dataDir,
          signal: controller.signal,
          onProgress: ({ done }) => done === updates && controller.abort(),
        });
      };
      const whole = await stop(440, temporaryFolder());
      expect(whole.record.evaluation.incremental).toBeGreaterThan(150);
      const folder = temporaryFolder();
      let parts = await stop(37, folder);
      // The second task begins after update 423.
      for (const updates of [38, 100, 201, 202, 423, 427, 440]) parts = await stop(updates, folder);
      expect(parts.record.evaluation).toEqual(whole.record.evaluation);
      expect(readTables(parts.folder)).toEqual(readTables(whole.folder));
    },
  );
});
