import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { createStream } from '../../benchmarks/index.ts';
import { float32, mlp, openEngine, tf, type Tensor2D } from '../../engine/index.ts';
import { createBatchOrder } from '../../harness/schedule.ts';
import { createPrequential, type ExperimentOptions } from '../../harness/index.ts';
import { readRun, readSteps } from '../../logs/index.ts';
import type { Model } from '../../methods/index.ts';
import { batchOf, blobStream, forward, logSoftmax, rowOf } from '../methods/fixtures.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { readTables, runOnce, tables } from './helpers.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const brief: ExperimentOptions = { tasks: 2, evaluateEvery: 20, prequential: true };
const fileOf = (folder: string): string => readFileSync(join(folder, 'prequential.csv'), 'utf8');

/** A linear model whose weights are drawn anew by `prepare`, so that a score shows whether it was called. */
function linearModel(outputs: number, prepared: { weight: Float32Array } = { weight: new Float32Array(16 * outputs) }) {
  const rng = createRng('weights');
  const model: Model = {
    specs: { weight: float32(16, outputs) },
    logits: ({ weight }, x) => tf.matMul(x, weight as Tensor2D),
    parameters: () => prepared,
    async prepare() {
      prepared.weight.forEach((_, i) => (prepared.weight[i] = rng.uniform() - 0.5));
    },
  };
  return { model, prepared };
}

describe('createPrequential', () => {
  test.each(['class', 'task', 'domain', 'task-free'] as const)(
    'in the %s scenario scores the valid rows as written out in 64-bit floats, after prepare',
    async (scenario) => {
      const stream = blobStream('split', scenario);
      const { model, prepared } = linearModel(stream.outputCount);
      const prequential = await createPrequential(onnx, model, stream, 8);
      const everyOutput = Array.from({ length: stream.outputCount }, (_, k) => k);
      const accuracies = [];
      for (const task of [0, 1, 0, 1, 0, 1, 0, 1]) {
        const batch = batchOf(stream, task, [3, 1, 4, 15, 9], 8, 1e6);
        const { accuracy, loss } = await prequential.score(batch, task);
        let [right, sum] = [0, 0];
        for (let i = 0; i < 5; i++) {
          const x = rowOf(batch, i);
          const logits = everyOutput.map((k) =>
            x.reduce((total, value, j) => total + value * prepared.weight[j * stream.outputCount + k], 0),
          );
          const likelihood = logSoftmax(logits, scenario === 'task' ? stream.tasks[task].outputs : everyOutput);
          right += Number(likelihood.indexOf(Math.max(...likelihood)) === batch.y[i]);
          sum -= likelihood[batch.y[i]];
        }
        accuracies.push(accuracy);
        expect(accuracy).toBeCloseTo(right / 5, 6);
        expect(loss).toBeCloseTo(sum / 5, 4);
      }
      // Else all of this would hold of a constant.
      expect(new Set(accuracies).size).toBeGreaterThan(1);
    },
  );
});

describe('a prequential run', () => {
  test('has a row an update, with the number of updates before it and the rows that it learns', async () => {
    const { folder, record } = await runOnce(brief);
    const { prequential } = readRun(folder);
    const { steps, trainingTask, counts, tasks } = prequential!;
    expect([...steps]).toEqual(Array.from({ length: record.cost!.updates }, (_, step) => step));
    expect(tasks).toEqual(record.stream.tasks.map(({ name }) => name));
    const samples = tasks.map((_, task) =>
      counts.reduce((sum, n, row) => sum + (trainingTask[row] === task ? n : 0), 0),
    );
    expect(samples).toEqual(record.stream.tasks.map(({ train }) => train));
    expect(record.evaluation.prequential).toBe(true);
    expect(record.evaluation.conventions.join('\n')).toContain('prequential.csv: before every update');
  });

  test('begins with the untrained model’s accuracy on the first batch', async () => {
    const seed = 5;
    const { folder } = await runOnce({ ...brief, seeds: [seed] });
    const rng = createRng(seed);
    const stream = await createStream('split-digits', { scenario: 'class', tasks: 2 }, { rng: rng.fork('stream') });
    const network = mlp({ inputs: 64, hidden: [16], outputs: stream.outputCount });
    const initial = network.init(rng.fork('init'));
    const { train } = stream.tasks[0];
    const rows = createBatchOrder(rng, 0, train.length, 32)(0);
    const x = new Float32Array(32 * 64);
    train.read(rows, x);
    const right = Array.from(rows).filter((row, i) => {
      const logits = forward(network, initial, x.subarray(64 * i, 64 * (i + 1)));
      return logits.indexOf(Math.max(...logits)) === train.labels[row];
    });
    expect(right.length).toBeLessThan(32);
    expect(readRun(folder).prequential!.accuracy[0]).toBeCloseTo(right.length / 32, 6);
  });

  test('scores the model before the update: finetuning’s loss on a batch is what its update then descends', async () => {
    const { folder } = await runOnce({ ...brief, methods: ['finetune'] });
    const losses = readSteps(join(folder, 'steps.csv')).values.get('loss')!;
    const { loss } = readRun(folder).prequential!;
    expect(loss.length).toBe(losses.length);
    loss.forEach((value, row) => expect(Math.abs(value - losses[row])).toBeLessThan(1e-5));
  });

  test.each(['er', 'set'])('%s: changes no other table', async (method) => {
    const plain = await runOnce({ ...brief, methods: [method], evaluateEvery: 1, prequential: false });
    const scored = await runOnce({ ...brief, methods: [method], evaluateEvery: 1 });
    expect(readTables(scored.folder)).toEqual(readTables(plain.folder));
    expect(plain.record.evaluation).not.toHaveProperty('prequential');
    expect(existsSync(join(plain.folder, 'prequential.csv'))).toBe(false);
    expect(readRun(plain.folder)).not.toHaveProperty('prequential');
  });

  test('shows no augmented image to the model: with and without augmentation the first row is the same', async () => {
    const [plain, changed] = await Promise.all(
      [[], ['crop' as const]].map((augment) => runOnce({ ...brief, augment, tasks: 2 })),
    );
    const [a, b] = [plain, changed].map(({ folder }) => fileOf(folder).split('\n'));
    expect(b.slice(0, 2)).toEqual(a.slice(0, 2));
    expect(b).not.toEqual(a);
  });

  test('stopped and resumed at any update ends with the bytes of one that was never stopped', async () => {
    const options = { ...brief, methods: ['der++'], batch: 64 };
    const whole = await runOnce(options);
    const folder = temporaryFolder();
    for (const updates of [1, 3, 9]) {
      const stop = new AbortController();
      let made = 0;
      const onProgress = () => ++made === updates && stop.abort();
      const { record } = await runOnce(options, folder, { signal: stop.signal, onProgress });
      expect(record.status).toBe('interrupted');
    }
    const { folder: path } = await runOnce(options, folder);
    expect(fileOf(path)).toBe(fileOf(whole.folder));
    for (const name of tables) expect(readTables(path)[name], name).toBe(readTables(whole.folder)[name]);
  });
});
