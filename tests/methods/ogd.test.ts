import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { adam, mlp, openEngine, sgd, type Arrays, type Tensor2D } from '../../engine/index.ts';
import { findMethod, type Learner } from '../../methods/index.ts';
import { createGradientBasis } from '../../methods/shared/gradientBasis.ts';
import { flatSize } from '../../methods/shared/flat.ts';
import { createTrainer } from '../../methods/shared/trainer.ts';
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
  largestDifference,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const network = mlp({ inputs: 16, hidden: [12], outputs: 4 });
const size = flatSize(network.parameters);
const conditions = { engine: onnx, stream, network, rate: 0.1 };
const create = (options: Record<string, unknown> = {}, more = {}) =>
  createLearner('ogd', { ...conditions, options: { samples: 6, ...options }, ...more });
const basisOf = (learner: Learner) =>
  (learner.state() as unknown as { basis: { count: number; directions: Float32Array } }).basis;
const rowsOf = ({ count, directions }: { count: number; directions: Float32Array }): number[][] =>
  Array.from({ length: count }, (_, i) => [...directions.subarray(i * size, (i + 1) * size)]);
const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);
const flat = (arrays: Arrays): number[] => Object.keys(network.parameters).flatMap((name) => [...arrays[name]]);

const evaluated = await onnx.compile(
  'logits',
  (all) => ({ logits: network.apply(all.parameters, all.x as Tensor2D) }),
  { parameters: network.parameters, x: { shape: [1, 16], dtype: 'float32' } },
);
async function logitsOf(parameters: Arrays, row: number, task = 0): Promise<number[]> {
  const x = new Float32Array(16);
  stream.tasks[task].train.read([row], x);
  return [...(await evaluated.run({ parameters, x })).logits];
}

describe('the basis', () => {
  const basisFor = () => {
    const setup = setupFor('ogd', conditions);
    return createGradientBasis(setup, createTrainer(setup));
  };
  const draw = (rows: number, seed: number) => {
    const rng = createRng(seed);
    return Float32Array.from({ length: rows * size }, () => rng.normal());
  };

  test('is orthonormal, and spans the gradients that it was given, block after block', async () => {
    const basis = basisFor();
    const blocks = [draw(5, 1), draw(7, 2)];
    expect(await basis.add(blocks[0], 5)).toBe(5);
    expect(await basis.add(blocks[1], 7)).toBe(7);
    const directions = rowsOf(basis);
    directions.forEach((a, i) =>
      directions.forEach((b, j) => expect(Math.abs(inner(a, b) - Number(i === j))).toBeLessThan(1e-5)),
    );
    for (const block of blocks)
      for (let row = 0; row * size < block.length; row++) {
        const gradient = [...block.subarray(row * size, (row + 1) * size)];
        const rest = directions.reduce(
          (left, v) => left.map((value, i) => value - inner(gradient, v) * v[i]),
          gradient,
        );
        expect(Math.sqrt(inner(rest, rest) / inner(gradient, gradient))).toBeLessThan(1e-4);
      }
  });

  test('takes no direction twice, and none of a gradient of zeros', async () => {
    const basis = basisFor();
    const first = draw(3, 1);
    await basis.add(first, 3);
    const again = new Float32Array(4 * size);
    // A multiple, a sum, zeros, and one that is new.
    for (let i = 0; i < size; i++) {
      again[i] = 1e-3 * first[i];
      again[size + i] = first[i] - 2 * first[size + i];
    }
    again.set(draw(1, 2), 3 * size);
    expect(await basis.add(again, 4)).toBe(1);
    expect(basis.count).toBe(4);
  });

  test('never has more directions than there are parameters', async () => {
    const basis = basisFor();
    await basis.add(draw(size + 3, 1), size + 3);
    expect(basis.count).toBe(size);
    expect(await basis.add(draw(2, 3), 2)).toBe(0);
  });
});

describe.each([
  ['ground-truth', 6],
  ['average', 6],
  ['all', 24],
] as const)('%s', (variant, most) => {
  test('holds the gradients of those logits: finite differences of a training row lie in its span', async () => {
    const learner = await create({ variant, samples: 1000 });
    await drive(learner, eventsOfTask(stream, 0));
    const parameters = copyParameters(learner);
    const directions = rowsOf(basisOf(learner));
    const label = stream.tasks[0].train.labels[3];
    const weights = variant === 'average' ? [0.25, 0.25, 0.25, 0.25] : [0, 1, 2, 3].map((k) => Number(k === label));
    const gradient: number[] = [];
    for (const name of Object.keys(network.parameters))
      for (let i = 0; i < parameters[name].length; i++) {
        const at = async (by: number): Promise<number> => {
          const moved = { ...parameters, [name]: parameters[name].slice() };
          moved[name][i] += by;
          return inner(await logitsOf(moved, 3), weights);
        };
        gradient.push(((await at(1e-2)) - (await at(-1e-2))) / 2e-2);
      }
    const rest = directions.reduce((left, v) => left.map((value, i) => value - inner(gradient, v) * v[i]), gradient);
    expect(inner(gradient, gradient)).toBeGreaterThan(0.1);
    expect(Math.sqrt(inner(rest, rest) / inner(gradient, gradient))).toBeLessThan(0.02);
  });

  test('takes as many directions as there are gradients, at most', async () => {
    const learner = await create({ variant });
    await drive(learner, eventsOfTask(stream, 0));
    expect(basisOf(learner).count).toBeLessThanOrEqual(most);
    expect(basisOf(learner).count).toBeGreaterThan(3);
    expect(learner.cost().extraBytes).toBe(4 * size * basisOf(learner).count);
  });
});

