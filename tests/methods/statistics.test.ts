import { afterAll, describe, expect, test } from 'vitest';
import {
  float32,
  openEngine,
  smallCnn,
  tf,
  type Arrays,
  type Tensor1D,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { createTrainer, allocateRows, asRows, putBatch, rowSpecs, type Batch } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  largestDifference,
  setupFor,
} from './fixtures.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

const stream = blobStream('split', 'class');
const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [3, 4], hidden: 6, norm: 'batch' });
const conditions = { engine: cpu, stream, network, rate: 0.1 };
const names = Object.keys(network.statistics);
const statisticsIn = (arrays: Arrays): Arrays => Object.fromEntries(names.map((name) => [name, arrays[name]]));

/** Where one forward pass in train mode over these rows moves the statistics, by the network itself. */
async function movedBy(arrays: Arrays, x: Float32Array, counted: readonly number[]): Promise<Arrays> {
  const program = await cpu.compile(
    'moved',
    (given) => {
      let moved: Tensors = {};
      network.apply(given.parameters, given.x as Tensor2D, {
        mode: 'train',
        statistics: given.statistics,
        counted: given.counted as Tensor1D,
        moved: (tensors) => (moved = tensors),
      });
      return { moved };
    },
    {
      parameters: network.parameters,
      statistics: network.statistics,
      x: float32(counted.length, 16),
      counted: float32(counted.length),
    },
  );
  const result = await program.run({
    parameters: arrays,
    statistics: statisticsIn(arrays),
    x,
    counted: Float32Array.from(counted),
  });
  return result.moved as Arrays;
}

const rowsOf = (batch: Batch): Float32Array => batch.x.subarray(0, batch.size * 16);
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe('a training step', () => {
  test('moves the running statistics as the rows of its batch do, and those of padding rows do not', async () => {
    for (const [rows, padding] of [
      [[0, 1, 2, 3, 4, 5, 6, 7], 0],
      [[3, 9, 4], 0],
      [[3, 9, 4], 50],
    ] as const) {
      // prettier-ignore
      const learner = await createLearner('finetune', conditions);
      const before = copyParameters(learner);
      const batch = batchOf(stream, 0, rows, 8, padding);
      await learner.observe(batch);
      const expected = await movedBy(before, rowsOf(batch), ones(batch.size));
      expect(largestDifference(expected, learner.model.parameters())).toBeLessThan(1e-5);
      expect(largestDifference(expected, statisticsIn(before))).toBeGreaterThan(1e-3);
    }
  });

  test('of two forward passes moves them twice, the second from where the first left them (a-gem: batch, then memory)', async () => {
    // Six slots for each class of each task. The reference batch is larger than what is stored, so all of it is drawn.
    const learner = await createLearner('a-gem', { ...conditions, options: { memory: 24, referenceBatch: 24 } });
    await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
    const before = copyParameters(learner);
    const { buffer } = copyState(learner.state()) as unknown as { buffer: { store: { x: Float32Array } } };
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]);
    await learner.observe(batch);
    const once = await movedBy(before, rowsOf(batch), ones(8));
    const twice = await movedBy({ ...before, ...once }, buffer.store.x.subarray(0, 12 * 16), ones(12));
    expect(largestDifference(twice, learner.model.parameters())).toBeLessThan(1e-5);
    expect(largestDifference(once, learner.model.parameters())).toBeGreaterThan(1e-3);
  });
});

