import { afterAll, describe, expect, test } from 'vitest';
import type { Stream } from '../../benchmarks/index.ts';
import {
  adam,
  adamw,
  float32,
  mlp,
  openEngine,
  sgd,
  smallCnn,
  type Arrays,
  type Network,
  type Optimizer,
  type Tensor,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { connectionsOf } from '../../methods/shared/nispa/connections.ts';
import { unpackProgress, type Progress } from '../../methods/shared/nispa/phases.ts';
import {
  batchOf,
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  setupFor,
  type Event,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'task', 3);
/** Stops by accuracy never, and by the share of activity after four phases. */
const options = { sparsity: 0.3, phaseEpochs: 1, steps: 4, tolerance: 100, holdout: 0.2 };
const perceptron = mlp({ inputs: 16, hidden: [16, 12], outputs: 6 });
const cnn = { inputShape: [4, 4, 1], outputs: 6, channels: [6, 8], hidden: 12 };
const create = (more: Partial<Parameters<typeof createLearner>[1]> & { set?: Record<string, unknown> } = {}) =>
  createLearner('nispa', {
    engine: onnx,
    stream,
    network: perceptron,
    rate: 0.3,
    seed: 2,
    ...more,
    options: { ...options, ...more.set },
  });

interface Held {
  readonly trainer: { readonly parameters: Arrays; readonly optimizer: Arrays };
  readonly plastic: { readonly masks: Arrays; readonly settled: Float32Array[]; readonly stable: Float32Array[] };
  readonly at: Progress;
  readonly top: Arrays;
  readonly heldOut: Int32Array;
}
const stateOf = (learner: Learner): Held => {
  const state = copyState(learner.state());
  return { ...(state as unknown as Held), at: unpackProgress(state.at as Int32Array) };
};
const countOf = (masks: Arrays): number =>
  Object.values(masks).reduce((sum, mask) => sum + mask.filter((value) => value === 1).length, 0);

describe.each<[string, Network, Optimizer, number]>([
  ['a perceptron, SGD', perceptron, sgd(), 0.2],
  ['a perceptron, SGD with momentum and weight decay', perceptron, sgd({ momentum: 0.9, weightDecay: 0.01 }), 0.05],
  ['a perceptron, AdamW', perceptron, adamw({ weightDecay: 0.1 }), 0.01],
  ['convolutions, Adam', smallCnn(cnn), adam(), 0.01],
  ['convolutions without biases, SGD', smallCnn({ ...cnn, bias: false }), sgd(), 0.1],
  ['convolutions with batch norm, momentum', smallCnn({ ...cnn, norm: 'batch' }), sgd({ momentum: 0.9 }), 0.05],
])('with %s', (_, network, optimizer, rate) => {
  const layers = connectionsOf('nispa', network);

  test('what stable units put out for fixed inputs stays to the bit while later tasks train', async () => {
    const program = await onnx.compile(
      'units',
      ({ model, x }) => {
        const seen: Tensors = {};
        const note = <M extends Tensor>(name: string, _input: M, output: M): M => {
          seen[name] = output;
          return output;
        };
        const pass = { mode: 'inference' as const, statistics: model as Tensors, tap: note, mapTap: note };
        network.apply(model as Tensors, x as Tensor2D, pass);
        return seen;
      },
      { model: { ...network.parameters, ...network.statistics }, x: float32(8, 16) },
    );
    const { x } = batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]);
    const learner = await create({ network, optimizer, rate });
    const unitsNow = async () => program.run({ model: learner.model.parameters(), x });
    const epochs = 4;
    await drive(learner, eventsOfTask(stream, 0, { epochs }));
    let kept = 0;
    for (const task of [1, 2]) {
      const { settled } = stateOf(learner).plastic;
      const [before, start] = [await unitsNow(), copyParameters(learner)];
      /** Where something differs now of what stable units put out. */
      const changed = async (): Promise<string[]> =>
        Object.entries(await unitsNow()).flatMap(([name, values]) => {
          const units = settled[layers.findIndex(({ layer }) => name === layer || name.startsWith(`${layer}/`)) + 1];
          const places = [...values.keys()].filter((i) => units[i % units.length] === 1);
          kept += places.length;
          return places.some((i) => !Object.is(values[i], before[name][i])) ? [name] : [];
        });
      for (const event of eventsOfTask(stream, task, { epochs })) {
        await drive(learner, [event]);
        expect(await changed()).toEqual([]);
      }
      expect(copyParameters(learner)).not.toEqual(start);
    }
    expect(kept).toBeGreaterThan(1000);
  });

  test('after every call as many weights are active as at the start, and all others are exactly zero', async () => {
    const warnings: string[] = [];
    const set = { ...options, sparsity: 0.7 };
    const setup = setupFor('nispa', { engine: onnx, stream, network, optimizer, rate, options: set });
    const learner = await findMethod('nispa').create({ ...setup, warn: (text) => void warnings.push(text) });
    const total = countOf(stateOf(learner).plastic.masks);
    for (const event of eventsOf(stream, { epochs: 4 })) {
      await drive(learner, [event]);
      const { trainer, plastic } = stateOf(learner);
      expect(countOf(plastic.masks)).toBe(total);
      const held = [...Object.entries(trainer.parameters), ...Object.entries(trainer.optimizer)];
      const wrong = Object.entries(plastic.masks).flatMap(([weight, mask]) =>
        held.filter(
          ([name, values]) => name.startsWith(weight) && values.some((value, i) => value !== 0 && mask[i] === 0),
        ),
      );
      expect(wrong.map(([name]) => name)).toEqual([]);
    }
    expect(warnings).toEqual([]);
  });

  test('once units are chosen, nothing leads from a plastic unit into a stable one', async () => {
    const learner = await create({ network, optimizer, rate });
    let looked = 0;
    for (const event of eventsOf(stream, { epochs: 4 })) {
      await drive(learner, [event]);
      const { plastic } = stateOf(learner);
      layers.forEach((layer, l) => {
        for (let c = 0; c < layer.count; c++) {
          const [from, to] = [plastic.stable[l][layer.sourceOf(c)], plastic.stable[l + 1][layer.targetOf(c)]];
          if (from === 1 || to === 0) continue;
          looked++;
          expect(plastic.masks[layer.weight][c * layer.size]).toBe(0);
        }
      });
    }
    expect(looked).toBeGreaterThan(100);
  });
});

