import { afterAll, describe, expect, test } from 'vitest';
import { adam, float32, openEngine, sgd, type Arrays } from '../../engine/index.ts';
import { findMethod, type Learner, type State } from '../../methods/index.ts';
import { alongPath } from '../../methods/shared/pathIntegral.ts';
import { addStretch, mergeScore, runningFisher, walkImportance } from '../../methods/shared/riemannianWalk.ts';
import { batchGradient } from './backprop.ts';
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
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const rate = 0.1;
const conditions = { engine: onnx, stream, rate };
const create = (options: Record<string, unknown> = {}, more = {}) =>
  createLearner('rwalk', { ...conditions, options, ...more });
const { network } = setupFor('rwalk', conditions);

interface Kept {
  readonly trainer: { readonly tracked: Arrays };
  readonly anchor: { readonly parameters: Arrays; readonly importance: Arrays };
  readonly score: Arrays;
  readonly meanScore: Arrays;
}
const keptBy = (learner: Learner): Kept => copyState(learner.state()) as unknown as Kept;

describe('four steps of two parameters by hand, α = ½, Δt = 2, ε = 0.1', () => {
  const walk = [
    [1, 2],
    [0.5, 2.25],
    [0.25, 2],
    [0.5, 2.5],
    [0.5, 2.75],
  ];
  const gradients = [
    [2, -1],
    [1, 1],
    [-1, 2],
    [0, -2],
  ];
  // F starts as g² = 4, 1; then ½·1 + ½·4, ½·1 + ½·1; ½·1 + ½·2.5, ½·4 + ½·1; 0 + ½·1.75, ½·4 + ½·2.5.
  const fishers = [
    [4, 1],
    [2.5, 1],
    [1.75, 2.5],
    [0.875, 3.25],
  ];
  // ℓ = −g·Δθ: 2·0.5, 1·0.25; + 1·0.25, + 1·0.25; anew 1·0.25, −2·0.5; + 0, + 2·0.25.
  const paths = [
    [1, 0.25],
    [1.25, 0.5],
    [0.25, -1],
    [0.25, -0.5],
  ];
  // After two steps θ went by −0.75 and 0, after the next two by 0.25 and 0.75.
  const scores = [
    [1.25 / (0.5 * 2.5 * 0.5625 + 0.1), 0.5 / 0.1],
    [0.25 / (0.5 * 0.875 * 0.0625 + 0.1), -0.5 / (0.5 * 3.25 * 0.5625 + 0.1)],
  ];
  const total = [1.55642 + 1.96319, 5 - 0.493066];
  const of = (values: readonly number[]): Arrays => ({ w: Float32Array.from(values) });
  const near = (expected: readonly number[]): unknown[] => expected.map((value) => expect.closeTo(value, 5));

  test('the Fisher information, the path and the score', async () => {
    const specs = { w: float32(2) };
    const program = await onnx.compile(
      'walk',
      ({ fisher, path, g, before, after, share }) => ({
        fisher: runningFisher(fisher, g, share.w),
        path: alongPath(path, g, before, after),
      }),
      { fisher: specs, path: specs, g: specs, before: specs, after: specs, share: { w: float32() } },
    );
    let fisher = of([0, 0]);
    let path = of([0, 0]);
    let start = of(walk[0]);
    const score = of([0, 0]);
    for (const [i, g] of gradients.entries()) {
      const [before, after] = [of(walk[i]), of(walk[i + 1])];
      const given = { fisher, path, g: of(g), before, after, share: of([i === 0 ? 1 : 0.5]) };
      ({ fisher, path } = await program.run(given as never));
      expect([...fisher.w]).toEqual(near(fishers[i]));
      expect([...path.w]).toEqual(near(paths[i]));
      if (i % 2 === 0) continue;
      addStretch(score, { path, fisher, start, end: after }, 0.1);
      [path, start] = [of([0, 0]), after];
      expect([...score.w]).toEqual(near(i === 1 ? scores[0] : total));
    }
    expect([...of(scores[0].map((value, i) => value + scores[1][i])).w]).toEqual(near(total));
  });

  test('the importance after one task, and after another whose score is −12 and 1', () => {
    const [mean, importance] = [of([0, 0]), of([0, 0])];
    mergeScore(mean, of(total), true);
    expect([...mean.w]).toEqual(near(total));
    walkImportance(importance, of(fishers[3]), mean);
    // 0.875/3.25 + 3.51961/4.506934, and the largest of both.
    expect([...importance.w]).toEqual(near([0.269231 + 0.780933, 2]));
    mergeScore(mean, of([-12, 1]), false);
    expect([...mean.w]).toEqual(near([-4.240195, 2.753467]));
    walkImportance(importance, of(fishers[3]), mean);
    expect([...importance.w]).toEqual(near([0.269231, 2]));
  });

  test('maxima are over all parameters, and a term without a positive one counts nothing', () => {
    const two = (a: readonly number[], b: readonly number[]): Arrays => ({
      a: Float32Array.from(a),
      b: Float32Array.from(b),
    });
    const importance = two([0, 0], [0]);
    walkImportance(importance, two([1, 2], [4]), two([-1, 0], [-3]));
    expect([...importance.a, ...importance.b]).toEqual([0.25, 0.5, 1]);
    walkImportance(importance, two([0, 0], [0]), two([2, -1], [8]));
    expect([...importance.a, ...importance.b]).toEqual([0.25, 0, 1]);
  });
});

