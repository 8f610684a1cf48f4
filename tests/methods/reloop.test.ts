import { afterAll, describe, expect, test } from 'vitest';
import type { Scenario, Stream } from '../../benchmarks/index.ts';
import { float32, openEngine, type Arrays, type Engine, type Tensor2D } from '../../engine/index.ts';
import { findMethod, type Batch, type Learner } from '../../methods/index.ts';
import { outputGroups } from '../../methods/shared/errorMemory.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  observe,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
const wasm = await openEngine('wasm');
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

const stream = blobStream('split', 'class');
/** What the model shows for the rows of a batch, `[row][output]`. */
async function logitsOf({ model }: Learner, batch: Batch, engine: Engine = onnx): Promise<number[][]> {
  const rows = batch.y.length;
  const program = await engine.compile(
    'logits',
    (all) => ({ logits: model.logits(all.parameters, all.x as Tensor2D) }),
    { parameters: model.specs, x: float32(rows, 16) },
  );
  const { logits } = await program.run({ parameters: model.parameters(), x: batch.x });
  await program.dispose();
  const outputs = logits.length / rows;
  return Array.from({ length: batch.size }, (_, i) => Array.from(logits.subarray(outputs * i, outputs * (i + 1))));
}

const softmax = (logits: readonly number[], chosen: readonly number[]): number[] =>
  logSoftmax(logits, chosen).map(Math.exp);

interface Sketch {
  readonly tables: number;
  readonly bits: number;
  readonly lambda: number;
  readonly gamma: number;
}