/** The events of the first task, and the number of events up to the end of each epoch. */
function epochsOfFirst(epochs: number, of: Stream = stream) {
  const events = eventsOfTask(of, 0, { epochs });
  const perEpoch = (events.length - 2) / epochs;
  return { events, upTo: (epoch: number): number => 1 + epoch * perEpoch };
}

/** The same rows with the task's labels exchanged. */
function mislabelled(event: Event): Event {
  if (event.verb !== 'observe') return event;
  const [a, b] = stream.tasks[0].outputs;
  return { verb: 'observe', batch: { ...event.batch, y: event.batch.y.map((label) => (label === a ? b : a)) } };
}

test('where p_t is 5 % or less it goes back to the end of the phase before, to the bit, and makes no more updates', async () => {
  const { events, upTo } = epochsOfFirst(5);
  const learner = await create();
  await drive(learner, events.slice(0, upTo(3)));
  const before = stateOf(learner);
  const parameters = copyParameters(learner);
  expect(before.at.phase).toBe(4);
  // p_4 = 0: the fourth phase is made, and taken back.
  await drive(learner, events.slice(upTo(3), upTo(4) - 1));
  expect(copyParameters(learner)).not.toEqual(parameters);
  expect(stateOf(learner).plastic.masks).not.toEqual(before.plastic.masks);
  await drive(learner, events.slice(upTo(4) - 1, upTo(4)));
  const { flops } = learner.cost();
  for (const event of [null, ...events.slice(upTo(4), -1)]) {
    const stats = event ? await drive(learner, [event]) : [];
    for (const { loss } of stats) expect(loss).toBe(0);
    const after = stateOf(learner);
    expect(copyParameters(learner)).toEqual(parameters);
    expect(after.plastic.masks).toEqual(before.plastic.masks);
    expect(after.plastic.stable).toEqual(before.plastic.stable);
    expect(after.at.stopped).toBe(true);
  }
  expect(learner.cost().flops).toBe(flops);
  // Its stable units become frozen.
  await drive(learner, events.slice(-1));
  expect(stateOf(learner).plastic.settled).toEqual(before.plastic.stable);
});

