import { afterAll, expect, test } from 'vitest';
import { adam, openEngine, sgd, tf } from '../../engine/index.ts';
import { createClassifier, createTrainer, crossEntropy } from '../../methods/index.ts';
import { blobStream, createLearner, drive, eventsOfTask, setupFor } from './fixtures.ts';

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