describe('an update', () => {
  test.each([
    ['sgd', { optimizer: sgd(), rate: 0.1 }],
    ['sgd with momentum', { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 }],
    ['sgd with weight decay', { optimizer: sgd({ weightDecay: 0.05 }), rate: 0.05 }],
    ['adam', { optimizer: adam(), rate: 0.01 }],
  ])('with %s moves the parameters off the basis, and only there', async (_, training) => {
    const learner = await create({}, training);
    await drive(learner, eventsOfTask(stream, 0));
    const before = flat(copyParameters(learner));
    await drive(learner, eventsOfTask(stream, 1).slice(0, 6));
    const change = flat(copyParameters(learner)).map((value, i) => value - before[i]);
    expect(Math.sqrt(inner(change, change))).toBeGreaterThan(0.02);
    for (const direction of rowsOf(basisOf(learner))) expect(Math.abs(inner(change, direction))).toBeLessThan(1e-5);
  });

  // Taylor: what is linear in the step is gone, so that half the step leaves a quarter.
  test('leaves the stored logits as they are to first order', async () => {
    const changeBy = async (rate: number): Promise<number> => {
      const learner = await create({ samples: 1000, variant: 'all' }, { rate: 0.1 });
      await drive(learner, eventsOfTask(stream, 0));
      const state = copyState(learner.state());
      const other = await create({ samples: 1000, variant: 'all' }, { rate });
      other.restore(state);
      const before = await logitsOf(copyParameters(other), 3);
      await drive(other, [begin(stream, 1)]);
      await other.observe(batchOf(stream, 1, [0, 1, 2, 3]));
      const after = await logitsOf(copyParameters(other), 3);
      return Math.hypot(...after.map((value, i) => value - before[i]));
    };
    const [whole, half] = [await changeBy(4), await changeBy(2)];
    expect(whole).toBeGreaterThan(1e-5);
    expect(whole / half).toBeGreaterThan(3);
  });

  test('in the first task is finetuning', async () => {
    const [learner, finetuned] = [await create(), await createLearner('finetune', conditions)];
    for (const each of [learner, finetuned]) await drive(each, eventsOfTask(stream, 0));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });
});

test('old logits move less than with finetuning', async () => {
  const moved = await Promise.all(
    ['ogd', 'finetune'].map(async (name) => {
      const learner = await createLearner(name, { ...conditions, options: name === 'ogd' ? { samples: 40 } : {} });
      await drive(learner, eventsOfTask(stream, 0));
      const before = copyParameters(learner);
      await drive(learner, eventsOfTask(stream, 1).slice(0, 5));
      const [old, now] = [await logitsOf(before, 1), await logitsOf(copyParameters(learner), 1)];
      const label = stream.tasks[0].train.labels[1];
      return Math.abs(now[label] - old[label]);
    }),
  );
  expect(moved[0]).toBeLessThan(moved[1] / 2);
});

test('a basis without a free direction is told once, with advice, and nothing is learnt from then on', async () => {
  const warnings: string[] = [];
  const tiny = mlp({ inputs: 16, hidden: [], outputs: 4, bias: false });
  const setup = setupFor('ogd', { ...conditions, network: tiny, options: { samples: 1000, variant: 'all' } });
  const learner = await findMethod('ogd').create({ ...setup, warn: (message) => warnings.push(message) });
  const [first, ...rest] = [0, 1].map((task) => eventsOfTask(stream, task));
  await drive(learner, first);
  const before = copyParameters(learner);
  for (const events of rest) await drive(learner, events);
  expect(new Set(warnings).size).toBeLessThanOrEqual(2);
  expect(warnings[0]).toMatch(/^method ogd: after task 1 the basis holds all 64 directions .* fewer samples than 1000/);
  expect(largestDifference(copyParameters(learner), before)).toBeLessThan(1e-4);
});

test('a whole run is finite, and its state is that of the basis, too', async () => {
  const learner = await create();
  const stats = await drive(learner, eventsOf(stream));
  expect(stats.at(-1)!.directions).toBe(6);
  // Nothing follows the last task that could disturb it.
  expect(basisOf(learner).count).toBe(6);
});

test('a basis that no machine could hold is refused, with the samples that could be held', async () => {
  // 17·1000 + 1001·1000 + 1001·4 numbers in a direction; 4 GiB are 2³² bytes.
  const large = mlp({ inputs: 16, hidden: [1000, 1000], outputs: 4 });
  const of = (options: Record<string, unknown>) => createLearner('ogd', { ...conditions, network: large, options });
  await expect(of({ samples: 2000 })).rejects.toThrow(
    'method ogd: samples: 2000 rows a task make a basis of up to 2000 directions of 1022004 parameters, 7.6 GiB of at most 4; choose at most 1050 samples',
  );
  await expect(of({ samples: 300, variant: 'all' })).rejects.toThrow(
    '4.6 GiB of at most 4; choose at most 262 samples or another variant',
  );
  expect((await of({ samples: 262, variant: 'all' })).cost().extraBytes).toBe(0);
});
