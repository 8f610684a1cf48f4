import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { lossGradients, openEngine, sgd, type Arrays } from '../../engine/index.ts';
import {
  allocateRows,
  asRows,
  crossEntropy,
  putBatch,
  rowSpecs,
  type Batch,
  type Learner,
} from '../../methods/index.ts';
import { batchOf, begin, blobStream, copyState, createLearner, drive, eventsOfTask, setupFor } from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class');
const options = { sparsity: 0.6, interval: 4, dropFraction: 0.5, end: 1 };
const training = { optimizer: sgd({ momentum: 0.9 }), rate: 0.05, updates: [12, 12] };
const create = (more: Record<string, unknown> = {}) =>
  createLearner('rigl', { engine: onnx, stream, options: { ...options, ...more }, ...training });

const snapshot = (learner: Learner) => {
  const { masks, trainer } = copyState(learner.state()) as unknown as {
    masks: Arrays;
    trainer: { parameters: Arrays; optimizer: Arrays };
  };
  return { masks, ...trainer };
};

const { network } = setupFor('rigl', { engine: onnx, stream });
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

/** ∂L/∂w of all weights by the engine alone, the masked ones being zeros like any other. */
async function gradientsAt(parameters: Arrays, batch: Batch): Promise<Arrays> {
  const rows = allocateRows(8, 16);
  putBatch(rows, batch, 0, 1 / batch.size);
  return (await oracle.run({ parameters, rows })).gradients;
}

type Numbers = ArrayLike<number>;
const batchesOf = (task: number): Batch[] =>
  eventsOfTask(stream, task, { epochs: 2 }).flatMap((event) => (event.verb === 'observe' ? [event.batch] : []));
const order = (places: readonly number[], scoreOf: (place: number) => number) =>
  [...places].toSorted((a, b) => scoreOf(a) - scoreOf(b) || a - b);

/** What a topology update is to make of a layer: the smallest active weights go, and of the free places those of largest gradient come. */
function evolvedMask(mask: ArrayLike<number>, weights: Numbers, gradients: Numbers, share: number, notKept: boolean) {
  const all = Array.from(mask, (_, i) => i);
  const active = all.filter((i) => mask[i] === 1);
  const dropped = Math.floor(share * active.length);
  const count = notKept ? dropped : Math.min(dropped, mask.length - active.length);
  const kept = new Set(order(active, (i) => Math.abs(weights[i])).slice(count));
  const free = all.filter((i) => (notKept ? !kept.has(i) : mask[i] === 0));
  const grown = order(free, (i) => -Math.abs(gradients[i])).slice(0, count);
  return { mask: Float32Array.from(all, (i) => Number(kept.has(i) || grown.includes(i))), grown };
}

describe.each(['inactive', 'not-kept'] as const)('growth where weights are %s', (candidates) => {
  test('takes exactly the largest gradients that the engine computes, drops exactly the smallest weights, and updates none', async () => {
    const learner = await create({ candidates });
    await drive(learner, [begin(stream, 0)]);
    const moving: boolean[] = [];
    let back = 0;
    for (const [t, batch] of batchesOf(0).entries()) {
      const before = snapshot(learner);
      const gradients = await gradientsAt(before.parameters, batch);
      await learner.observe(batch);
      const after = snapshot(learner);
      // Every fourth update is one of the topology, of 0.25·(1 + cos(π·t/24)) of the weights.
      const share = t % 4 === 0 ? 0.25 * (1 + Math.cos((Math.PI * t) / 24)) : 0;
      let moved = isDeepStrictEqual(after.parameters['hidden1/bias'], before.parameters['hidden1/bias']) ? 0 : 1;
      for (const [name, mask] of Object.entries(before.masks)) {
        const [weights, next] = [before.parameters[name], after.parameters[name]];
        const expected = evolvedMask(mask, weights, gradients[name], share, candidates === 'not-kept');
        expect(after.masks[name]).toEqual(expected.mask);
        for (let i = 0; i < mask.length; i++) {
          // What came straight back has kept its value, what is new starts from zero, what is out is zero.
          const value = mask[i] === 1 && expected.mask[i] === 1 ? weights[i] : 0;
          moved += Number(next[i] !== value);
        }
        back += share > 0 ? expected.grown.filter((i) => mask[i] === 1).length : 0;
      }
      moving.push(moved > 0);
    }
    expect(moving).toEqual(Array.from({ length: 12 }, (_, t) => t % 4 !== 0));
    expect(back > 0).toBe(candidates === 'not-kept');
  });
});

test('after T_end it is training with a mask that stays: every update moves the weights', async () => {
  const learner = await create({ end: 0.25 }); // 6 of 24 updates
  await drive(learner, eventsOfTask(stream, 0));
  const { masks } = snapshot(learner);
  await drive(learner, [begin(stream, 1)]);
  for (const batch of batchesOf(1)) {
    const before = snapshot(learner);
    await learner.observe(batch);
    const after = snapshot(learner);
    expect(after.masks).toEqual(masks);
    expect(after.parameters).not.toEqual(before.parameters);
  }
});

test('a schedule over tasks begins each of them with a topology update; over the run the last tasks have none', async () => {
  const changesIn = async (over: string) => {
    const learner = await create({ over, interval: 100 });
    const changed: boolean[] = [];
    for (const task of [0, 1]) {
      await drive(learner, [begin(stream, task)]);
      const before = snapshot(learner).masks;
      await learner.observe(batchOf(stream, task, [0, 1, 2, 3, 4, 5, 6, 7]));
      changed.push(JSON.stringify(before) !== JSON.stringify(snapshot(learner).masks));
    }
    return changed;
  };
  expect(await changesIn('task')).toEqual([true, true]);
  expect(await changesIn('run')).toEqual([true, false]);
});

test('at density 1 there is nothing to grow, and it is finetuning but for the updates that topology takes', async () => {
  const learner = await create({ sparsity: 0, interval: 1000, candidates: 'inactive' });
  const finetuned = await createLearner('finetune', { engine: onnx, stream, ...training });
  const [start, ...events] = eventsOfTask(stream, 0);
  await drive(learner, [start, ...events]);
  await drive(finetuned, [start, ...events.slice(1)]);
  expect(learner.model.parameters()).toEqual(finetuned.model.parameters());
});

test('it holds one mask a weight', async () => {
  expect((await create()).cost().extraBytes).toBe(4 * (16 * 16 + 16 * 4));
});
