import { afterAll, describe, expect, test } from 'vitest';
import { openEngine, type Arrays } from '../../engine/index.ts';
import type { State } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  end,
  eventsOf,
  eventsOfTask,
  largestDifference,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class', 3);
const rate = 0.1;
const create = (options: Record<string, unknown>) => createLearner('l2', { engine: onnx, stream, options, rate });

/** Where each of the first two tasks ended without a penalty, and a state some updates into the third. */
async function third(anchors: string) {
  const learner = await create({ lambda: 0, anchors });
  const ends: Arrays[] = [];
  for (const task of [0, 1]) {
    await drive(learner, eventsOfTask(stream, task));
    ends.push(copyParameters(learner));
  }
  await drive(learner, eventsOfTask(stream, 2).slice(0, 4));
  return { ends, state: copyState(learner.state()) };
}

describe.each(['last', 'all'])('with the anchors of %s', (anchors) => {
  test('the penalty is the written-out sum of (λ/2)·(θ − θ*)², and so is its gradient', async () => {
    const lambda = 2;
    const { ends, state } = await third(anchors);
    const held = anchors === 'last' ? ends.slice(1) : ends;
    const [without, penalised] = await Promise.all([create({ lambda: 0, anchors }), create({ lambda, anchors })]);
    for (const learner of [without, penalised]) learner.restore(copyState(state));
    const before = copyParameters(without);
    const batch = batchOf(stream, 2, [0, 1, 2, 3]);
    const stats = await penalised.observe(batch);
    const plain = await without.observe(batch);
    let distance = 0;
    for (const [name, theta] of Object.entries(before)) {
      const [a, b] = [without.model.parameters()[name], penalised.model.parameters()[name]];
      theta.forEach((value, i) => {
        const differences = held.map((anchor) => value - anchor[name][i]);
        for (const difference of differences) distance += difference ** 2;
        const pull = rate * lambda * differences.reduce((sum, difference) => sum + difference, 0);
        expect(Math.abs(a[i] - b[i] - pull)).toBeLessThan(1e-6);
      });
    }
    expect(distance).toBeGreaterThan(0.01); // the claims would hold of nothing otherwise
    expect(stats.penalty / ((lambda / 2) * distance)).toBeCloseTo(1, 4);
    expect(stats.loss - plain.loss).toBeCloseTo((lambda / 2) * distance, 4);
  });
});

test('without a gradient of the loss the parameters decay to the anchor by 1 − lr·λ in an update (closed form)', async () => {
  const lambda = 3;
  const learner = await create({ lambda });
  await drive(learner, eventsOfTask(stream, 0));
  const { trainer, anchor } = copyState(learner.state());
  // A softmax that is sure of the right answer has no gradient: one output’s bias is far above all others.
  const parameters = (trainer as State).parameters as Arrays;
  const [start, anchored] = [parameters, (anchor as State).parameters as Arrays];
  for (const values of Object.values(start)) for (let i = 0; i < values.length; i++) values[i] += 0.25;
  start['output/bias'][2] += 1e4;
  anchored['output/bias'][2] += 1e4;
  learner.restore({ trainer, anchor } as State);
  const before = copyParameters(learner);
  const rowsOfOne = [...stream.tasks[1].train.labels.keys()].filter((i) => stream.tasks[1].train.labels[i] === 2);
  await drive(learner, [begin(stream, 1)]);
  await learner.observe(batchOf(stream, 1, rowsOfOne.slice(0, 4)));
  for (const [name, values] of Object.entries(copyParameters(learner)))
    values.forEach((value, i) => {
      const expected = anchored[name][i] + (1 - rate * lambda) * (before[name][i] - anchored[name][i]);
      expect(Math.abs(value - expected)).toBeLessThan(name === 'output/bias' ? 2e-3 : 1e-6);
    });
});

test('the first update of a task is plain: the anchor of the last one is where it starts', async () => {
  const [plain, held] = await Promise.all([create({ lambda: 0 }), create({ lambda: 5 })]);
  for (const learner of [plain, held]) await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
  const batch = batchOf(stream, 1, [0, 1, 2]);
  expect((await held.observe(batch)).penalty).toBe(0);
  await plain.observe(batch);
  expect(largestDifference(plain.model.parameters(), held.model.parameters())).toBe(0);
});

test('with λ = 0 it is finetuning, with λ·lr = 1 it hardly moves', async () => {
  const [free, firm] = await Promise.all([create({ lambda: 0 }), create({ lambda: 1 / rate })]);
  const finetuned = await createLearner('finetune', { engine: onnx, stream, rate });
  for (const learner of [free, finetuned]) await drive(learner, eventsOf(stream));
  expect(largestDifference(free.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  await drive(firm, eventsOfTask(stream, 0));
  const anchor = copyParameters(firm);
  await drive(firm, eventsOfTask(stream, 1).slice(0, -1));
  // θ − θ* is one step of the loss’s own gradient.
  expect(largestDifference(firm.model.parameters(), anchor)).toBeLessThan(0.15);
  await drive(firm, [end(stream, 1)]);
});

test('it holds one anchor and a number for each array', async () => {
  for (const anchors of ['last', 'all']) {
    const learner = await create({ anchors });
    expect(learner.cost().extraBytes).toBe(4 * (16 * 16 + 16 + 16 * 6 + 6) + 4 * 4);
  }
});
