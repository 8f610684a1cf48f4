import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { scenarios } from '../../benchmarks/index.ts';
import { adam, openEngine, sgd } from '../../engine/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import { methods, type Batch, type Learner, type State } from '../../methods/index.ts';
import {
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  largestDifference,
  setupFor,
  type Kind,
} from '../methods/fixtures.ts';
import { brisk } from './brisk.ts';

/** Rounding of 32-bit floats in another order; measured in parameters of size 0.1 … 1 after some updates. */
const rounding = 1e-5;

const optimizers = {
  sgd: { optimizer: sgd(), rate: 0.3 },
  'sgd with momentum': { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};

const onnx = await openEngine('onnx');
const wasm = await openEngine('wasm');
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

describe.each(methods.map((method) => [method.name, method] as const))('method %s', (name, method) => {
  const options = brisk[name] ?? {};
  const scenario = method.scenarios[0];
  const stream = blobStream('split', scenario);
  const create = (more: Partial<Parameters<typeof createLearner>[1]> = {}) =>
    createLearner(name, { engine: onnx, stream, options, ...more });

  /** Has a method that learns at evaluation learn from what it was shown, so that there are trained parameters to compare. */
  const settle = async (...learners: readonly Learner[]) => {
    if (method.learnsAt === 'evaluation') for (const { model } of learners) await model.prepare!();
  };

  const claimed = scenarios.filter((each) => method.scenarios.includes(each));
  const cases = claimed.flatMap((each) => (['split', 'permuted'] as const).map((kind) => [kind, each] as const));
  test.each(cases)('learns the first task of a %s stream in the %s scenario and goes on', async (kind: Kind, each) => {
    const here = blobStream(kind, each);
    const learner = await create({ stream: here });
    const evaluator = await createEvaluator(onnx, learner.model, here, 1000, createRng(1));
    const first = await drive(learner, eventsOfTask(here, 0, { epochs: 6 }));
    // Chance is 1/2 or less in split streams, 1/4 or less in permuted ones.
    expect((await evaluator.evaluate(1))[0].accuracy).toBeGreaterThan(0.9);
    const second = await drive(learner, eventsOfTask(here, 1));
    for (const stats of [...first, ...second])
      for (const value of Object.values(stats)) expect(value).toSatisfy(Number.isFinite);
  });

  const refused = scenarios.filter((each) => !claimed.includes(each));
  test.each(refused)('refuses the %s scenario, which it does not claim', async (each) => {
    await expect(create({ stream: blobStream('split', each) })).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`method ${name} does not run in the ${each} scenario`),
      }),
    );
  });

  test.each(Object.entries(optimizers))(
    'with %s it learns, and a learner restored from its state goes on identically to the bit',
    async (_, training) => {
      const events = eventsOf(stream, { epochs: 4 });
      const half = events.length / 2;
      // In the first task, between the tasks, and in the second.
      const cuts = [4, half, half + 4];
      const states = new Map<number, State>();
      /** The calls from one on, and an evaluation after the first task. */
      const goOn = async (learner: Learner, from: number) => {
        const evaluator = await createEvaluator(onnx, learner.model, stream, 1000, createRng(1));
        const stats = [];
        let learnt: number | null = null;
        for (let i = from; i < events.length; i++) {
          if (from === 0 && cuts.includes(i)) states.set(i, copyState(learner.state()));
          stats.push(...(await drive(learner, [events[i]])));
          if (i === half - 1) learnt = (await evaluator.evaluate(1))[0].accuracy;
        }
        await settle(learner);
        return { stats, learnt };
      };
      const learner = await create(training);
      const { stats, learnt } = await goOn(learner, 0);
      expect(learnt).toBeGreaterThan(0.9);

      const final = bytesOfState(learner.state());
      // Another seed: all that the future depends on must come from the state. The last cut first: each restore goes back in time.
      const restored = await create({ ...training, seed: 2 });
      for (const cut of cuts.toReversed()) {
        restored.restore(states.get(cut)!);
        const rest = await goOn(restored, cut);
        expect(rest.stats).toEqual(stats.slice(stats.length - countUpdates(events.slice(cut))));
        expect(rest.learnt).toBe(cut < half ? learnt : null);
        expect(bytesOfState(restored.state())).toBe(final);
      }
    },
  );

  test('the same seed gives the same bytes, another seed others', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => create({ seed })));
    for (const learner of [one, same, other]) await drive(learner, eventsOf(stream));
    await settle(one, same, other);
    expect(bytesOfState(same.state())).toBe(bytesOfState(one.state()));
    expect(bytesOfState(other.state())).not.toBe(bytesOfState(one.state()));
  });

  test('what stands in the padding rows of a short batch changes nothing', async () => {
    const [zeros, garbage] = await Promise.all([create(), create()]);
    const stats = await drive(zeros, eventsOf(stream));
    expect(await drive(garbage, eventsOf(stream, { padding: 50 }))).toEqual(stats);
    await settle(zeros, garbage);
    expect(bytesOfState(garbage.state())).toBe(bytesOfState(zeros.state()));
  });

  test('a short batch counts as a batch of its own size', async () => {
    const [exact, padded] = await Promise.all([create({ batch: 4 }), create({ batch: 12 })]);
    const whole = eventsOfTask(stream, 0, { batch: 4 }).slice(0, 7);
    const short = whole.map((event) =>
      event.verb === 'observe' ? { ...event, batch: withCapacity(event.batch, 12) } : event,
    );
    const losses = (await drive(exact, whole)).map(({ loss }) => loss);
    const paddedLosses = (await drive(padded, short)).map(({ loss }) => loss);
    await settle(exact, padded);
    expect(losses).toHaveLength(6);
    paddedLosses.forEach((loss, i) => expect(Math.abs(loss - losses[i])).toBeLessThan(rounding));
    expect(largestDifference(padded.model.parameters(), exact.model.parameters())).toBeLessThan(rounding);
  });

  test.each(claimed)(
    'runs eagerly on wasm in the %s scenario with the results of the compiled engine',
    async (each) => {
      const here = blobStream('split', each);
      const [compiled, eager] = await Promise.all([create({ stream: here }), create({ stream: here, engine: wasm })]);
      const [first, second] = [eventsOfTask(here, 0), eventsOfTask(here, 1)];
      const events = [...first.slice(0, 5), first[first.length - 1], ...second.slice(0, 4)];
      const stats = await drive(compiled, events);
      const eagerStats = await drive(eager, events);
      await settle(compiled, eager);
      for (const [i, numbers] of stats.entries())
        for (const [key, value] of Object.entries(numbers))
          expect(Math.abs(eagerStats[i][key] - value)).toBeLessThan(1e-4);
      expect(largestDifference(eager.model.parameters(), compiled.model.parameters())).toBeLessThan(rounding);
    },
  );

  test('its cost starts at no operations, grows with every update that learns and names whole bytes', async () => {
    const learner = await create();
    expect(learner.cost().flops).toBe(0);
    let before = learner.cost();
    for (const event of eventsOf(stream)) {
      await drive(learner, [event]);
      const cost = learner.cost();
      const least = event.verb === 'observe' && method.learnsAt === undefined ? 1 : 0;
      expect(cost.flops! - before.flops!).toBeGreaterThanOrEqual(least);
      expect(cost.extraBytes).toBeGreaterThanOrEqual(before.extraBytes);
      expect(Number.isInteger(cost.extraBytes)).toBe(true);
      before = cost;
    }
    await settle(learner);
    expect(learner.cost().flops).toBeGreaterThan(0);
  });

  test('leaves what it was set up with as it was', async () => {
    const setup = setupFor(name, { engine: onnx, stream, options });
    const initial = bytesOfState(setup.initial);
    const learner = await method.create(setup);
    await drive(learner, eventsOf(stream));
    expect(bytesOfState(setup.initial)).toBe(initial);
    // What prediction needs beside the network, such as class means, may come on top.
    expect(learner.model.specs).toMatchObject(setup.network.parameters);
    expect(Object.keys(copyParameters(learner))).toEqual(expect.arrayContaining(Object.keys(setup.initial)));
  });

  test('refuses an unknown option and names the known ones', () => {
    const known = Object.keys(method.parseOptions({})).toSorted().join(', ') || 'none';
    expect(() => method.parseOptions({ temprature: 1 })).toThrow(
      `method ${name}: unknown option: temprature (known: ${known})`,
    );
  });
});

const countUpdates = (events: ReturnType<typeof eventsOf>): number =>
  events.filter(({ verb }) => verb === 'observe').length;

/** The same rows in a batch of a larger capacity. */
function withCapacity(batch: Batch, capacity: number): Batch {
  const x = new Float32Array((batch.x.length / batch.y.length) * capacity).fill(50);
  x.set(batch.x.subarray(0, (batch.x.length / batch.y.length) * batch.size));
  const y = new Int32Array(capacity);
  y.set(batch.y.subarray(0, batch.size));
  const ids = new Int32Array(capacity);
  ids.set(batch.ids.subarray(0, batch.size));
  return { ...batch, x, y, ids };
}