test.each([
  ['sgd with momentum', { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 }],
  ['adam', { optimizer: adam(), rate: 0.01 }],
])(
  'with %s a run of two tasks keeps what the equations, written out in 64 bits, make of its path',
  async (_, training) => {
    const { alpha, interval, epsilon, lambda } = { alpha: 0.7, interval: 3, epsilon: 1e-3, lambda: 0.2 };
    const learner = await create({ alpha, interval, epsilon, lambda }, training);
    const zeros = (): Record<string, Float64Array> =>
      Object.fromEntries(
        Object.entries(copyParameters(learner)).map(([name, v]) => [name, new Float64Array(v.length)]),
      );
    const [fisher, mean, importance] = [zeros(), zeros(), zeros()];
    const each = (fn: (name: string, i: number) => void): void => {
      for (const [name, values] of Object.entries(fisher)) values.forEach((_value, i) => fn(name, i));
    };
    const largest = (group: Record<string, Float64Array>) =>
      Math.max(...Object.values(group).flatMap((values) => [...values]));
    let updates = 0;
    for (const task of [0, 1]) {
      await drive(learner, [begin(stream, task)]);
      let [path, start] = [zeros(), copyParameters(learner)];
      const score = zeros();
      // 7 updates: two stretches of three, and one that is left over.
      for (let i = 0; i < 7; i++) {
        const batch = batchOf(stream, task, [3 * i, 3 * i + 1, 3 * i + 2]);
        const before = copyParameters(learner);
        await learner.observe(batch);
        const after = copyParameters(learner);
        const gradient = batchGradient(network, before, batch, [0, 1, 2, 3]);
        each((name, k) => {
          const g = gradient[name][k];
          fisher[name][k] = updates === 0 ? g * g : alpha * g * g + (1 - alpha) * fisher[name][k];
          path[name][k] -= g * (after[name][k] - before[name][k]);
        });
        updates++;
        if ((i + 1) % interval !== 0) continue;
        each((name, k) => {
          const distance = 0.5 * fisher[name][k] * (after[name][k] - start[name][k]) ** 2;
          score[name][k] += path[name][k] / (distance + epsilon);
        });
        [path, start] = [zeros(), after];
      }
      const running = keptBy(learner);
      each((name, k) => {
        const scale = 1e-4 * Math.max(1, Math.abs(score[name][k]));
        expect(Math.abs(running.score[name][k] - score[name][k])).toBeLessThan(scale);
        expect(Math.abs(running.trainer.tracked[`path/${name}`][k] - path[name][k])).toBeLessThan(1e-5);
        expect(Math.abs(running.trainer.tracked[`fisher/${name}`][k] - fisher[name][k])).toBeLessThan(1e-5);
      });
      expect(largest(path)).toBeGreaterThan(1e-4);
      await drive(learner, [end(stream, task)]);
      each((name, k) => (mean[name][k] = task === 0 ? score[name][k] : (mean[name][k] + score[name][k]) / 2));
      const [most, best] = [largest(fisher), largest(mean)];
      each((name, k) => (importance[name][k] = fisher[name][k] / most + Math.max(0, mean[name][k]) / best));
      const kept = keptBy(learner);
      each((name, k) => expect(kept.anchor.importance[name][k]).toBeCloseTo(importance[name][k], 3));
      expect(kept.anchor.parameters).toEqual(copyParameters(learner));
      expect(Object.values(kept.score).every((values) => values.every((value) => value === 0))).toBe(true);
    }
  },
);

test('the penalty adds 2λ·importance·(θ − θ*) to the gradient: two steps from one state that differ in λ only', async () => {
  const lambda = 2;
  const start = await create();
  await drive(start, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1).slice(0, 4)]);
  const state: State = copyState(start.state());
  const batch = batchOf(stream, 1, [0, 1, 2, 3]);
  const [without, penalized] = await Promise.all([create({ lambda: 0 }), create({ lambda })]);
  for (const learner of [without, penalized]) learner.restore(copyState(state));
  const before = copyParameters(without);
  const stats = await penalized.observe(batch);
  const plainStats = await without.observe(batch);
  const [a, b] = [without, penalized].map((learner) => learner.model.parameters());
  const { anchor } = state as unknown as Kept;
  let [distance, moved] = [0, 0];
  for (const [name, importance] of Object.entries(anchor.importance))
    importance.forEach((weight, i) => {
      const apart = before[name][i] - anchor.parameters[name][i];
      distance += weight * apart ** 2;
      const pull = rate * 2 * lambda * weight * apart;
      expect(Math.abs(a[name][i] - b[name][i] - pull)).toBeLessThan(1e-6);
      moved = Math.max(moved, Math.abs(pull));
    });
  expect(moved).toBeGreaterThan(1e-3);
  expect(stats.penalty).toBeCloseTo(lambda * distance, 5);
  expect(stats.loss - plainStats.loss).toBeCloseTo(lambda * distance, 5);
});

test('with λ = 0 it is finetuning', async () => {
  const [learner, finetuned] = [await create({ lambda: 0 }), await createLearner('finetune', conditions)];
  for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
  expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
});

test('it holds seven numbers a parameter', async () => {
  // Anchor, importance, path, Fisher information, where the stretch began, its task's score and that of the tasks before.
  expect((await create()).cost().extraBytes).toBe(7 * 4 * (16 * 16 + 16 + 16 * 4 + 4));
  expect(findMethod('rwalk').conventions({})[0]).toContain('without the factor ½');
});
