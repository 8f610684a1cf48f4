import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { adam, adamw, mlp, openEngine, sgd, smallCnn } from '../../engine/index.ts';
import { createEvaluator, type EvaluatorOptions, type Score } from '../../harness/index.ts';
import { createIncremental, paddedRank, payingRank } from '../../harness/incremental.ts';
import { findMethod, methods, type Learner, type Model } from '../../methods/index.ts';
import {
  blobStream,
  copyState,
  createLearner,
  eventsOf,
  eventsOfTask,
  drive,
  setupFor,
  streamFor,
} from '../methods/fixtures.ts';
import { brisk } from '../conformance/brisk.ts';

const onnx = await openEngine('onnx');
const wasm = await openEngine('wasm');
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

const stream = blobStream('split', 'class');
/** Follows whatever has a low-rank form: the layers of these tests are too small for it to pay. */
const always: EvaluatorOptions = { largestRank: Infinity };

const evaluatorOf = (model: Model, options: EvaluatorOptions = always, engine = onnx, of = stream) =>
  createEvaluator(engine, model, of, 1000, createRng(1), options);

const create = (name = 'finetune', more = {}) =>
  createLearner(name, { engine: onnx, stream, hidden: [96], batch: 4, rate: 0.1, ...more });

/** Losses as brute force has them but for rounding, and the very same accuracies. */
function expectSame(scores: readonly Score[], full: readonly Score[]): void {
  expect(scores.map(({ accuracy }) => accuracy)).toEqual(full.map(({ accuracy }) => accuracy));
  scores.forEach(({ loss }, task) =>
    expect(Math.abs(loss - full[task].loss)).toBeLessThan(1e-5 * Math.max(1, full[task].loss)),
  );
}

/** Options that keep the updates of a test small, and every part of a method at work. */
const small: Readonly<Record<string, Record<string, unknown>>> = {
  ...brisk,
  // Its rows are drawn twice.
  'der++': { memory: 20, replayBatch: 3 },
  // Its updates have rank 5 or, when it projects, 6: both are padded to 6.
  'a-gem': { memory: 8, referenceBatch: 1 },
  gem: { memory: 8 },
  // Both views of the rows count: an update has rank 12, of the 13 that are followed at most.
  scr: { memory: 20, replayBatch: 1, projection: 8 },
  // 5 rows, 2 replayed ones and 4 views.
  'x-der': { memory: 20, replayBatch: 1, contrastBatch: 1, leastCrop: 0.9 },
  gdumb: { memory: 8, passes: 4 },
  // Two updates of 6 rows, and no plateau, after which a penalty would stand in the way.
  'mas-online': { hardBuffer: 1, steps: 2, meanThreshold: 1e-6 },
};

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.1 },
  'sgd with weight decay': { optimizer: sgd({ weightDecay: 0.05 }), rate: 0.1 },
  'sgd with momentum': { optimizer: sgd({ momentum: 0.9 }), rate: 0.02 },
  'sgd with momentum and weight decay': { optimizer: sgd({ momentum: 0.9, weightDecay: 0.05 }), rate: 0.02 },
  'sgd with Nesterov momentum': { optimizer: sgd({ momentum: 0.9, nesterov: true }), rate: 0.02 },
  adam: { optimizer: adam(), rate: 0.01 },
  adamw: { optimizer: adamw(), rate: 0.01 },
};

/**
 * Methods whose updates change the first layer by more than a product of few rows: masks, projections, models that change with the task. OnPro's
 * are of more rows than this first layer has room for.
 */
const neverLowRank = new Set([
  'cuber',
  'dst',
  'expert-gate',
  'gdumb',
  'nispa',
  'onpro',
  'packnet',
  'rigl',
  'set',
  'snfs',
  'sparcl',
  'supsup',
  'trgp',
  'wsn',
]);

/** After the first task a penalty stands in the way, GEM's sum of gradients that were computed before, or rows that are projected. */
const fullLater = new Set([
  'gem',
  'ogd',
  'gpm',
  // penalties on parameters
  'ewc',
  'l2',
  'si',
  'mas',
  'rwalk',
  'fast-slow',
]);

describe.each(methods.map(({ name }) => name))('evaluations of %s', (name) => {
  test.each(Object.entries(optimizers))('with %s are those of brute force', async (optimizer, training) => {
    // Of two views of each sample, where the method has them.
    const batch = name === 'view-batch' ? 6 : 5;
    const here = streamFor(name);
    const learner = await create(name, { stream: here, options: small[name] ?? {}, batch, ...training });
    const [incremental, full] = [
      await evaluatorOf(learner.model, always, onnx, here),
      await evaluatorOf(learner.model, { mode: 'full' }, onnx, here),
    ];
    const rng = createRng('when');
    const used = [0, 0];
    for (const task of [0, 1])
      for (const event of eventsOfTask(here, task, { batch, epochs: 2 })) {
        await drive(learner, [event]);
        // Not after every update, so that some changes are of several updates.
        if (rng.uniform() < 0.3) continue;
        expectSame(await incremental.evaluate(task + 1), await full.evaluate(task + 1));
        used[task] = incremental.usage.incremental;
      }
    const never = optimizer.startsWith('adam') || neverLowRank.has(name);
    expect(used[0] > 3).toBe(!never);
    expect(used[1] > used[0] + 3).toBe(!never && !fullLater.has(name));
    expect(full.usage).toEqual({ refreshEvery: null, incremental: 0 });
  });
});

