import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { openEngine, smallCnn } from '../../engine/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import { methods } from '../../methods/index.ts';
import {
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  largestDifference,
  streamFor,
} from '../methods/fixtures.ts';
import { brisk, held } from './brisk.ts';

const engine = await openEngine('onnx');
afterAll(() => engine.dispose());

const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [4, 6], hidden: 8, norm: 'batch' });

describe.each(methods.map(({ name }) => name))('method %s on convolutions with batch norm', (name) => {
  const stream = streamFor(name);
  /** A few batches of each task, the short last one among them. */
  const events = (padding = 0) =>
    stream.tasks.flatMap((_, index) => {
      const all = eventsOfTask(stream, index, { padding });
      return [...all.slice(0, 3), ...all.slice(-2)];
    });
  const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
    createLearner(name, { engine, stream, network, options: brisk[name] ?? {}, rate: 0.1, ...more });

  test('learns the first task, evaluated in inference mode, and goes on', async () => {
    const learner = await create();
    const evaluator = await createEvaluator(engine, learner.model, stream, 1000, createRng(1));
    await drive(learner, eventsOfTask(stream, 0, { epochs: 4 }));
    expect((await evaluator.evaluate(1))[0].accuracy).toBeGreaterThan(0.9);
    for (const stats of await drive(learner, eventsOfTask(stream, 1)))
      for (const value of Object.values(stats)) expect(value).toSatisfy(Number.isFinite);
  });

  test('moves every parameter that it trains and every statistic, and keeps variances positive', async () => {
    const learner = await create();
    const before = copyParameters(learner);
    await drive(learner, events());
    await learner.model.prepare?.();
    const after = Object.entries(copyParameters(learner));
    // What prediction needs beside the network may stand still, such as the planes of a hash.
    const own = { ...network.parameters, ...network.statistics };
    const still = after.filter(([key, values]) => key in own && values.every((value, i) => value === before[key][i]));
    expect(still.map(([key]) => key)).toEqual(held[name] ?? []);
    for (const [key, values] of after) {
      expect(
        values.every((value) => Number.isFinite(value) && (value > 0 || !key.endsWith('variance'))),
        key,
      ).toBe(true);
    }
  });

  test('restored from its state, statistics included, it goes on identically to the bit', async () => {
    const all = events();
    const learner = await create();
    const stats = await drive(learner, all.slice(0, 7));
    const state = copyState(learner.state());
    stats.push(...(await drive(learner, all.slice(7))));
    const restored = await create({ seed: 2 });
    restored.restore(state);
    const rest = await drive(restored, all.slice(7));
    expect(rest).toEqual(stats.slice(-rest.length));
    expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
  });

  test('what stands in the padding rows of a short batch changes nothing', async () => {
    const [zeros, garbage] = await Promise.all([create(), create()]);
    const stats = await drive(zeros, events());
    expect(await drive(garbage, events(50))).toEqual(stats);
    expect(bytesOfState(garbage.state())).toBe(bytesOfState(zeros.state()));
  });

  test('a short batch counts as a batch of its own size', async () => {
    const [exact, padded] = await Promise.all([create({ batch: 4 }), create({ batch: 8 })]);
    const whole = eventsOfTask(stream, 0, { batch: 4 }).slice(0, 5);
    await drive(exact, whole);
    await drive(
      padded,
      whole.map((event) => {
        if (event.verb !== 'observe') return event;
        const { x, y, ids, size, task } = event.batch;
        const wide = { x: new Float32Array(8 * 16).fill(50), y: new Int32Array(8), ids: new Int32Array(8), size, task };
        wide.x.set(x);
        wide.y.set(y);
        wide.ids.set(ids);
        return { verb: 'observe', batch: wide } as const;
      }),
    );
    expect(largestDifference(padded.model.parameters(), exact.model.parameters())).toBeLessThan(1e-4);
  });
});
