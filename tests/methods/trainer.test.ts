import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { adam, openEngine, sgd, smallCnn, tf, type Tensors } from '../../engine/index.ts';
import {
  allocateRows,
  asRows,
  createClassifier,
  createTrainer,
  crossEntropy,
  putBatch,
  rowSpecs,
} from '../../methods/index.ts';
import { batchOf, blobStream, createLearner, drive, eventsOfTask, largestDifference, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');

test.each([
  ['momentum', sgd({ momentum: 0.9 })],
  ['adam', adam()],
])('a task starts with fresh optimiser state (%s) unless the run keeps it', async (_, optimizer) => {
  const setup = setupFor('finetune', { engine: onnx, stream, optimizer, rate: 0.01 });
  const sizeOfState = async (resetOptimizer: boolean) => {
    const { finetune } = await import('../../methods/finetune.ts');
    const learner = await finetune.create({ ...setup, training: { ...setup.training, resetOptimizer } });
    await drive(learner, eventsOfTask(stream, 0));
    await drive(learner, eventsOfTask(stream, 1).slice(0, 1));
    const { optimizer: state } = learner.state() as unknown as { optimizer: Record<string, Float32Array> };
    return Object.values(state).reduce((sum, values) => values.reduce((part, v) => part + Math.abs(v), sum), 0);
  };
  expect(await sizeOfState(true)).toBe(0);
  expect(await sizeOfState(false)).toBeGreaterThan(0);
});

describe('a trainer', () => {
  const normed = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4], hidden: 8, norm: 'batch' });
  const inputs = { rows: rowSpecs(8, 16) };
  const rows = allocateRows(8, 16);
  putBatch(rows, batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]), 0, 1 / 8);
  const make = async (rate = 0.5) => {
    const setup = setupFor('finetune', { engine: onnx, stream, network: normed, rate });
    const trainer = createTrainer(setup);
    const loss = (parameters: Tensors, given: { rows: Tensors }) => ({
      loss: trainer.classifier.loss(parameters, asRows(given.rows)),
    });
    const step = await trainer.compileLoss('step', inputs, loss);
    const pass = await trainer.compilePass('pass', inputs, (parameters, given) => {
      const result = trainer.lossGradients((p) => loss(p, given), parameters);
      return { loss: result.loss, bias: result.gradients['output/bias'] };
    });
    return { trainer, setup, step, pass };
  };

  test('computes in a pass what a step does, and moves its statistics, but not its parameters', async () => {
    const [one, other] = [await make(), await make()];
    const before = structuredClone(one.trainer.parameters);
    const bias = new Float32Array(8).fill(7);
    const { loss } = await one.pass({ rows }, { bias: bias.subarray(2, 6) });
    expect(one.trainer.parameters).toEqual(before);
    const stepped = await other.step({ rows });
    expect(loss[0]).toBeCloseTo(stepped.loss, 6);
    expect(largestDifference(one.trainer.statistics, other.trainer.statistics)).toBeLessThan(1e-6);
    expect(largestDifference(one.trainer.statistics, normed.initStatistics())).toBeGreaterThan(0.01);
    // The gradient, in the middle of what it was to be written into: the step went half of it.
    const moved = other.trainer.parameters['output/bias'];
    moved.forEach((value, i) => expect(bias[2 + i]).toBeCloseTo((before['output/bias'][i] - value) / 0.5, 5));
    expect([...bias.subarray(0, 2), ...bias.subarray(6)]).toEqual([7, 7, 7, 7]);
    expect(one.trainer.flops).toBeGreaterThan(0);
  });

  test('steps at a rate of its own where it is given one, and else at that of the run', async () => {
    const [own, run] = [await make(0.5), await make(0.125)];
    await own.step({ rows }, 0.125);
    await run.step({ rows });
    expect(largestDifference(own.trainer.parameters, run.trainer.parameters)).toBe(0);
    await own.step({ rows });
    await run.step({ rows }, 0.5);
    expect(largestDifference(own.trainer.parameters, run.trainer.parameters)).toBe(0);
  });

  test('starts anew as if it had just been made, whatever went before', async () => {
    const [used, fresh] = [await make(), await make()];
    for (let i = 0; i < 3; i++) await used.step({ rows });
    used.trainer.restart(used.setup.initial, createRng('anew'));
    fresh.trainer.restart(fresh.setup.initial, createRng('anew'));
    for (const { step } of [used, fresh]) await step({ rows });
    const { flops: usedFlops, ...state } = used.trainer.state();
    const { flops, ...expected } = fresh.trainer.state();
    expect(state).toEqual(expected);
    expect(usedFlops).toBe(4 * (flops as number));
  });
});

test('a step by gradients given by hand moves against them, and counts its operations', async () => {
  const setup = setupFor('finetune', { engine: onnx, stream, hidden: [], rate: 0.5 });
  const trainer = createTrainer(setup);
  const step = await trainer.compile('by hand', {}, (parameters) => ({
    loss: tf.scalar(7),
    gradients: Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, tf.mul(p, 0.2)])),
    aux: { twice: tf.mul(parameters['output/bias'], 2) },
  }));
  const before = structuredClone(trainer.parameters);
  const { loss, aux } = await step({});
  expect(loss).toBe(7);
  for (const [name, values] of Object.entries(before))
    values.forEach((value, i) => expect(trainer.parameters[name][i]).toBeCloseTo(0.9 * value, 6));
  before['output/bias'].forEach((value, i) => expect(aux.twice[i]).toBeCloseTo(2 * value, 6));
  expect(trainer.flops).toBeGreaterThan(0);
  const { flops } = trainer;
  trainer.addFlops(5);
  expect(trainer.flops).toBe(flops! + 5);
  trainer.addFlops(null);
  expect(trainer.flops).toBeNull();
});

test('the cross-entropy of hand-made logits is the table’s: weights scale rows, and zero rows vanish', async () => {
  const program = await onnx.compile(
    'cross-entropy',
    () => ({
      loss: crossEntropy(
        tf.tensor2d([
          [0, Math.log(3)],
          [Math.log(4), 0],
          [1e3, -1e3],
        ]),
        tf.tensor1d([0, 0, 1], 'int32'),
        tf.tensor1d([1, 2, 0]),
      ),
    }),
    {},
  );
  // −ln(1/4) − 2·ln(4/5).
  expect((await program.run({})).loss[0]).toBeCloseTo(Math.log(4) + 2 * Math.log(1.25), 6);
});

test('in the task scenario only the outputs of a row’s task compete, elsewhere all do', async () => {
  const competing = async (scenario: 'class' | 'task') => {
    const setup = setupFor('finetune', { engine: onnx, stream: blobStream('split', scenario) });
    const classifier = createClassifier(setup.network, setup.stream);
    const program = await onnx.compile(
      'compete',
      () => ({ p: tf.softmax(classifier.compete(tf.zeros([2, 4]), tf.tensor1d([1, 0], 'int32'))) }),
      {},
    );
    return [...(await program.run({})).p];
  };
  expect(await competing('task')).toEqual([0, 0, 0.5, 0.5, 0.5, 0.5, 0, 0]);
  expect(await competing('class')).toEqual([0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]);
});

test('methods of one run start from the same parameters', async () => {
  const [one, other] = await Promise.all(['er', 'ewc'].map((name) => createLearner(name, { engine: onnx, stream })));
  expect(one.model.parameters()).toEqual(other.model.parameters());
});