describe('incremental evaluation', () => {
  test('starts from full products when a task is added, and again after every hundred evaluations', async () => {
    const learner = await create();
    const evaluator = await evaluatorOf(learner.model);
    const batch = eventsOfTask(stream, 0, { batch: 4 }).find(({ verb }) => verb === 'observe')!;
    const counts: number[] = [];
    for (let i = 0; i < 104; i++) {
      await drive(learner, [batch]);
      await evaluator.evaluate(i < 1 ? 1 : 2);
      counts.push(evaluator.usage.incremental);
    }
    // The first knows no change, the second adds a task; the 103rd is the refresh.
    expect(counts.slice(0, 4)).toEqual([0, 0, 1, 2]);
    expect(counts.slice(-3)).toEqual([100, 100, 101]);
  });

  test('follows a learning rate that changes from update to update', async () => {
    for (const optimizer of [sgd(), sgd({ momentum: 0.9, weightDecay: 0.05 })]) {
      const setup = setupFor('finetune', { engine: onnx, stream, hidden: [96], batch: 4, rate: 0.1, optimizer });
      let update = 0;
      const schedule = (): number => 1 / (1 + update++);
      const learner = await findMethod('finetune').create({ ...setup, training: { ...setup.training, schedule } });
      const [incremental, full] = [
        await evaluatorOf(learner.model),
        await evaluatorOf(learner.model, { mode: 'full' }),
      ];
      for (const event of eventsOfTask(stream, 0, { batch: 4 })) {
        await drive(learner, [event]);
        expectSame(await incremental.evaluate(1), await full.evaluate(1));
      }
      expect(incremental.usage.incremental).toBeGreaterThan(3);
    }
  });

  test('is left alone by evaluations of whole test sets, and by fewer tasks', async () => {
    const learner = await create();
    const [incremental, full] = [await evaluatorOf(learner.model), await evaluatorOf(learner.model, { mode: 'full' })];
    const updates = eventsOfTask(stream, 0, { batch: 4 }).filter(({ verb }) => verb === 'observe');
    for (const [i, tasks] of [1, 2, 2, 1, 2, 2].entries()) {
      await drive(learner, [updates[i]]);
      await incremental.evaluateAll();
      expectSame(await incremental.evaluate(tasks), await full.evaluate(tasks));
    }
    expect(incremental.usage.incremental).toBe(3);
  });

  test('goes on to the bit from its state, wherever it was cut', async () => {
    for (const optimizer of [sgd(), sgd({ momentum: 0.9, weightDecay: 0.01 })]) {
      const conditions = { optimizer, options: { memory: 20, replayBatch: 2 }, rate: 0.02 };
      const run = async (
        learner: Learner,
        evaluator: Awaited<ReturnType<typeof evaluatorOf>>,
        from: number,
        to: number,
      ) => {
        const losses: number[] = [];
        for (const [i, event] of events.slice(from, to).entries()) {
          await drive(learner, [event]);
          const task = 2 * (from + i) < events.length ? 1 : 2;
          // Every second update: half of the cuts fall between an update and its evaluation.
          if ((from + i) % 2 === 0) losses.push(...(await evaluator.evaluate(task)).map(({ loss }) => loss));
        }
        return losses;
      };
      const events = eventsOf(stream, { batch: 4 });
      const whole = await create('er', conditions);
      const expected = await run(whole, await evaluatorOf(whole.model), 0, events.length);
      for (const cut of [3, 4, 11, 12, 14, 19]) {
        const [before, after] = [await create('er', conditions), await create('er', { ...conditions, seed: 2 })];
        const [first, second] = [await evaluatorOf(before.model), await evaluatorOf(after.model)];
        const losses = await run(before, first, 0, cut);
        after.restore(copyState(before.state()));
        second.restore(copyState(first.state()));
        losses.push(...(await run(after, second, cut, events.length)));
        expect(losses).toEqual(expected);
        expect(second.usage.incremental).toBeGreaterThan(3);
      }
    }
  });

  test('gives way to brute force for a model whose parameters are not those that its trail tells of', async () => {
    const learner = await create();
    const { model } = learner;
    const average = structuredClone(model.parameters());
    const shown = { ...model, parameters: () => average };
    const [incremental, full] = [await evaluatorOf(shown), await evaluatorOf(shown, { mode: 'full' })];
    for (const event of eventsOfTask(stream, 0, { batch: 4 }).slice(0, 6)) {
      await drive(learner, [event]);
      average['hidden1/weight'].set(
        model.parameters()['hidden1/weight'].map((value, i) => (value + average['hidden1/weight'][i]) / 2),
      );
      expect(await incremental.evaluate(1)).toEqual(await full.evaluate(1));
    }
    expect(incremental.usage.incremental).toBe(0);
  });

  test('gives way to brute force for a model that does not let its first layer be replaced', async () => {
    const learner = await create();
    const { model } = learner;
    const sealed: Model = { ...model, logits: (parameters, x) => model.logits(parameters, x) };
    const [incremental, full] = [await evaluatorOf(sealed), await evaluatorOf(sealed, { mode: 'full' })];
    for (const event of eventsOfTask(stream, 0, { batch: 4 }).slice(0, 6)) {
      await drive(learner, [event]);
      expect(await incremental.evaluate(1)).toEqual(await full.evaluate(1));
    }
    expect(incremental.usage.incremental).toBe(0);
  });

  test('serves a perceptron with dropout and a cosine head', async () => {
    const network = mlp({ inputs: 16, hidden: [96], outputs: 4, dropout: 0.3, head: 'cosine' });
    const learner = await create('finetune', { network });
    const [incremental, full] = [await evaluatorOf(learner.model), await evaluatorOf(learner.model, { mode: 'full' })];
    for (const event of eventsOfTask(stream, 0, { batch: 4 })) {
      await drive(learner, [event]);
      expectSame(await incremental.evaluate(1), await full.evaluate(1));
    }
    expect(incremental.usage.incremental).toBeGreaterThan(5);
  });

  test.each([
    ['a first layer of cosines', mlp({ inputs: 16, hidden: [], outputs: 4, head: 'cosine' })],
    ['a convolution', smallCnn({ inputShape: [4, 4, 1], outputs: 4 })],
  ])('gives way to brute force for a network that begins with %s', async (_, network) => {
    const learner = await create('finetune', { network });
    const [incremental, full] = [await evaluatorOf(learner.model), await evaluatorOf(learner.model, { mode: 'full' })];
    // Twice in a row, too: that nothing changed has a low-rank form whatever the layer is.
    for (let i = 0; i < 3; i++) expectSame(await incremental.evaluate(1), await full.evaluate(1));
    for (const event of eventsOfTask(stream, 0, { batch: 4 }).slice(0, 4)) {
      await drive(learner, [event]);
      expectSame(await incremental.evaluate(1), await full.evaluate(1));
    }
    expect(incremental.usage.incremental).toBe(0);
  });

  test('gives way to brute force on engines that do not analyse programs', async () => {
    const learner = await create('finetune', { engine: wasm });
    const evaluator = await evaluatorOf(learner.model, always, wasm);
    for (const event of eventsOfTask(stream, 0, { batch: 4 }).slice(0, 4)) {
      await drive(learner, [event]);
      await evaluator.evaluate(1);
    }
    expect(evaluator.usage.incremental).toBe(0);
  });

  test('is not set up where it cannot pay, or where its images would make checkpoints larger than 64 MiB', async () => {
    const { model } = await create();
    expect((await evaluatorOf(model, {})).usage.refreshEvery).toBeNull();
    expect((await evaluatorOf(model)).usage.refreshEvery).toBe(100);
    const evaluation = { parameters: model.specs, mask: { shape: [4], dtype: 'float32' as const } };
    const rows = {
      x: { shape: [64, 16], dtype: 'float32' as const },
      y: { shape: [64], dtype: 'int32' as const },
      weight: { shape: [64], dtype: 'float32' as const },
    };
    const context = { engine: onnx, model, specs: { ...evaluation, rows }, measure: () => ({}) as never };
    const fitting = (64 * 2 ** 20) / (4 * 64 * 96);
    expect(createIncremental(context, [Math.floor(fitting)], Infinity)).not.toBeNull();
    expect(createIncremental(context, [Math.floor(fitting) + 1], Infinity)).toBeNull();
  });
});

test('following pays for 784 × 400 weights up to a rank of 164, of 94 with a velocity, and not at all for 64 inputs', () => {
  // (0.8·784·400 − 16·784 − 110·400) / (784 + 400) = 164.1; with two images (… − 2·110·400) / (784 + 2·400) = 94.9.
  expect(payingRank({ inputs: 784, outputs: 400 }, 1)).toBe(164);
  expect(payingRank({ inputs: 784, outputs: 400 }, 2)).toBe(94);
  for (const outputs of [10, 100, 400, 2000]) expect(payingRank({ inputs: 64, outputs }, 1)).toBeLessThan(1);
});

test('ranks are padded by less than a quarter, to few values', () => {
  expect([0, 1, 2, 7, 10, 20, 21, 30, 60, 150].map(paddedRank)).toEqual([2, 2, 2, 8, 10, 20, 24, 32, 64, 160]);
});
