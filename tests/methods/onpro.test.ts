import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { buildStream, type Scenario, type Stream } from '../../benchmarks/index.ts';
import { openEngine, type Network } from '../../engine/index.ts';
import { createTrainer, featureSize, findMethod, type Batch, type Learner } from '../../methods/index.ts';
import { compileOnproStep } from '../../methods/shared/onproStep.ts';
import { createPairedViews } from '../../methods/shared/pairedViews.ts';
import { createProjection } from '../../methods/shared/projection.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  logSoftmax,
  observe,
  rowOf,
  setupFor,
  type Event,
} from './fixtures.ts';
import { instanceLossOf, prototypeLossOf, similaritiesOf, unit } from './onproOracle.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

/** A row and what is right for it. */
interface Known {
  readonly x: ArrayLike<number>;
  readonly y: number;
  readonly task: number;
}

const knownOf = (batch: Batch): Known[] =>
  Array.from({ length: batch.size }, (_, i) => ({ x: rowOf(batch, i).slice(), y: batch.y[i], task: batch.task }));

interface Snapshot {
  readonly trainer: { readonly parameters: Record<string, Float32Array> };
  readonly buffer: {
    readonly seen: number;
    readonly store: { readonly x: Float32Array; readonly y: Int32Array; readonly task: Int32Array };
  };
}

function bufferOf({ buffer: { seen, store } }: Snapshot): Known[] {
  const size = store.x.length / store.y.length;
  return Array.from({ length: Math.min(seen, store.y.length) }, (_, slot) => ({
    x: store.x.slice(slot * size, (slot + 1) * size),
    y: store.y[slot],
    task: store.task[slot],
  }));
}

/** What the network makes of rows, in 64-bit floats: features, projections, and the mean cross-entropy. */
function see(network: Network, parameters: Record<string, Float32Array>, stream: Stream, rows: readonly Known[]) {
  const hidden = { ...network, layers: network.layers.slice(0, -1) };
  const width = featureSize(network);
  const weight = parameters['projection/output/weight'];
  const bias = parameters['projection/output/bias'];
  const features = rows.map(({ x }) => forward(hidden as Network, parameters, x).map((value) => Math.max(0, value)));
  const z = features.map((f) =>
    unit(Array.from(bias, (b, k) => f.reduce((sum, v, j) => sum + v * weight[j * (weight.length / width) + k], b))),
  );
  const losses = rows.map(({ x, y, task }) => {
    const chosen = stream.scenario === 'task' ? stream.tasks[task].outputs : [0, 1, 2, 3];
    return -logSoftmax(forward(network, parameters, x), chosen)[y];
  });
  return { features, z, crossEntropy: losses.reduce((sum, value) => sum + value, 0) / rows.length };
}

const twice = <T>(list: readonly T[]): T[] => [...list, ...list];

/** The objective where both views are the images themselves, nothing is mixed and all of the buffer is replayed. */
function objectiveOf(network: Network, state: Snapshot, stream: Stream, batch: Batch) {
  const { parameters } = state.trainer;
  const replayed = bufferOf(state);
  const first = batch.task === 0;
  const instanceOf = (rows: readonly Known[], kind: 'stream' | 'replay') => {
    const { z, features } = see(network, parameters, stream, twice(rows));
    const groups = twice(rows).map(({ y }) => y);
    return instanceLossOf(similaritiesOf(z, features, 0, first ? 1 : 0.5), groups, 0.4, kind);
  };
  const prototypesOf = (rows: readonly Known[]) => {
    const { z } = see(network, parameters, stream, rows);
    return prototypeLossOf(
      z,
      z,
      rows.map(({ y }) => y),
      0.3,
    );
  };
  const rows = knownOf(batch);
  const { crossEntropy } = see(network, parameters, stream, first ? rows : replayed);
  const instance = instanceOf(rows, 'stream') + (first ? 0 : instanceOf(replayed, 'replay'));
  const prototypes = prototypesOf(rows) + (replayed.length > 0 ? prototypesOf(replayed) : 0);
  return { loss: crossEntropy + instance + prototypes, crossEntropy, instance, prototypes };
}

