import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import {
  float32,
  mlp,
  openEngine,
  resnet32,
  smallCnn,
  type Arrays,
  type Network,
  type Tensor,
  type Tensor2D,
  type Tensors,
} from '../../engine/index.ts';
import { connectionsOf, randomConnections } from '../../methods/shared/nispa/connections.ts';
import { movingShares } from '../../methods/shared/nispa/freezing.ts';
import { createMeasures } from '../../methods/shared/nispa/measures.ts';
import { firstPhase, goesBack, nextPhase, packProgress, unpackProgress } from '../../methods/shared/nispa/phases.ts';
import {
  activityShare,
  mostActive,
  stableShare,
  withMostActive,
  type Units,
} from '../../methods/shared/nispa/stableUnits.ts';
import { maskCost } from '../../methods/shared/nispa/usage.ts';
import { createTrainer } from '../../methods/shared/trainer.ts';
import { blobStream, forward, setupFor, taskOf } from './fixtures.ts';

const cpu = await openEngine('cpu');
afterAll(() => cpu.dispose());

const perceptron = mlp({ inputs: 5, hidden: [6, 4], outputs: 3 });
const cnn = smallCnn({ inputShape: [4, 4, 2], outputs: 4, channels: [3], hidden: 5 });
const units = (...stable: number[][]): Units => stable.map((each) => Float32Array.from(each));

test('p_t is that of the released runs, which log the share in percent (results of BurakGurbuz97/NISPA, k = 30)', () => {
  const logged = [
    [7, 87.15724127386972],
    [6, 90.45084971874738],
    [8, 83.45653031794291],
    [13, 60.39558454088796],
    [16, 44.77357683661734],
    [5, 93.30127018922194],
    [3, 97.55282581475768],
  ];
  for (const [t, percent] of logged) expect(100 * activityShare(t, 30)).toBeCloseTo(percent, 10);
  // By hand: a cosine of 0 half way, and 0 from k on.
  expect(activityShare(15, 30)).toBeCloseTo(0.5, 15);
  expect([activityShare(30, 30), activityShare(31, 30), activityShare(60, 30)]).toEqual([0, 0, 0]);
});

test('the smallest set of most active units that reaches a share (by hand: 5, 1, 3, 1 of 10)', () => {
  const activity = [5, 1, 3, 1];
  const cases: [number, number[]][] = [
    [0, []],
    [0.1, [0]],
    [0.5, [0]],
    [0.51, [0, 2]],
    [0.8, [0, 2]],
    [0.81, [0, 2, 1]],
    [1, [0, 2, 1, 3]],
  ];
  for (const [share, expected] of cases) expect(mostActive(activity, share)).toEqual(expected);
  // Units that never fire are never needed.
  expect(mostActive([0, 2, 0], 1)).toEqual([1]);
  expect(mostActive([0, 0], 0.9)).toEqual([]);
});

test('no smaller set reaches the share (by trying all subsets)', () => {
  const rng = createRng('subsets');
  for (let trial = 0; trial < 30; trial++) {
    const activity = Array.from({ length: 8 }, () => rng.integer(10));
    const needed = 0.7 * activity.reduce((sum, value) => sum + value, 0);
    const sizes = Array.from({ length: 256 }, (_, subset) => activity.filter((_value, i) => (subset >> i) & 1)).filter(
      (chosen) => chosen.reduce((sum, value) => sum + value, 0) >= needed,
    );
    expect(mostActive(activity, 0.7)).toHaveLength(Math.min(...sizes.map(({ length }) => length)));
  }
});

test('stable units of a task come beside those of earlier ones, the outputs of the task among them', () => {
  const before = units([1, 1], [0, 0, 1], [1, 0, 0]);
  const after = withMostActive(before, [[8, 1, 1]], 0.8, [1]);
  expect(after.map((each) => [...each])).toEqual([
    [1, 1],
    [1, 0, 1],
    [1, 1, 0],
  ]);
  expect(before[1][0]).toBe(0);
  expect(stableShare(after)).toBeCloseTo(2 / 3, 15);
});

