import { afterAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../../benchmarks/index.ts';
import { float32, mlp, openEngine, sgd, smallCnn, type Arrays, type Tensor2D } from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { groupedDivergence } from '../../methods/lwf.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
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

/** The third task of three of two classes, learner and teacher apart: what an update says, and what the written-out sums are. */
async function thirdTask(scenario: 'class' | 'task', options: Record<string, unknown>) {
  const stream = blobStream('split', scenario, 3);
  const { network } = setupFor('lwf', { engine: onnx, stream });
  const learner = await createLearner('lwf', { engine: onnx, stream, options });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1), begin(stream, 2)]);
  const teacher = copyParameters(learner);
  wander(learner);
  const student = copyParameters(learner);
  const batch = batchOf(stream, 2, [0, 1, 2, 3]);
  const stats = await learner.observe(batch);
  const mean = (of: (x: Float32Array, i: number) => number) =>
    [0, 1, 2, 3].reduce((sum, i) => sum + of(rowOf(batch, i), i) / 4, 0);
  const divergenceOver = (groups: number[][], T: number) =>
    mean((x) => divergence(forward(network, teacher, x), forward(network, student, x), groups, T));
  const competing = scenario === 'task' ? stream.tasks[2].outputs : [0, 1, 2, 3, 4, 5];
  const crossEntropy = mean((x, i) => -logSoftmax(forward(network, student, x), competing)[batch.y[i]]);
  return { stats, divergenceOver, crossEntropy };
}

const heads = [[0, 1], [2, 3]]; // prettier-ignore
const joint = [[0, 1, 2, 3]];

test.each([
  ['task', 'auto', heads],
  ['task', 'heads', heads],
  ['task', 'joint', joint],
  ['class', 'auto', joint],
  ['class', 'joint', joint],
  ['class', 'heads', heads],
] as const)('in the %s scenario the form %s distils the outputs %j', async (scenario, form, groups) => {
  const { stats, divergenceOver } = await thirdTask(scenario, { form });
  expect(stats.distillation).toBeCloseTo(4 * divergenceOver(groups as number[][], 2), 5);
  // One softmax over both is another number.
  expect(Math.abs(divergenceOver(heads, 2) - divergenceOver(joint, 2))).toBeGreaterThan(0.01);
});

test('the factor T² can be left out', async () => {
  const { stats, divergenceOver } = await thirdTask('class', { temperature: 3, squaredTemperature: false });
  expect(stats.distillation).toBeCloseTo(divergenceOver(joint, 3), 5);
});

// Avalanche's split MNIST of the class scenario: CE/k + α_k·KL, without T², one α a task.
test('λ can be one number a task, and the cross-entropy divided by the number of tasks', async () => {
  const options = { lambda: [0, 0.5, 1.33], divideByTasks: true, squaredTemperature: false };
  const { stats, divergenceOver, crossEntropy } = await thirdTask('class', options);
  expect(stats.distillation).toBeCloseTo(1.33 * divergenceOver(joint, 2), 5);
  expect(stats.loss).toBeCloseTo(crossEntropy / 3 + 1.33 * divergenceOver(joint, 2), 4);
});

test('refuses a list of λ that does not fit the stream, and what the domain scenario has no heads for', () => {
  const check = (scenario: Scenario, options: Record<string, unknown>) => () => {
    const facts = { scenario, images: true, outputCount: 10, taskCount: 5, outputsPerTask: 2, batch: 10 };
    findMethod('lwf').check(findMethod('lwf').parseOptions(options), facts);
  };
  expect(check('class', { lambda: [0, 1, 2, 3, 4] })).not.toThrow();
  expect(check('class', { lambda: [0, 1, 2] })).toThrow(
    'method lwf: lambda: a list of 3 for a stream of 5 tasks; give 5 numbers, or one for all tasks',
  );
  expect(check('domain', { form: 'joint' })).not.toThrow();
  expect(check('domain', { form: 'heads' })).toThrow('the domain scenario has one head');
  expect(check('domain', { warmup: 3 })).toThrow('no task of the domain scenario but the first has new outputs');
});

test('says what comparisons depend on', () => {
  const said = (options: Record<string, unknown>) =>
    findMethod('lwf').conventions(findMethod('lwf').parseOptions(options)).join('\n');
  expect(said({})).toContain('KL(teacher ‖ learner) at T = 2, times T²');
  expect(said({ squaredTemperature: false })).toContain('without the factor T²');
  expect(said({ form: 'joint' })).toContain('all old outputs as one distribution');
  expect(said({})).not.toContain('warm-up');
  expect(said({ warmup: 7 })).toContain('warm-up: 7 updates');
});