test('a phase in which the accuracy on held-out rows falls below the best by more than the tolerance is taken back', async () => {
  const { events, upTo } = epochsOfFirst(5);
  for (const [tolerance, stopped] of [
    [20, true],
    [100, false],
  ] as const) {
    const learner = await create({ set: { steps: 30, tolerance } });
    await drive(learner, events.slice(0, upTo(3)));
    const before = stateOf(learner);
    const parameters = copyParameters(learner);
    // Of nine.
    expect([before.at.phase, before.at.best]).toEqual([4, 9]);
    await drive(learner, events.slice(upTo(3), upTo(4)).map(mislabelled));
    const after = stateOf(learner);
    expect(after.at.stopped).toBe(stopped);
    expect(after.plastic.stable.join() === before.plastic.stable.join()).toBe(stopped);
    for (const [name, values] of Object.entries(copyParameters(learner)))
      expect(values.every((value, i) => value === parameters[name][i])).toBe(stopped);
  }
});

test('of a phase the pass with the best accuracy on held-out rows counts', async () => {
  const { events, upTo } = epochsOfFirst(4);
  const learner = await create({ set: { phaseEpochs: 3, steps: 30 } });
  await drive(learner, events.slice(0, upTo(2)));
  expect(stateOf(learner).at.top).toBe(9);
  const [one, two] = [copyParameters(learner), stateOf(learner)];
  await drive(learner, events.slice(upTo(2), upTo(3) - 1).map(mislabelled));
  expect(copyParameters(learner)).not.toEqual(one);
  await drive(learner, events.slice(upTo(3) - 1, upTo(3)).map(mislabelled));
  const after = stateOf(learner);
  expect(after.at).toEqual({ phase: 2, seen: 0, top: -1, best: 9, stopped: false });
  // That of the first pass, or of the second where that one was better.
  expect(two.at.phase).toBe(1);
  expect(after.plastic).toMatchObject({ kept: { model: two.top } });
  expect(copyParameters(learner)).toEqual(two.top);
});

test('held-out rows are a share of the task’s, and what stands in them is never learnt from', async () => {
  const [plain, garbled] = [await create(), await create()];
  const events = eventsOf(stream, { epochs: 3 });
  let hidden = 0;
  for (const event of events) {
    const changed: Event =
      event.verb === 'observe' ? { ...event, batch: { ...event.batch, x: event.batch.x.slice() } } : event;
    const { heldOut } = stateOf(garbled);
    if (changed.verb === 'observe') {
      for (let i = 0; i < changed.batch.size; i++)
        if (heldOut.includes(changed.batch.ids[i])) {
          changed.batch.x.fill(7, 16 * i, 16 * (i + 1));
          hidden++;
        }
    }
    await drive(plain, [event]);
    await drive(garbled, [changed]);
  }
  expect(hidden).toBe(3 * 3 * Math.round(0.2 * 44));
  expect(bytesOfState(garbled.state())).toBe(bytesOfState(plain.state()));
});

test('restored in the middle of any phase, before a rewiring and after the stop, it goes on identically to the bit', async () => {
  const momentum = { optimizer: sgd({ momentum: 0.9 }), rate: 0.05, set: { phaseEpochs: 2, steps: 3 } };
  const events = eventsOf(stream, { epochs: 7 });
  const learner = await create(momentum);
  const cuts = new Map<number, ReturnType<typeof copyState>>();
  const places = new Set<string>();
  for (const [i, event] of events.entries()) {
    await drive(learner, [event]);
    const { phase, seen, stopped } = stateOf(learner).at;
    const place = `${phase} ${seen === 0 ? 'before' : seen < 44 ? 'first pass' : 'second pass'} ${stopped}`;
    if (places.has(place) && i % 11 !== 0) continue;
    places.add(place);
    cuts.set(i + 1, copyState(learner.state()));
  }
  for (const place of ['2 before false', '2 first pass false', '3 second pass false', '3 second pass true'])
    expect([...places]).toContain(place);
  const final = bytesOfState(learner.state());
  const restored = await create({ ...momentum, seed: 5 });
  for (const [cut, state] of [...cuts].toReversed()) {
    restored.restore(state);
    expect(copyState(restored.state())).toEqual(state);
    await drive(restored, events.slice(cut));
    expect(bytesOfState(restored.state())).toBe(final);
  }
});