describe('the end of a phase', () => {
  const options = { steps: 30, tolerance: 0.75 };
  const at = (phase: number, top: number, best: number) => ({ ...firstPhase(), phase, top, best });

  test('is the task’s where accuracy falls more than the tolerance below the best, from the third phase on', () => {
    // 91 % of 400 rows are 364; 0.75 points are 3 rows.
    expect(goesBack(at(3, 360, 364), options, 400)).toBe(true);
    expect(goesBack(at(3, 361, 364), options, 400)).toBe(false);
    for (const phase of [1, 2]) expect(goesBack(at(phase, 10, 364), options, 400)).toBe(false);
  });

  test('is the task’s where p_t is 5 % or less: with k = 30 after phase 26, since p_25 = 6.7 % and p_26 = 4.3 %', () => {
    expect(goesBack(at(25, 91, 91), options, 100)).toBe(false);
    expect(goesBack(at(26, 91, 91), options, 100)).toBe(true);
  });

  test('leads to the next phase with the best accuracy so far', () => {
    expect(nextPhase(at(4, 90, 91))).toEqual({ phase: 5, seen: 0, top: -1, best: 91, stopped: false });
    expect(nextPhase(at(4, 92, 91)).best).toBe(92);
  });

  test('is as it was after a checkpoint', () => {
    for (const progress of [firstPhase(), { phase: 7, seen: 30, top: 5, best: 6, stopped: true }])
      expect(unpackProgress(packProgress(progress))).toEqual(progress);
  });
});

describe('connections', () => {
  test('of a linear layer are its weights, of a convolution its kernels', () => {
    expect(
      connectionsOf('nispa', perceptron).map(({ sources, targets, positions, size, count: all }) => [
        sources,
        targets,
        positions,
        size,
        all,
      ]),
    ).toEqual([
      [5, 6, 1, 1, 30],
      [6, 4, 1, 1, 24],
      [4, 3, 1, 1, 12],
    ]);
    // The hidden layer reads maps of 2 × 2 pixels.
    expect(
      connectionsOf('nispa', cnn).map(({ sources, targets, positions, size, count: all }) => [
        sources,
        targets,
        positions,
        size,
        all,
      ]),
    ).toEqual([
      [2, 3, 1, 9, 6],
      [3, 5, 4, 1, 60],
      [5, 4, 1, 1, 20],
    ]);
  });

  test.each([
    ['mlp', perceptron],
    ['cnn', cnn],
  ])(
    'carry what their source puts out to their target and to no other unit (%s, by switching weights on)',
    async (_, network) => {
      const layers = connectionsOf('nispa', network);
      const width = network.inputShape.reduce((product, extent) => product * extent, 1);
      const program = await cpu.compile(
        'units',
        ({ parameters, x }) => {
          const seen: Tensors = {};
          const note = <M extends Tensor>(name: string, _input: M, output: M): M => {
            seen[name] = output;
            return output;
          };
          network.apply(parameters as Tensors, x as Tensor2D, {
            mode: 'inference',
            statistics: {},
            tap: note,
            mapTap: note,
          });
          return seen;
        },
        { parameters: network.parameters, x: float32(1, width) },
      );
      for (let l = 0; l < layers.length; l++)
        for (let connection = 0; connection < layers[l].count; connection++) {
          const layer = layers[l];
          const source = layer.sourceOf(connection);
          const target = layer.targetOf(connection);
          // Of this layer one connection is there, and of what it reads only the source puts something out: as an input, or by its bias.
          const x = Float32Array.from({ length: width }, (_unused, i) => Number(l > 0 || i % layer.sources === source));
          const parameters: Arrays = Object.fromEntries(
            Object.entries(network.parameters).map(([name, { shape }]) => {
              const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
              if (l > 0 && name === `${layers[l - 1].layer}/bias`) values[source] = 1;
              if (name === layer.weight) values.fill(1, connection * layer.size, (connection + 1) * layer.size);
              return [name, values];
            }),
          );
          const output = (await program.run({ parameters, x }))[layer.layer];
          const firing = [...output.keys()].filter((i) => output[i] !== 0).map((i) => i % layer.targets);
          expect(new Set(firing)).toEqual(new Set([target]));
          const positions = Array.from({ length: layer.positions }, (_unused, position) => position);
          expect(positions.map((position) => layer.between(source, target, position))).toContain(connection);
        }
    },
  );

  test('are drawn in exact numbers, kernels as wholes', () => {
    const layers = connectionsOf('nispa', cnn);
    const masks = randomConnections(
      layers,
      { 'conv1/weight': 28, 'hidden1/weight': 17, 'output/weight': 3 },
      createRng(1),
    );
    expect(Object.values(masks).map((mask) => mask.filter((value) => value === 1).length)).toEqual([27, 17, 3]);
    const [conv] = layers;
    for (let connection = 0; connection < conv.count; connection++) {
      const kernel = masks['conv1/weight'].subarray(9 * connection, 9 * (connection + 1));
      expect(new Set(kernel).size).toBe(1);
    }
  });

  test('do not tell all that a unit depends on in residual networks, cosine heads and group norms', () => {
    const images = { inputShape: [4, 4, 1], outputs: 2 };
    expect(() => connectionsOf('nispa', resnet32(images))).toThrow('network resnet32 is not a chain of layers');
    expect(() => connectionsOf('nispa', mlp({ inputs: 3, hidden: [4], outputs: 2, head: 'cosine' }))).toThrow(
      'choose --head linear',
    );
    expect(() => connectionsOf('nispa', smallCnn({ ...images, norm: 'group' }))).toThrow(
      'choose --norm none or --norm batch',
    );
  });
});

