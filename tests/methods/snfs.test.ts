import { afterAll, expect, test } from 'vitest';
import { adam, lossGradients, openEngine, sgd, type Arrays } from '../../engine/index.ts';
import {
  allocateRows,
  asRows,
  crossEntropy,
  findMethod,
  putBatch,
  rowSpecs,
  type Batch,
  type Learner,
} from '../../methods/index.ts';
import { placesOf } from '../../methods/shared/masks/topology.ts';
import { redistribute } from '../../methods/shared/masks/redistribution.ts';
import { begin, blobStream, copyState, createLearner, drive, eventsOf, eventsOfTask, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const options = { sparsity: 0.6, interval: 4, dropFraction: 0.5, dropSchedule: 'constant', averaging: 0.8 };
const optimizers = {
  'sgd with momentum': { optimizer: sgd({ momentum: 0.9 }), rate: 0.05 },
  adam: { optimizer: adam(), rate: 0.02 },
};
const create = (more: Record<string, unknown> = {}, training = optimizers['sgd with momentum']) =>
  createLearner('snfs', { engine: onnx, stream, options: { ...options, ...more }, ...training });

const snapshot = (learner: Learner) => {
  const { masks, trainer } = copyState(learner.state()) as unknown as {
    masks: Arrays;
    trainer: { parameters: Arrays; optimizer: Arrays; tracked: Arrays };
  };
  return { masks, ...trainer };
};

const { network } = setupFor('snfs', { engine: onnx, stream });
const oracle = await onnx.compile(
  'oracle',
  (inputs) => {
    const rows = asRows(inputs.rows);
    const loss = (parameters: typeof inputs.parameters) => ({
      loss: crossEntropy(network.apply(parameters, rows.x), rows.y, rows.weight),
    });
    return { gradients: lossGradients(loss, inputs.parameters).gradients };
  },
  { parameters: network.parameters, rows: rowSpecs(8, 16) },
);
async function gradientsAt(parameters: Arrays, batch: Batch): Promise<Arrays> {
  const rows = allocateRows(8, 16);
  putBatch(rows, batch, 0, 1 / batch.size);
  return (await oracle.run({ parameters, rows })).gradients;
}

const batchesOf = (task: number): Batch[] =>
  eventsOfTask(stream, task, { epochs: 2 }).flatMap((event) => (event.verb === 'observe' ? [event.batch] : []));
const sumOf = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
const order = (places: readonly number[], scoreOf: (place: number) => number) =>
  [...places].toSorted((a, b) => scoreOf(a) - scoreOf(b) || a - b);

test.each(Object.entries(optimizers))(
  'with %s the mean follows m ← 0.8·m + 0.2·g over all weights, with gradients that the engine computes, and growth takes its largest sizes',
  async (_, training) => {
    const learner = await create({}, training);
    const means = new Map<string, Float64Array>();
    await drive(learner, [begin(stream, 0)]);
    let [outside, evolved, moved] = [0, 0, 0];
    for (const [i, batch] of batchesOf(0).entries()) {
      const before = snapshot(learner);
      const gradients = await gradientsAt(before.parameters, batch);
      await learner.observe(batch);
      const after = snapshot(learner);
      for (const [name, values] of Object.entries(after.tracked)) {
        const mean = means.get(name) ?? new Float64Array(values.length);
        means.set(name, mean);
        for (let place = 0; place < mean.length; place++) {
          mean[place] = 0.8 * mean[place] + 0.2 * gradients[name][place];
          expect(Math.abs(values[place] - mean[place])).toBeLessThan(1e-6);
          outside += Number(after.masks[name][place] === 0 && values[place] !== 0);
        }
      }
      const names = Object.keys(before.masks);
      // What the mean |m| over active weights makes of the numbers is worked by hand in masks/redistribution.test.ts.
      const share = (i + 1) % 4 === 0 ? 0.5 : 0;
      const replaced = redistribute(
        names.map((name) => {
          const active = placesOf(before.masks[name] as Float32Array, 1);
          const mean = active.reduce((sum, place) => sum + Math.abs(after.tracked[name][place]), 0) / active.length;
          return { active: active.length, size: before.masks[name].length, mean };
        }),
        share,
        'not-kept',
      );
      for (const [layer, name] of names.entries()) {
        const [was, is] = [before.masks[name], after.masks[name]];
        const added = [...is.keys()].filter((place) => was[place] === 0 && is[place] === 1);
        const { drop, grow } = replaced[layer];
        expect(sumOf(is)).toBe(sumOf(was) - drop + grow);
        // No place that is left out has a larger |m| than one that is new to the mask.
        const sizes = (places: readonly number[]) => places.map((place) => Math.abs(after.tracked[name][place]));
        const out = [...is.keys()].filter((place) => is[place] === 0);
        expect(Math.max(0, ...sizes(out))).toBeLessThanOrEqual(Math.min(Infinity, ...sizes(added)));
        expect(added.every((place) => after.parameters[name][place] === 0)).toBe(true);
        evolved += Number(added.length > 0);
        moved += Math.abs(drop - grow);
      }
    }
    expect(outside).toBeGreaterThan(1000); // where weights are masked the mean goes on, too
    expect(evolved).toBeGreaterThan(2);
    expect(moved).toBeGreaterThan(0); // weights move between layers
  },
);

test('without redistribution each layer grows what it dropped, exactly where |m| is largest', async () => {
  const learner = await create({ redistribute: false, candidates: 'inactive' });
  const events = eventsOfTask(stream, 0).slice(0, 5);
  await drive(learner, events.slice(0, 4));
  const still = await create({ redistribute: false, interval: 1000 });
  await drive(still, events);
  await drive(learner, events.slice(4));
  const [before, after] = [snapshot(still), snapshot(learner)];
  for (const [name, mask] of Object.entries(before.masks)) {
    const all = [...mask.keys()];
    const active = all.filter((place) => mask[place] === 1);
    const count = Math.floor(active.length / 2);
    const kept = new Set(order(active, (place) => Math.abs(before.parameters[name][place])).slice(count));
    const free = all.filter((place) => mask[place] === 0);
    const grown = new Set(order(free, (place) => -Math.abs(before.tracked[name][place])).slice(0, count));
    expect([...after.masks[name]]).toEqual(all.map((place) => Number(kept.has(place) || grown.has(place))));
  }
});

test('the mean starts every task afresh where the optimiser does, and goes on where it does not', async () => {
  const sizeAfter = async (resetOptimizer: boolean) => {
    const setup = setupFor('snfs', { engine: onnx, stream, options });
    const learner = await findMethod('snfs').create({ ...setup, training: { ...setup.training, resetOptimizer } });
    await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
    return Math.max(...snapshot(learner).tracked['hidden1/weight'].map(Math.abs));
  };
  expect(await sizeAfter(true)).toBe(0);
  expect(await sizeAfter(false)).toBeGreaterThan(1e-4);
});

test('a layer never loses its last weight, however small its share of the momentum', async () => {
  const learner = await create({ interval: 1, dropFraction: 0.9, sparsity: 0.9 });
  for (const event of eventsOf(stream, { epochs: 6 })) {
    await drive(learner, [event]);
    for (const mask of Object.values(snapshot(learner).masks)) expect(mask.includes(1)).toBe(true);
  }
});

test('it holds a mask and a mean a weight', async () => {
  expect((await create()).cost().extraBytes).toBe(2 * 4 * (16 * 16 + 16 * 4));
});