test.each<Scenario>(['class', 'task'])(
  'in the %s scenario the objective is that of plain loops: first update, first task, first update of a task, later',
  async (scenario) => {
    const stream = blobStream('split', scenario);
    const options = {
      memory: 6,
      replayBatch: 6,
      perClass: 6,
      baseShare: 1,
      mixing: 0,
      crop: 1,
      instanceTemperature: 0.4,
      prototypeTemperature: 0.3,
    };
    const { network } = setupFor('onpro', { engine: onnx, stream });
    const learner = await createLearner('onpro', { engine: onnx, stream, options, rate: 0.05 });
    const batches = [
      batchOf(stream, 0, [0, 1, 2]),
      batchOf(stream, 0, [3, 4]),
      batchOf(stream, 0, [5]),
      batchOf(stream, 1, [0, 1, 2, 3, 4, 5, 6, 7]),
      batchOf(stream, 1, [8, 9, 10]),
      batchOf(stream, 1, [11, 12]),
    ];
    await drive(learner, [begin(stream, 0)]);
    for (const [i, batch] of batches.entries()) {
      if (i === 3) await drive(learner, [begin(stream, 1)]);
      const expected = objectiveOf(network, copyState(learner.state()) as unknown as Snapshot, stream, batch);
      const stats = await learner.observe(batch);
      for (const [name, value] of Object.entries(expected)) expect(stats[name], `${name} ${i}`).toBeCloseTo(value, 4);
    }
  },
);

test.each<Scenario>(['class', 'task'])(
  'in the %s scenario a mixed row’s cross-entropy is mixed of those of both labels, each among its own outputs',
  async (scenario) => {
    const stream = blobStream('split', scenario);
    const setup = setupFor('onpro', { engine: onnx, stream });
    const projection = createProjection(16, [], 16, createRng(1));
    const trainer = createTrainer(setup, projection.extra);
    const views = createPairedViews(
      { shape: [4, 4, 1] },
      false,
      (_rows, _count, _rng, out) => out.fill(1),
      createRng(1),
    );
    const step = await compileOnproStep(
      'mixed',
      {
        trainer,
        projection,
        views,
        inputSize: 16,
        classes: 4,
        batch: 2,
        prototypeTemperature: 1,
        instanceTemperature: 1,
      },
      { replay: 0, labelled: 3, seen: 0, similarity: 1 },
    );
    const rng = createRng('rows');
    step.images.x.forEach((_, i, x) => (x[i] = rng.uniform()));
    step.labelled.x.forEach((_, i, x) => (x[i] = rng.uniform()));
    step.images.weight.fill(1);
    step.labelled.y.set([1, 2, 3]);
    step.labelled.task.set([0, 1, 1]);
    step.labelled.weight.set([0.5, 0.5, 0]);
    step.partners.y.set([3, 2, 0]);
    step.partners.task.set([1, 1, 0]);
    step.partners.share.set([0.25, 0, 0.7]);
    step.slices.stream.forEach((_, i, slice) => (slice[i] = i));
    const logits = [0, 1].map((i) =>
      forward(setup.network, setup.initial as never, step.labelled.x.slice(16 * i, 16 * (i + 1))),
    );
    const lossOf = (row: number, y: number, task: number) =>
      -logSoftmax(logits[row], scenario === 'task' ? stream.tasks[task].outputs : [0, 1, 2, 3])[y];
    const expected = (0.75 * lossOf(0, 1, 0) + 0.25 * lossOf(0, 3, 1) + lossOf(1, 2, 1)) / 2;
    expect((await step.run()).crossEntropy).toBeCloseTo(expected, 5);
  },
);