/** The method written out with plain lists: every past row is kept, with the hash it had and what was predicted for it. */
function plainMemory(here: Stream, { tables, bits, lambda, gamma }: Sketch) {
  const { network } = setupFor('finetune', { engine: onnx, stream: here });
  const outputs = Array.from({ length: here.outputCount }, (_, output) => output);
  const past: { keys: string[]; y: number; predicted: number[] }[] = [];
  const groupOf = (task: number) => (here.scenario === 'task' ? here.tasks[task].outputs : outputs);
  const predict = (parameters: Arrays, x: Float32Array, task: number) =>
    softmax(forward(network, parameters, x), groupOf(task));
  const mean = (rows: number[][]) => outputs.map((k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
  const keysOf = (parameters: Arrays, x: Float32Array): string[] => {
    const first = { ...network, layers: [network.layers[0]] };
    const features = forward(first, parameters, x).map((z) => Math.max(0, z));
    const planes = parameters['reloop/planes'];
    return Array.from({ length: tables }, (_, k) =>
      Array.from({ length: bits }, (_unused, l) => {
        const product = features.reduce((sum, h, j) => sum + h * planes[j * tables * bits + k * bits + l], 0);
        return product > 0 ? '+' : '-';
      }).join(''),
    );
  };
  return {
    groupOf,
    predict,
    write(parameters: Arrays, batch: Batch, task: number): void {
      for (let i = 0; i < batch.size; i++) {
        const x = rowOf(batch, i);
        past.push({ keys: keysOf(parameters, x), y: batch.y[i], predicted: predict(parameters, x, task) });
      }
    },
    /** ŷ′ of a row among the outputs of a task. */
    corrected(parameters: Arrays, x: Float32Array, task: number): number[] {
      const predicted = predict(parameters, x, task);
      const neighbours = keysOf(parameters, x).flatMap((key, k) => {
        const found = past.filter((row) => row.keys[k] === key && groupOf(task).includes(row.y));
        if (found.length === 0) return [];
        const labels = found.map(({ y }) => outputs.map((output) => Number(output === y)));
        return [{ y: mean(labels), predicted: mean(found.map((row) => row.predicted)) }];
      });
      if (neighbours.length === 0) return predicted;
      const y = mean(neighbours.map((neighbour) => neighbour.y));
      const base = mean(neighbours.map((neighbour) => neighbour.predicted));
      const clamped = predicted.map((p, k) =>
        Math.min(1, Math.max(0, p + lambda * (gamma * (y[k] - p) + (1 - gamma) * (y[k] - base[k])))),
      );
      return clamped.map((p) => p / clamped.reduce((sum, value) => sum + value, 0));
    },
  };
}

describe('the correction', () => {
  const cases = (['class', 'task', 'domain', 'task-free'] as const).flatMap((scenario) =>
    [1, 0.3, 0].map((gamma) => [scenario, gamma] as const),
  );
  test.each(cases)(
    'in the %s scenario with γ = %d is that of plain loops over all that was seen',
    async (scenario, gamma) => {
      const here = blobStream('split', scenario);
      const options = { tables: 5, bits: 4, lambda: 0.7, gamma };
      const learner = await createLearner('reloop', { engine: onnx, stream: here, options });
      const plain = plainMemory(here, options);
      for (const task of [0, 1]) {
        if (scenario !== 'task-free') await drive(learner, [begin(here, task)]);
        for (const rows of [
          [0, 1, 2, 3, 4, 5, 6, 7],
          [8, 9, 10],
          [11, 30, 31, 12],
        ]) {
          const batch = batchOf(here, task, rows, 8, 50);
          plain.write(copyParameters(learner), batch, task);
          await learner.observe(batch);
        }
      }
      const parameters = copyParameters(learner);
      let [corrected, left] = [0, 0];
      for (const task of [0, 1]) {
        const batch = batchOf(here, task, [13, 14, 15, 16, 17, 18, 19, 20]);
        const shown = await logitsOf(learner, batch);
        const eager = await logitsOf(learner, batch, wasm);
        for (let i = 0; i < 8; i++) {
          const x = rowOf(batch, i);
          const expected = plain.corrected(parameters, x, task);
          const base = plain.predict(parameters, x, task);
          if (expected.some((p, k) => Math.abs(p - base[k]) > 0.01)) corrected++;
          else left++;
          for (const k of plain.groupOf(task)) {
            expect(Math.exp(shown[i][k])).toBeCloseTo(expected[k], 5);
            expect(eager[i][k]).toBeCloseTo(shown[i][k], 4);
          }
        }
      }
      expect(corrected).toBeGreaterThan(left);
    },
  );

  test.each(['class', 'task'] as const)(
    'leaves distributions, in the %s scenario one a task',
    async (scenario: Scenario) => {
      const here = blobStream('split', scenario);
      for (const gamma of [1, 0.2]) {
        const options = { tables: 3, bits: 3, lambda: 1, gamma };
        const learner = await createLearner('reloop', { engine: onnx, stream: here, options });
        await drive(learner, eventsOf(here));
        const groups = scenario === 'task' ? here.tasks.map(({ outputs }) => outputs) : [[0, 1, 2, 3]];
        for (const row of await logitsOf(learner, batchOf(here, 1, [0, 1, 2, 3, 4])))
          for (const group of groups) expect(group.reduce((sum, k) => sum + Math.exp(row[k]), 0)).toBeCloseTo(1, 5);
      }
    },
  );

  test('does nothing while the memory is empty', async () => {
    const learner = await createLearner('reloop', { engine: onnx, stream });
    const { network } = setupFor('finetune', { engine: onnx, stream });
    const batch = batchOf(stream, 0, [0, 1, 2]);
    const shown = await logitsOf(learner, batch);
    shown.forEach((row, i) => {
      const expected = logSoftmax(forward(network, copyParameters(learner), rowOf(batch, i)), [0, 1, 2, 3]);
      row.forEach((z, k) => expect(z).toBeCloseTo(expected[k], 5));
    });
  });
});

describe('the base method', () => {
  const baseOptions = { memory: 20, replayBatch: 4 };

  /** The wrapper, and its base by itself with the same generator. */
  async function both(options: Record<string, unknown>) {
    const setup = setupFor('reloop', { engine: onnx, stream, options: { base: 'er', baseOptions, ...options } });
    const alone = setupFor('er', { engine: onnx, stream, options: baseOptions });
    const { rng } = setupFor('reloop', { engine: onnx, stream });
    const learners = [await findMethod('reloop').create(setup), await findMethod('er').create({ ...alone, rng })];
    const stats = [];
    for (const learner of learners) stats.push(await drive(learner, eventsOf(stream)));
    return { learners, stats };
  }

  test('trains as it does by itself, to the bit', async () => {
    const { learners, stats } = await both({ lambda: 0.9 });
    expect(stats[0]).toEqual(stats[1]);
    const [wrapped, alone] = learners.map(copyParameters);
    for (const [name, values] of Object.entries(alone)) expect(wrapped[name], name).toEqual(values);
    const batch = batchOf(stream, 0, [0, 1, 2, 3]);
    expect(await logitsOf(learners[0], batch)).not.toEqual(await logitsOf(learners[1], batch));
  });

  test('with λ = 0 predicts as it does by itself, to the bit', async () => {
    const { learners } = await both({ lambda: 0 });
    const batch = batchOf(stream, 0, [0, 1, 2, 3, 20, 21, 22, 23]);
    expect(await logitsOf(learners[0], batch)).toEqual(await logitsOf(learners[1], batch));
  });

  test('is named, with all of its options, in the record of a run', () => {
    const { parseOptions } = findMethod('reloop');
    expect(parseOptions({ base: 'er', baseOptions: { memory: 50 } })).toMatchObject({
      base: 'er',
      baseOptions: { memory: 50, replayBatch: 10 },
    });
    expect(parseOptions(parseOptions({ base: 'der++' }))).toEqual(parseOptions({ base: 'der++' }));
  });

  test('and what it is set to must fit', () => {
    const { parseOptions, check } = findMethod('reloop');
    expect(() => parseOptions({ base: 'err' })).toThrow('unknown method: err');
    expect(() => parseOptions({ base: 'er', baseOptions: { memroy: 1 } })).toThrow('method er: unknown option: memroy');
    const facts = { images: true, outputCount: 4, taskCount: 2, outputsPerTask: 2, batch: 8 };
    const checked = (options: Record<string, unknown>, scenario: Scenario = 'class') =>
      check(parseOptions(options), { ...facts, scenario });
    expect(() => checked({ base: 'reloop' })).toThrow('base: reloop cannot correct itself');
    expect(() => checked({ base: 'er', baseOptions: { memory: 2 } })).toThrow(
      'method er: memory: 2 samples are too few',
    );
    expect(() => checked({ base: 'ewc' }, 'task-free')).toThrow('method ewc does not run in the task-free scenario');
    expect(() => checked({ tables: 180, bits: 17 })).toThrow('180 tables of 2^17 buckets are more than 2^24');
    expect(() => checked({ reset: 'task' }, 'task-free')).toThrow('reset: a task-free stream does not tell');
    expect(() => checked({ tables: 180, bits: 16, reset: 'task' })).not.toThrow();
  });
});

describe('the memory', () => {
  const labelsIn = (learner: Learner): number =>
    (learner.model.parameters()['reloop/labels'] as Float32Array).reduce((sum, value) => sum + value, 0);

  test('gets each row once a table, and keeps its size', async () => {
    const options = { tables: 3, bits: 4, gamma: 0.5 };
    const learner = await createLearner('reloop', { engine: onnx, stream, options });
    const bytes = 4 * (16 * 3 * 4 + 2 * 3 * 2 ** 4 * 4);
    expect(learner.cost().extraBytes).toBe(bytes);
    await drive(learner, [begin(stream, 0), observe(batchOf(stream, 0, [0, 1, 2])), observe(batchOf(stream, 0, [3]))]);
    expect(labelsIn(learner)).toBe(3 * 4);
    expect(learner.cost().extraBytes).toBe(bytes);
    const predictions = learner.model.parameters()['reloop/predictions'] as Float32Array;
    expect(predictions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(3 * 4, 4);
  });

  test('is kept from task to task, or emptied at the start of each', async () => {
    for (const [reset, kept] of [
      ['never', 22 * 2 * 2],
      ['task', 0],
    ] as const) {
      const options = { tables: 2, bits: 4, reset };
      const learner = await createLearner('reloop', { engine: onnx, stream, options });
      await drive(learner, eventsOfTask(stream, 0));
      expect(labelsIn(learner)).toBe(22 * 2 * 2);
      await drive(learner, [begin(stream, 1)]);
      expect(labelsIn(learner)).toBe(kept);
    }
  });
});

describe('outputGroups', () => {
  const info = { inputSize: 1, outputCount: 6 };
  test('are the tasks’ outputs in the task scenario, those of tasks that share some together; else one', () => {
    const taskOutputs = [
      [0, 1],
      [2, 3],
      [4, 5],
      [1, 4],
    ];
    const sorted = (groups: number[][]) => groups.map((group) => group.toSorted()).toSorted((a, b) => a[0] - b[0]);
    expect(sorted(outputGroups({ ...info, scenario: 'task', taskOutputs: taskOutputs.slice(0, 3) }))).toEqual(
      taskOutputs.slice(0, 3),
    );
    expect(sorted(outputGroups({ ...info, scenario: 'task', taskOutputs }))).toEqual([
      [0, 1, 4, 5],
      [2, 3],
    ]);
    expect(outputGroups({ ...info, scenario: 'class', taskOutputs })).toEqual([[0, 1, 2, 3, 4, 5]]);
  });
});