test('at a task’s end weights between stable units stay, and those of plastic units start anew', async () => {
  const learner = await create();
  const events = eventsOfTask(stream, 0, { epochs: 4 });
  await drive(learner, events.slice(0, -1));
  const before = copyParameters(learner);
  await drive(learner, events.slice(-1));
  const after = copyParameters(learner);
  const { masks, settled } = stateOf(learner).plastic;
  connectionsOf('nispa', perceptron).forEach((layer, l) => {
    let [kept, fresh] = [0, 0];
    for (let c = 0; c < layer.count; c++) {
      if (masks[layer.weight][c] === 0) continue;
      const plastic = settled[l + 1][layer.targetOf(c)] === 0;
      expect(after[layer.weight][c] === before[layer.weight][c]).toBe(!plastic);
      if (plastic) fresh++;
      else kept++;
    }
    expect([kept > 0, fresh > 0]).toEqual([true, true]);
    after[`${layer.layer}/bias`].forEach((value, unit) =>
      expect(value === before[`${layer.layer}/bias`][unit]).toBe(settled[l + 1][unit] === 1),
    );
  });
  expect([...settled[3]]).toEqual([1, 1, 0, 0, 0, 0]);
});

test('a task that ends in its first phase chooses its units there, and says so', async () => {
  const warnings: string[] = [];
  const setup = {
    ...setupFor('nispa', { engine: onnx, stream, network: perceptron }),
    warn: (text: string) => void warnings.push(text),
  };
  const learner = await findMethod('nispa').create(setup);
  await drive(learner, eventsOfTask(stream, 0));
  expect(new Set(warnings)).toEqual(
    new Set([
      'nispa: a task ended in its first phase: units with 99.7 % of the activity became stable, and nothing was trained after the rewiring; choose more epochs, or a smaller phaseEpochs',
    ]),
  );
  const { settled, masks } = stateOf(learner).plastic;
  expect([...settled[3]]).toEqual([1, 1, 0, 0, 0, 0]);
  for (const each of settled.slice(1, 3)) expect(each.includes(1)).toBe(true);
  // What it drops then is zero at once.
  for (const [name, mask] of Object.entries(masks))
    expect(learner.model.parameters()[name].some((value, i) => value !== 0 && mask[i] === 0)).toBe(false);
});

test('a phase that the end of the task cuts short counts as one', async () => {
  const { events, upTo } = epochsOfFirst(3);
  const learner = await create({ set: { steps: 30 } });
  await drive(learner, [...events.slice(0, upTo(1) + 3), events.at(-1)!]);
  const { at, plastic } = stateOf(learner);
  expect(at.phase).toBe(3);
  expect(plastic.settled).toEqual(plastic.stable);
});

test('tasks that share outputs are refused', async () => {
  const shared = blobStream('split', 'task', 2);
  const setup = setupFor('nispa', { engine: onnx, stream: shared });
  const taskOutputs = [
    [0, 1],
    [1, 2],
  ];
  await expect(findMethod('nispa').create({ ...setup, stream: { ...setup.stream, taskOutputs } })).rejects.toThrow(
    'method nispa: tasks share output 1, which the first of them freezes',
  );
});

test('its costs and sparsity are those of the masks', async () => {
  const learner = await create({ set: { sparsity: 0.5 } });
  const total = 16 * 16 + 16 * 12 + 12 * 6;
  const check = (least: number) => {
    const { plastic } = stateOf(learner);
    const { masks } = learner.cost();
    const densities = Object.fromEntries(
      Object.entries(plastic.masks).map(([name, mask]) => [name, countOf({ mask }) / mask.length]),
    );
    expect(masks).toMatchObject({ active: total / 2, peakActive: total / 2, total, inference: densities });
    expect(masks!.union).toBeGreaterThanOrEqual(least);
    expect(learner.sparsity!().weights).toEqual(densities);
    return { union: masks!.union, gradients: Object.values(learner.sparsity!().gradients!) };
  };
  const start = check(total / 2);
  expect(start.union).toBe(total / 2);
  expect(start.gradients).toEqual([0.5, 0.5, 0.5]);
  await drive(learner, eventsOfTask(stream, 0, { epochs: 4 }));
  const one = check(total / 2);
  for (const share of one.gradients) expect(share).toBeLessThan(0.5);
  await drive(learner, eventsOfTask(stream, 1, { epochs: 4 }));
  const two = check(one.union);
  expect(two.union).toBeGreaterThan(one.union);
});