describe('the trainer', () => {
  const rowInputs = { first: rowSpecs(4, 16), second: rowSpecs(4, 16) };
  const rowsFor = (selected: readonly number[]) => {
    const rows = allocateRows(4, 16);
    putBatch(rows, batchOf(stream, 0, selected, 4), 0, 1 / selected.length);
    return rows;
  };

  test('goes on in a second pass of a step from the statistics that the first one left', async () => {
    const trainer = createTrainer(setupFor('finetune', conditions));
    const before = structuredClone(trainer.model.parameters());
    const step = await trainer.compileLoss('two passes', rowInputs, (parameters, inputs) => {
      trainer.classifier.loss(parameters, asRows(inputs.first));
      return { loss: trainer.classifier.loss(parameters, asRows(inputs.second)) };
    });
    const [first, second] = [rowsFor([0, 1, 2, 3]), rowsFor([9, 8, 5])];
    await step({ first, second });
    const once = await movedBy(before, first.x, ones(4));
    const twice = await movedBy({ ...before, ...once }, second.x, [1, 1, 1, 0]);
    expect(largestDifference(twice, trainer.statistics)).toBeLessThan(1e-5);
    expect(largestDifference(once, trainer.statistics)).toBeGreaterThan(1e-3);
  });

  test('keeps the statistics where a step makes no pass', async () => {
    const trainer = createTrainer(setupFor('finetune', conditions));
    const step = await trainer.compile('no pass', {}, (parameters) => ({
      loss: Object.values(parameters)[0].sum().asScalar(),
      gradients: parameters,
    }));
    await step({});
    expect(trainer.statistics).toEqual(network.initStatistics());
  });

  test('shows parameters and statistics in its model, which is in inference mode', async () => {
    const trainer = createTrainer(setupFor('finetune', conditions));
    const { model } = trainer;
    expect(model.specs).toEqual({ ...network.parameters, ...network.statistics });
    expect(Object.keys(model.parameters())).toEqual(Object.keys(model.specs));
    const step = await trainer.compileLoss('step', { rows: rowSpecs(4, 16) }, (parameters, inputs) => ({
      loss: trainer.classifier.loss(parameters, asRows(inputs.rows)),
    }));
    for (let i = 0; i < 3; i++) await step({ rows: rowsFor([0, 1, 2, 3]) });
    const inputs = { arrays: model.specs, x: float32(2, 16) };
    const shown = await cpu.compile('model', ({ arrays, x }) => ({ z: model.logits(arrays, x as Tensor2D) }), inputs);
    const direct = await cpu.compile(
      'network',
      ({ arrays, x }) => ({ z: network.apply(arrays, x as Tensor2D, { mode: 'inference', statistics: arrays }) }),
      inputs,
    );
    const x = batchOf(stream, 1, [0, 1], 2).x;
    const arrays = { ...trainer.parameters, ...trainer.statistics };
    const { z } = await shown.run({ arrays: model.parameters(), x });
    expect(z).toEqual((await direct.run({ arrays, x })).z);
    const untouched = { ...arrays, ...network.initStatistics() };
    expect(z).not.toEqual((await direct.run({ arrays: untouched, x })).z);
  });
});

test('LwF’s teacher keeps the statistics that it was copied with', async () => {
  const learner = await createLearner('lwf', conditions);
  await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
  const atSwitch = copyParameters(learner);
  await drive(learner, eventsOfTask(stream, 1).slice(1, 5));
  const { teacher } = copyState(learner.state()) as unknown as { teacher: Arrays };
  expect(teacher).toEqual(atSwitch);
  expect(largestDifference(statisticsIn(teacher), learner.model.parameters())).toBeGreaterThan(1e-3);
});

test.each(['a-gem', 'lwf', 'ewc'])('%s leaves no tensors behind in an eager engine', async (name) => {
  const learner = await createLearner(name, { ...conditions, options: name === 'ewc' ? { fisherSamples: 12 } : {} });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1)]);
  const { numTensors } = tf.memory();
  await drive(learner, eventsOfTask(stream, 1));
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('EWC’s Fisher pass moves no statistics', async () => {
  const learner = await createLearner('ewc', { ...conditions, options: { fisherSamples: 5 } });
  const events = eventsOfTask(stream, 0);
  await drive(learner, events.slice(0, -1));
  const before = copyParameters(learner);
  await drive(learner, events.slice(-1));
  expect(copyParameters(learner)).toEqual(before);
});