describe('classes are no more than names', () => {
  const stream = blobStream('split', 'class');
  const names = [2, 0, 3, 1];
  const options = {
    memory: 20,
    replayBatch: 12,
    perClass: 3,
    baseShare: 0.5,
    mixing: 0.8,
    instanceTemperature: 2,
    prototypeTemperature: 2,
  };

  async function losses(rename: (label: number) => number): Promise<number[]> {
    const setup = setupFor('onpro', { engine: onnx, stream, options, rate: 0.05 });
    const initial = structuredClone(setup.initial);
    for (const name of ['output/weight', 'output/bias'])
      setup.initial[name].forEach((value, i) => (initial[name][4 * Math.floor(i / 4) + rename(i % 4)] = value));
    const learner = await findMethod('onpro').create({ ...setup, initial });
    const renamed = eventsOf(stream).map((event): Event =>
      event.verb === 'observe' ? observe({ ...event.batch, y: event.batch.y.map(rename) }) : event,
    );
    return (await drive(learner, renamed)).map(({ loss }) => loss);
  }

  test('so that other numbers for them give the same losses', async () => {
    const plain = await losses((label) => label);
    const renamed = await losses((label) => names[label]);
    expect(plain).toHaveLength(12);
    plain.forEach((loss, i) => expect(renamed[i]).toBeCloseTo(loss, 3));
  });
});

/** Images of 4 x 4 in colour, one colour a class. */
function colourStream(): Stream {
  const rng = createRng('colours');
  const colours = [
    [200, 40, 40],
    [40, 200, 40],
    [40, 40, 200],
    [180, 180, 60],
  ];
  const part = (count: number) => ({
    inputs: Uint8Array.from({ length: 48 * count }, (_, i) => colours[Math.floor(i / 48) % 4][i % 3] + rng.integer(40)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 4),
  });
  const facts = { name: 'colours', version: 1, shape: [4, 4, 3], maximum: 255 } as const;
  const dataset = { ...facts, classNames: ['a', 'b', 'c', 'd'], train: part(80), test: part(20) };
  return buildStream('split', dataset, { scenario: 'class', tasks: 2, normalize: false }, createRng(1));
}

describe('images in colour', () => {
  const stream = colourStream();
  const brisk = { memory: 12, replayBatch: 4, projection: 8, instanceTemperature: 1 };
  const learn = async (rotations: string): Promise<{ learner: Learner; stats: { loss: number }[] }> => {
    const options = { ...brisk, rotations };
    const learner = await createLearner('onpro', { engine: onnx, stream, options, rate: 0.1 });
    const events = [...eventsOfTask(stream, 0).slice(0, 3), ...eventsOfTask(stream, 1).slice(0, 4)];
    return { learner, stats: await drive(learner, events) };
  };

  test('are contrasted in sixteen versions unless that is switched off', async () => {
    const [auto, on, off] = await Promise.all(['auto', 'on', 'off'].map(learn));
    expect(on.stats).toEqual(auto.stats);
    expect(on.learner.cost().flops! / off.learner.cost().flops!).toBeGreaterThan(8);
    for (const { loss } of [...on.stats, ...off.stats]) expect(loss).toSatisfy(Number.isFinite);
  });
});

describe('refuses', () => {
  const stream = blobStream('split', 'class');
  const method = findMethod('onpro');
  const facts = { scenario: 'class', images: true, outputCount: 4, taskCount: 2, outputsPerTask: 2, batch: 8 } as const;

  test('rows of a table', () => {
    expect(() => method.check(method.parseOptions({}), { ...facts, images: false })).toThrow(/rows of a table/);
  });

  test('a draw that is larger than the memory', () => {
    expect(() => method.check(method.parseOptions({ memory: 50 }), facts)).toThrow(/replayBatch: 64 rows/);
  });

  test('to turn images that are not square', async () => {
    const setup = setupFor('onpro', { engine: onnx, stream, options: { rotations: 'on' } });
    const image = { shape: [2, 8, 1] } as const;
    await expect(method.create({ ...setup, stream: { ...setup.stream, image } })).rejects.toThrow(
      'method onpro: rotations: images of 2 x 8 pixels cannot be turned',
    );
  });

  test.each([
    [0, 'must be >0'],
    [1.2, 'must be <=1'],
    ['small', 'must be auto, or greater than 0 and at most 1'],
  ])('a crop of %s', (crop, message) => {
    expect(() => method.parseOptions({ crop })).toThrow(`method onpro: crop: ${message}`);
  });
});
