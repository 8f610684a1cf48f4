import { afterAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../../benchmarks/index.ts';
import { float32, openEngine, type Arrays, type Tensor2D } from '../../engine/index.ts';
import type { Learner } from '../../methods/index.ts';
import { groupedDivergence } from '../../methods/lwf.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  largestDifference,
  logSoftmax,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** Σ over groups of KL(softmax(t/T) ‖ softmax(s/T)) over the group's outputs, term by term. */
function divergence(t: readonly number[], s: readonly number[], groups: readonly (readonly number[])[], T: number) {
  let sum = 0;
  for (const group of groups) {
    const target = logSoftmax(t.map((z) => z / T), group); // prettier-ignore
    const learner = logSoftmax(s.map((z) => z / T), group); // prettier-ignore
    for (const k of group) sum += Math.exp(target[k]) * (target[k] - learner[k]);
  }
  return sum;
}

test('the divergence is the written-out sum over groups and outputs', async () => {
  const teacher = [
    [1, -2, 0.5, 3, 9],
    [0, 0, 4, -1, -9],
  ];
  const student = [
    [0.2, 1, -3, 2, 5],
    [1, 2, 3, 4, 5],
  ];
  // The last group has no outputs: a task that is still to come.
  const groups = [[0, 2], [1, 3], []];
  const program = await onnx.compile(
    'divergence',
    ({ t, s, g }) => ({ sums: groupedDivergence(t as Tensor2D, s as Tensor2D, g as Tensor2D, 2) }),
    { t: float32(2, 5), s: float32(2, 5), g: float32(3, 5) },
  );
  const { sums } = await program.run({
    t: Float32Array.from(teacher.flat()),
    s: Float32Array.from(student.flat()),
    g: Float32Array.from(groups.flatMap((group) => [0, 1, 2, 3, 4].map((k) => Number(group.includes(k))))),
  });
  teacher.forEach((t, i) => expect(sums[i]).toBeCloseTo(divergence(t, student[i], groups, 2), 5));
  // By hand, one group of two outputs with logits 2 and 0 against 0 and 0 at T = 2: p = e/(1+e); p·ln(2p) + (1−p)·ln(2(1−p)).
  const p = Math.E / (1 + Math.E);
  expect(divergence([2, 0], [0, 0], [[0, 1]], 2)).toBeCloseTo(
    p * Math.log(2 * p) + (1 - p) * Math.log(2 * (1 - p)),
    12,
  );
});

/** Moves the learner away from its teacher, as far as long training would. */
function wander(learner: Learner): void {
  const state = copyState(learner.state());
  for (const values of Object.values((state.trainer as { parameters: Arrays }).parameters))
    for (let i = 0; i < values.length; i++) values[i] *= 2 + 4 * Math.sin(i);
  learner.restore(state);
}

/** Outputs of the first task in the second, by scenario: what is distilled together. */
const expectedGroups: Record<Exclude<Scenario, 'task-free'>, number[][]> = {
  class: [[0, 1]],
  task: [[0, 1]],
  domain: [[0, 1]],
};

describe.each(['class', 'task', 'domain'] as const)('in the %s scenario', (scenario) => {
  const stream = blobStream('split', scenario);
  const create = (options: Record<string, unknown>) => createLearner('lwf', { engine: onnx, stream, options });

  test('the loss is cross-entropy + λ·T²·mean divergence from the model before the task', async () => {
    const options = { lambda: 0.5, temperature: 3 };
    const { network } = setupFor('lwf', { engine: onnx, stream });
    const learner = await create(options);
    await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
    const teacher = copyParameters(learner);
    wander(learner);
    const student = copyParameters(learner);
    const batch = batchOf(stream, 1, [3, 4, 5, 6, 7]);
    const stats = await learner.observe(batch);

    let distillation = 0;
    let crossEntropy = 0;
    for (let i = 0; i < batch.size; i++) {
      const z = forward(network, student, rowOf(batch, i));
      distillation +=
        divergence(forward(network, teacher, rowOf(batch, i)), z, expectedGroups[scenario], 3) / batch.size;
      const competing = scenario === 'task' ? stream.tasks[1].outputs : z.map((_, k) => k);
      crossEntropy -= logSoftmax(z, competing)[batch.y[i]] / batch.size;
    }
    expect(distillation).toBeGreaterThan(0.01);
    expect(stats.distillation).toBeCloseTo(0.5 * 9 * distillation, 5);
    expect(stats.loss).toBeCloseTo(crossEntropy + 0.5 * 9 * distillation, 5);
  });

  test('with λ = 0 it is finetuning', async () => {
    const learner = await create({ lambda: 0 });
    const finetuned = await createLearner('finetune', { engine: onnx, stream });
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });

  test('the first update after a boundary is plain: learner and teacher are still one', async () => {
    const [learner, plain] = await Promise.all([create({ lambda: 5 }), create({ lambda: 0 })]);
    const events = [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 2)];
    const stats = await drive(learner, events);
    await drive(plain, events);
    expect(stats[stats.length - 1].distillation).toBeCloseTo(0, 6);
    expect(largestDifference(learner.model.parameters(), plain.model.parameters())).toBeLessThan(1e-6);
  });
});

test('in the task scenario each old head is distilled as a distribution of its own', async () => {
  // Three tasks of two classes: in the third, two heads.
  const stream = blobStream('split', 'task', 3);
  const { network } = setupFor('lwf', { engine: onnx, stream });
  const learner = await createLearner('lwf', { engine: onnx, stream });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1), begin(stream, 2)]);
  const teacher = copyParameters(learner);
  wander(learner);
  const student = copyParameters(learner);
  const batch = batchOf(stream, 2, [0, 1, 2, 3]);
  const { distillation } = await learner.observe(batch);
  const meanOver = (groups: number[][]) =>
    [0, 1, 2, 3].reduce((sum, i) => {
      const x = rowOf(batch, i);
      return sum + divergence(forward(network, teacher, x), forward(network, student, x), groups, 2) / 4;
    }, 0);
  const heads = meanOver([[0, 1], [2, 3]]); // prettier-ignore
  expect(distillation).toBeCloseTo(4 * heads, 5);
  expect(Math.abs(meanOver([[0, 1, 2, 3]]) - heads)).toBeGreaterThan(0.01); // one softmax over both is another number
});

test('it holds a second copy of the parameters', async () => {
  const learner = await createLearner('lwf', { engine: onnx, stream: blobStream('split', 'class') });
  expect(learner.cost().extraBytes).toBe(4 * (16 * 16 + 16 + 16 * 4 + 4));
});