describe.each(['class', 'task'] as const)('the warm-up in the %s scenario', (scenario) => {
  const stream = blobStream('split', scenario);
  const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });
  // What an update of everything would move even without a gradient.
  const optimizer = sgd({ momentum: 0.9, weightDecay: 0.01 });
  const second = eventsOfTask(stream, 1);

  test('trains the weights of the new outputs alone, and then all', async () => {
    const setup = setupFor('lwf', { engine: onnx, stream, network, optimizer, rate: 0.05, options: { warmup: 3 } });
    const learner = await findMethod('lwf').create({
      ...setup,
      training: { ...setup.training, resetOptimizer: false },
    });
    await drive(learner, eventsOfTask(stream, 0));
    const before = copyParameters(learner);
    const velocity = () => (copyState(learner.state()).trainer as unknown as { optimizer: Arrays }).optimizer;
    const kept = velocity();

    await drive(learner, second.slice(0, 3));
    const during = copyParameters(learner);
    for (const [name, values] of Object.entries(before)) {
      // `[inputs, outputs]`, or `[outputs]`: the last index is the output.
      const moved = [...values].flatMap((value, i) => (value === during[name][i] ? [] : [i % 4]));
      const ours = name === 'output/weight' || name === 'output/bias';
      expect(new Set(moved), name).toEqual(new Set(ours ? [2, 3] : []));
    }
    expect(largestDifference(during, before)).toBeGreaterThan(0.001);

    await drive(learner, second.slice(3, 4));
    expect(velocity(), 'the optimiser goes on as it was before the warm-up').toEqual(kept);
    await drive(learner, second.slice(4, 5));
    const after = copyParameters(learner);
    for (const [name, values] of Object.entries(during))
      expect(
        values.some((value, i) => value !== after[name][i]),
        name,
      ).toBe(true);
  });

  test('moves them as finetuning does, at less cost', async () => {
    const plain = mlp({ inputs: 16, hidden: [16], outputs: 4 });
    const conditions = { engine: onnx, stream, network: plain };
    const warm = await createLearner('lwf', { ...conditions, options: { warmup: 5 } });
    const finetuned = await createLearner('finetune', conditions);
    const costs = [];
    for (const learner of [warm, finetuned]) {
      await drive(learner, eventsOfTask(stream, 0));
      const before = learner.cost().flops!;
      await drive(learner, second.slice(0, 2));
      costs.push(learner.cost().flops! - before);
    }
    const [ours, theirs] = [warm, finetuned].map((learner) => copyParameters(learner)['output/weight']);
    const newer = [...ours.keys()].filter((i) => i % 4 >= 2);
    for (const i of newer) expect(ours[i]).toBeCloseTo(theirs[i], 6);
    expect(costs[0]).toBeLessThan(0.7 * costs[1]);
  });

  test('that lasts as long as the task ends with it, and the user is told', async () => {
    const warnings: string[] = [];
    const setup = setupFor('lwf', { engine: onnx, stream, options: { warmup: 1000 } });
    const learner = await findMethod('lwf').create({ ...setup, warn: (message) => warnings.push(message) });
    await drive(learner, [...eventsOfTask(stream, 0), ...second]);
    expect(warnings).toEqual([expect.stringContaining('warmup=1000 took all updates of task 2')]);
    expect((learner.state() as { cold: number }).cold).toBe(0);
  });

  test.each([1, 4])('goes on from a checkpoint %i updates into the task to the bit', async (cut) => {
    const conditions = { engine: onnx, stream, network, optimizer, rate: 0.05, options: { warmup: 3 } };
    const learner = await createLearner('lwf', conditions);
    await drive(learner, [...eventsOfTask(stream, 0), ...second.slice(0, 1 + cut)]);
    const restored = await createLearner('lwf', { ...conditions, seed: 2 });
    restored.restore(copyState(learner.state()));
    const rest = second.slice(1 + cut);
    expect(await drive(restored, rest)).toEqual(await drive(learner, rest));
    expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
  });
});

test('it holds a second copy of the parameters', async () => {
  const learner = await createLearner('lwf', { engine: onnx, stream: blobStream('split', 'class') });
  expect(learner.cost().extraBytes).toBe(4 * (16 * 16 + 16 + 16 * 4 + 4));
});