test('gradients are needed of active weights that do not lie between stable units (by hand)', () => {
  const layers = connectionsOf('nispa', mlp({ inputs: 2, hidden: [2], outputs: 1 }));
  const masks = { 'hidden1/weight': Float32Array.of(1, 1, 0, 1), 'output/weight': Float32Array.of(1, 1) };
  // 0→0 lies between stable units; 0→1 and 1→1 do not; of the outputs 0→0 does.
  expect(movingShares(layers, masks, units([1, 1], [1, 0], [1]))).toEqual({
    'hidden1/weight': 0.5,
    'output/weight': 0.5,
  });
});

test('capacity in use is what was active at a task’s end or is now (by hand)', () => {
  const masks = { a: Float32Array.of(1, 1, 0, 0) };
  const used = { a: Float32Array.of(0, 1, 1, 0) };
  expect(maskCost(masks, used, 3, 2)).toEqual({
    active: 2,
    peakActive: 3,
    union: 3,
    total: 4,
    bits: 8,
    inference: { a: 0.5 },
  });
  expect([...used.a]).toEqual([0, 1, 1, 0]);
});

describe('on rows of a task', () => {
  const stream = blobStream('split', 'task');
  const measuresOf = async (network: Network) => {
    const setup = setupFor('finetune', { engine: cpu, stream, network });
    const trainer = createTrainer(setup);
    const measures = await createMeasures(setup, trainer, connectionsOf('nispa', network));
    return { trainer, measures, task: taskOf(stream, 1) };
  };
  const rowOf = (task: ReturnType<typeof taskOf>, row: number): Float32Array => {
    const x = new Float32Array(16);
    task.train.read(Int32Array.of(row), x);
    return x;
  };

  test('activity is the mean of what units put out, and a row is right where its output wins among the task’s (written out)', async () => {
    const network = mlp({ inputs: 16, hidden: [7, 6], outputs: 4 });
    const { trainer, measures, task } = await measuresOf(network);
    const rows = Int32Array.from({ length: 30 }, (_, i) => i + 3);
    const activity = await measures.activity(task, rows);
    const expected = [1, 2].map((depth) => {
      const part = { ...network, layers: network.layers.slice(0, depth) };
      const sums = new Float64Array(network.layers[depth - 1].outputs);
      for (const row of rows)
        forward(part, trainer.parameters, rowOf(task, row)).forEach((z, unit) => (sums[unit] += Math.max(0, z)));
      return sums.map((sum) => sum / rows.length);
    });
    activity.forEach((layer, l) => layer.forEach((mean, unit) => expect(mean).toBeCloseTo(expected[l][unit], 5)));
    let right = 0;
    for (const row of rows) {
      const z = forward(network, trainer.parameters, rowOf(task, row));
      if ((z[2] >= z[3] ? 2 : 3) === task.train.labels[row]) right++;
    }
    expect(await measures.right(task, rows)).toBe(right);
  });

  test('of a channel it is summed over the pixels that the next layer reads (written out)', async () => {
    const network = smallCnn({ inputShape: [4, 4, 1], outputs: 4, channels: [3], hidden: 5 });
    const { trainer, measures, task } = await measuresOf(network);
    const rows = Int32Array.of(0, 5, 9);
    const [channels] = await measures.activity(task, rows);
    const { 'conv1/weight': weight, 'conv1/bias': bias } = trainer.parameters;
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (const row of rows) {
        const x = rowOf(task, row);
        const at = (i: number, j: number): number => (i < 0 || j < 0 || i > 3 || j > 3 ? 0 : x[4 * i + j]);
        const output = (i: number, j: number): number => {
          let z = bias[channel];
          for (let a = 0; a < 3; a++)
            for (let b = 0; b < 3; b++) z += weight[9 * channel + 3 * a + b] * at(i + a - 1, j + b - 1);
          return Math.max(0, z);
        };
        for (const i of [0, 2])
          for (const j of [0, 2])
            sum += Math.max(output(i, j), output(i, j + 1), output(i + 1, j), output(i + 1, j + 1));
      }
      expect(channels[channel]).toBeCloseTo(sum / rows.length, 5);
    }
  });
});
