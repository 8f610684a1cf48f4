import { afterAll, describe, expect, test } from 'vitest';
import { mlp, openEngine, sgd, smallCnn, type Arrays, type Network } from '../../engine/index.ts';
import { findMethod, type Batch, type Learner } from '../../methods/index.ts';
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
  inputSizeOf,
  largestDifference,
  logSoftmax,
  rowOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

type Numbers = Record<string, ArrayLike<number>>;

/** What the hidden layers make of a row: the network without its last layer, and the last one's ReLU. */
function featuresOf(network: Network, parameters: Numbers, row: ArrayLike<number>): number[] {
  return forward({ ...network, layers: network.layers.slice(0, -1) }, parameters, row).map((z) => Math.max(0, z));
}

/** Mean over the rows of ½‖f − f_old‖², and of the cross-entropy over the outputs that compete. */
function oracle(network: Network, batch: Batch, now: Numbers, old: Numbers, competing: readonly number[]) {
  let [penalty, crossEntropy] = [0, 0];
  for (let i = 0; i < batch.size; i++) {
    const before = featuresOf(network, old, rowOf(batch, i));
    featuresOf(network, now, rowOf(batch, i)).forEach((f, k) => (penalty += (f - before[k]) ** 2 / 2 / batch.size));
    crossEntropy -= logSoftmax(forward(network, now, rowOf(batch, i)), competing)[batch.y[i]] / batch.size;
  }
  return { penalty, crossEntropy };
}

/** Moves the learner away from its teacher, as far as long training would. */
function wander(learner: Learner): void {
  const state = copyState(learner.state());
  for (const values of Object.values((state.trainer as { parameters: Arrays }).parameters))
    for (let i = 0; i < values.length; i++) values[i] *= 1.5 + Math.sin(i);
  learner.restore(state);
}

describe.each(['class', 'task', 'domain'] as const)('in the %s scenario', (scenario) => {
  const stream = blobStream('split', scenario);
  const create = (options: Record<string, unknown>, more = {}) =>
    createLearner('lfl', { engine: onnx, stream, options, ...more });
  const competing = scenario === 'task' ? stream.tasks[1].outputs : [...Array(stream.outputCount).keys()];

  test('the loss is cross-entropy + λ·½·mean squared distance of features, and so is its gradient', async () => {
    // Two hidden layers and no ReLU at its kink, nor a gradient that finite differences could not tell.
    const network = mlp({ inputs: inputSizeOf(stream), hidden: [6, 5], outputs: stream.outputCount });
    const rate = 0.01;
    const learner = await create({ lambda: 0.7 }, { network, rate });
    await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
    const teacher = copyParameters(learner);
    wander(learner);
    const before = copyParameters(learner);
    const batch = batchOf(stream, 1, [3, 4, 5, 6, 7]);
    const stats = await learner.observe(batch);
    const after = copyParameters(learner);

    const lossAt = (parameters: Numbers) => {
      const { penalty, crossEntropy } = oracle(network, batch, parameters, teacher, competing);
      return crossEntropy + 0.7 * penalty;
    };
    const { penalty, crossEntropy } = oracle(network, batch, before, teacher, competing);
    expect(penalty).toBeGreaterThan(0.05);
    expect(stats.penalty).toBeCloseTo(0.7 * penalty, 5);
    expect(stats.loss).toBeCloseTo(crossEntropy + 0.7 * penalty, 5);

    // Central differences in 64-bit floats against what the update did.
    const h = 1e-6;
    const old = scenario === 'domain' ? competing : stream.tasks[0].outputs;
    for (const name of Object.keys(before)) {
      const wide: Numbers = { ...before, [name]: Float64Array.from(before[name]) };
      const values = wide[name] as Float64Array;
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        values[i] = value + h;
        const up = lossAt(wide);
        values[i] = value - h;
        const slope = (up - lossAt(wide)) / (2 * h);
        values[i] = value;
        const moved = (before[name][i] - after[name][i]) / rate;
        const frozen = name.startsWith('output/') && old.includes(i % stream.outputCount);
        expect(Math.abs(moved - (frozen ? 0 : slope)), `${name}[${i}]`).toBeLessThan(2e-4);
      }
    }
  });

  test('freezes what the output layer knows of old outputs, to the bit, and no more', async () => {
    // What an update of everything would move even without a gradient.
    const training = { optimizer: sgd({ momentum: 0.9, weightDecay: 0.01 }), rate: 0.05 };
    for (const freeze of [true, false]) {
      const learner = await create({ freeze }, training);
      await drive(learner, eventsOfTask(stream, 0));
      const before = copyParameters(learner);
      await drive(learner, eventsOfTask(stream, 1));
      const after = copyParameters(learner);
      for (const [name, values] of Object.entries(after)) {
        const moved = [...values].flatMap((v, i) => (v === before[name][i] ? [] : [i % stream.outputCount]));
        const frozen = freeze && name.startsWith('output');
        const free = scenario === 'domain' ? [] : stream.tasks[1].outputs;
        expect(frozen ? new Set(moved) : moved.length > 0, name).toEqual(frozen ? new Set(free) : true);
      }
    }
  });

  test('with λ = 0 and nothing frozen it is finetuning', async () => {
    const learner = await create({ lambda: 0, freeze: false });
    const finetuned = await createLearner('finetune', { engine: onnx, stream });
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });

  test('the stronger the hold, the less the features of the task’s rows move', async () => {
    const network = mlp({ inputs: inputSizeOf(stream), hidden: [16], outputs: stream.outputCount });
    const moved = async (lambda: number) => {
      const learner = await create({ lambda }, { network, rate: 0.1 });
      await drive(learner, eventsOfTask(stream, 0));
      const before = copyParameters(learner);
      await drive(learner, eventsOfTask(stream, 1, { epochs: 3 }));
      return oracle(network, batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]), copyParameters(learner), before, competing)
        .penalty;
    };
    const [free, held, tight] = [await moved(0), await moved(0.1), await moved(1)];
    expect(held).toBeLessThan(free);
    expect(tight).toBeLessThan(held);
  });
});

describe('where training and inference differ', () => {
  const stream = blobStream('split', 'domain');
  const cnn = (norm: 'batch' | 'none', dropout: number) =>
    smallCnn({ inputShape: [4, 4, 1], outputs: 2, channels: [4, 6], hidden: 8, norm, dropout });

  test.each([
    ['batch norm', cnn('batch', 0)],
    ['dropout', cnn('none', 0.5)],
    ['both', cnn('batch', 0.5)],
  ])('features are compared as inference sees them: with %s none is lost at the switch', async (_, network) => {
    const learner = await createLearner('lfl', { engine: onnx, stream, network, rate: 0.1 });
    await drive(learner, eventsOfTask(stream, 0));
    const stats = await drive(learner, eventsOfTask(stream, 1));
    expect(stats[0].penalty).toBe(0);
    expect(stats.at(-1)!.penalty).toBeGreaterThan(0);
  });

  test('the second look moves running statistics no second time', async () => {
    const network = cnn('batch', 0);
    const conditions = { engine: onnx, stream, network, rate: 0.1 };
    const learner = await createLearner('lfl', { ...conditions, options: { lambda: 0, freeze: false } });
    const finetuned = await createLearner('finetune', conditions);
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-5);
  });

  test('a learner restored within a task goes on identically to the bit', async () => {
    const network = cnn('batch', 0.5);
    const learner = await createLearner('lfl', { engine: onnx, stream, network, rate: 0.1 });
    const second = eventsOfTask(stream, 1);
    await drive(learner, [...eventsOfTask(stream, 0), ...second.slice(0, 3)]);
    const restored = await createLearner('lfl', { engine: onnx, stream, network, rate: 0.1, seed: 2 });
    restored.restore(copyState(learner.state()));
    expect(await drive(restored, second.slice(3))).toEqual(await drive(learner, second.slice(3)));
    expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
  });
});

test('says what comparisons depend on', () => {
  const lfl = findMethod('lfl');
  expect(lfl.conventions(lfl.parseOptions({})).join('\n')).toMatch(
    /factor ½[^]*inference mode[^]*frozen: of the output/,
  );
  expect(lfl.conventions(lfl.parseOptions({ freeze: false }))).toContain('frozen: nothing');
  expect(lfl.whenDiverged(lfl.parseOptions({ lambda: 50 }))).toBe('a smaller lambda than 50');
});

test('it holds a second copy of the parameters', async () => {
  const learner = await createLearner('lfl', { engine: onnx, stream: blobStream('split', 'class') });
  expect(learner.cost().extraBytes).toBe(4 * (16 * 16 + 16 + 16 * 4 + 4));
});
