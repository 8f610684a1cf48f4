import { afterAll, describe, expect, test } from 'vitest';
import type { Augmentation } from '../../benchmarks/index.ts';
import { float32, int32, openEngine, tf, type Network, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import {
  createReservoir,
  createRingBuffer,
  createTrainer,
  findMethod,
  rowSpecs,
  type Batch,
} from '../../methods/index.ts';
import type { Views } from '../../methods/contract.ts';
import { createRng } from '../../base/index.ts';
import { distinctRows, drawViews } from '../../methods/shared/buffers/drawViews.ts';
import { divergenceFromFirst } from '../../methods/shared/consistency.ts';
import { allocateRows, asRows, putBatch } from '../../methods/shared/rows.ts';
import { createViewFinder, viewSpecs } from '../../methods/shared/views.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  drive,
  forward,
  logSoftmax,
  observe,
  rowOf,
  setupFor,
  type LearnerConditions,
} from './fixtures.ts';

const [onnx, wasm] = [await openEngine('onnx'), await openEngine('wasm')];
afterAll(async () => {
  await onnx.dispose();
  await wasm.dispose();
});

const stream = blobStream('split', 'class');

/** What a later view looks like: the image upside down, and brighter. */
const seenAgain = (row: ArrayLike<number>): number[] => Array.from(row, (value) => 3 * value).toReversed();
const later: Augmentation = (rows, count, _rng, out) => {
  const size = rows.length / count;
  for (let i = 0; i < count; i++) out.set(seenAgain(rows.slice(i * size, (i + 1) * size)), i * size);
};
const views: Views = { count: 2, weight: 0.7, later };

const viewed = (name: string, more: Partial<LearnerConditions> = {}, training: Views = views) => {
  const setup = setupFor(name, { engine: onnx, stream, ...more });
  return { ...setup, training: { ...setup.training, views: training } };
};

/** Two views of each of some samples. */
function twice(task: number, rows: readonly number[], capacity = 8): Batch {
  return {
    ...batchOf(
      stream,
      task,
      rows.flatMap((row) => [row, row]),
      capacity,
    ),
    views: 2,
  };
}

/** KL(p ‖ q) in nats, of logits, over all outputs. */
function divergence(p: readonly number[], q: readonly number[]): number {
  const outputs = p.map((_, i) => i);
  const [a, b] = [logSoftmax(p, outputs), logSoftmax(q, outputs)];
  return outputs.reduce((sum, i) => sum + Math.exp(a[i]) * (a[i] - b[i]), 0);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('views among rows', () => {
  const inputs = { rows: rowSpecs(7, 2), other: float32(3) };
  const find = createViewFinder(viewSpecs(inputs, views));
  const rows = (id: number[], task: number[], weight: number[]) => ({
    rows: { id: Int32Array.from(id), task: Int32Array.from(task), weight: Float32Array.from(weight) },
  });

  test('share task and id: never labels, and rows of weight 0 show nothing (by hand)', () => {
    const { rows: found } = find(rows([5, 5, 6, 5, 6, 6, 5], [0, 0, 0, 1, 0, 0, 1], [0, 1, 1, 1, 1, 0, 1]));
    expect([...found.first]).toEqual([0, 1, 2, 3, 2, 5, 3]);
    expect([...found.later]).toEqual([0, 0, 0, 0, 1, 0, 1]);
    // Nothing is left of the call before.
    expect([...find(rows([0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1])).rows.later]).toEqual([
      0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  test('are looked for only where a training has them', () => {
    expect(viewSpecs(inputs, undefined)).toEqual({});
    expect(Object.keys(viewSpecs(inputs, views))).toEqual(['rows']);
  });
});

describe('draws', () => {
  const asked: number[] = [];
  const draw = (held: number) => (count: number) => {
    asked.push(count);
    return Int32Array.from({ length: Math.min(held, count) }, (_, i) => 10 * i);
  };

  test('show ⌊rows / V⌋ distinct slots V times in a row, all of them where there are fewer (by hand)', () => {
    asked.length = 0;
    expect([...drawViews({ ...views, count: 3 }, 8, draw(50))]).toEqual([0, 0, 0, 10, 10, 10]);
    expect([...drawViews({ ...views, count: 3 }, 8, draw(1))]).toEqual([0, 0, 0]);
    expect([...drawViews({ ...views, count: 3 }, 2, draw(9))]).toEqual([0, 0]);
    expect([...drawViews({ ...views, count: 3 }, 8, draw(0))]).toEqual([]);
    expect([...drawViews(undefined, 3, draw(9))]).toEqual([0, 10, 20]);
    expect(asked).toEqual([2, 2, 1, 2, 3]);
  });

  test('buffers are offered each sample of a batch with views once, its first view', () => {
    expect(distinctRows({ ids: Int32Array.of(4, 4, 4, 7, 7, 7, 9, 9), size: 6, views: 3 })).toEqual([0, 3]);
    expect(distinctRows({ ids: Int32Array.of(4, 4, 4, 7), size: 4 })).toEqual([0, 1, 2, 3]);
    const reservoir = createReservoir(6, 16, createRng(1), { row: 1 });
    reservoir.add(twice(0, [3, 5, 8]), { row: Float32Array.from({ length: 8 }, (_, i) => i) });
    expect([...reservoir.store.id.subarray(0, 3)]).toEqual([3, 5, 8].map((row) => stream.tasks[0].train.ids[row]));
    expect([...reservoir.store.extras.row]).toEqual([0, 2, 4, 0, 0, 0]);
    expect(reservoir.size).toBe(3);
    const ring = createRingBuffer(
      2,
      [
        [0, 1],
        [2, 3],
      ],
      16,
      createRng(1),
    );
    ring.add(twice(0, [0, 2, 1]));
    expect(ring.drawBefore(1, 4)).toHaveLength(3);
  });
});

describe('the divergence of later views from the first', () => {
  const logits = [
    [0.3, -1.2, 2],
    [1, 0, -0.5],
    [-0.4, 0.9, 0.1],
    [2, 2.5, -3],
  ];
  const first = [0, 1, 0, 0];
  const later01 = [0, 0, 1, 1];

  test.each([
    ['compiled', onnx],
    ['eager', wasm],
  ])('%s: value by plain loops; gradient by finite differences with first views held fast', async (_, engine) => {
    const program = await engine.compile(
      'divergence',
      ({ z, first: from, later: m }) => {
        const { value, grads } = tf.valueAndGrads((x) =>
          divergenceFromFirst(x as Tensor2D, from as Tensor1D, m as Tensor1D),
        )([z]);
        return { value, gradient: grads[0] };
      },
      { z: float32(4, 3), first: int32(4), later: float32(4) },
    );
    const result = await program.run({
      z: Float32Array.from(logits.flat()),
      first: Int32Array.from(first),
      later: Float32Array.from(later01),
    });
    const targets = logits.map((row) => [...row]);
    const loss = (z: number[][]) => z.reduce((sum, row, i) => sum + later01[i] * divergence(targets[first[i]], row), 0);
    expect(result.value[0]).toBeCloseTo(loss(logits), 5);
    const step = 1e-5;
    logits.forEach((row, i) =>
      row.forEach((_value, k) => {
        const at = (by: number) => loss(logits.map((each, r) => each.map((v, c) => (r === i && c === k ? v + by : v))));
        expect(result.gradient[3 * i + k]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 5);
      }),
    );
    expect([...result.gradient.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

/** Cross-entropy of rows and the divergence of later views from held ones, in 64-bit floats; all rows count alike. */
function written(
  network: Network,
  parameters: Record<string, ArrayLike<number>>,
  rows: readonly { x: ArrayLike<number>; y: number; target?: readonly number[] }[],
): { learning: number; consistency: number } {
  const logits = rows.map(({ x }) => forward(network, parameters, x));
  const outputs = logits[0].map((_, i) => i);
  const again = rows.flatMap(({ target }, i) => (target ? [divergence(target, logits[i])] : []));
  return {
    learning: mean(rows.map(({ y }, i) => -logSoftmax(logits[i], outputs)[y])),
    consistency: mean(again),
  };
}

describe('a training with views', () => {
  /** Samples 0 and 4 of the first task are of one class, side by side; then a sample of the other. */
  const samples = [0, 4, 1];
  const rowsOf = (network: Network, parameters: Record<string, ArrayLike<number>>, batch: Batch) =>
    Array.from({ length: batch.size }, (_, i) => {
      const x = i % 2 === 0 ? rowOf(batch, i) : seenAgain(rowOf(batch, i));
      const target = i % 2 === 0 ? undefined : forward(network, parameters, rowOf(batch, i - 1));
      return { x, y: batch.y[i], target };
    });

  test('finetunes on the written-out sum, and moves by its gradient: two samples of one class are not merged', async () => {
    const values: number[] = [];
    const setup = viewed('finetune', { rate: 0.1 }, { ...views, onConsistency: (value) => values.push(value) });
    const learner = await findMethod('finetune').create(setup);
    const batch = twice(0, samples);
    expect(batch.y[0]).toBe(batch.y[2]);
    const before = copyParameters(learner) as Record<string, Float32Array>;
    const [{ loss }] = await drive(learner, [begin(stream, 0), observe(batch)]);
    const rows = rowsOf(setup.network, before, batch);
    const total = (parameters: Record<string, ArrayLike<number>>) => {
      const { learning, consistency } = written(setup.network, parameters, rows);
      return learning + views.weight * consistency;
    };
    expect(loss).toBeCloseTo(total(before), 5);
    expect(values).toHaveLength(1);
    expect(values[0]).toBeCloseTo(written(setup.network, before, rows).consistency, 5);
    // Wide of zero: the consistency plays a part in what is compared.
    expect(values[0]).toBeGreaterThan(0.01);
    const after = copyParameters(learner);
    const step = 1e-4;
    for (const [name, at] of [
      ['output/weight', 5],
      ['output/bias', 2],
      ['hidden1/weight', 40],
      ['hidden1/bias', 3],
    ] as const) {
      const moved = (by: number) => {
        const copy = { ...before, [name]: Float64Array.from(before[name]) };
        (copy[name] as Float64Array)[at] += by;
        return total(copy);
      };
      const slope = (moved(step) - moved(-step)) / (2 * step);
      expect((before[name][at] - after[name][at]) / 0.1).toBeCloseTo(slope, 4);
    }
  });

  test('er: stream and memory are one group, and a draw shows each slot twice', async () => {
    const options = { memory: 5, replayBatch: 5 };
    const setup = viewed('er', { options });
    const learner = await findMethod('er').create(setup);
    const [old, now] = [twice(0, [0, 1]), twice(1, samples)];
    await drive(learner, [begin(stream, 0), observe(old), begin(stream, 1)]);
    const parameters = copyParameters(learner);
    const [{ loss }] = await drive(learner, [observe(now)]);
    // Both samples of the first batch are in the buffer, each once; a draw of 5 rows takes 2 of them.
    const rows = [now, old].flatMap((batch) => rowsOf(setup.network, parameters, batch));
    expect(rows).toHaveLength(10);
    const { learning, consistency } = written(setup.network, parameters, rows);
    expect(loss).toBeCloseTo(learning + views.weight * consistency, 5);
  });

  test.each(['der++', 'a-gem', 'joint', 'lwf', 'ewc'])('%s: the loss has the term, weight by weight', async (name) => {
    const losses = await Promise.all(
      [0, 1, 2].map(async (weight) => {
        const values: number[] = [];
        const onConsistency = (value: number) => values.push(value);
        const options = { 'der++': { memory: 8, replayBatch: 4 }, 'a-gem': { memory: 8, referenceBatch: 4 } }[name];
        const learner = await findMethod(name).create(
          viewed(name, { options, rate: 1e-30 }, { ...views, weight, onConsistency }),
        );
        const events = [begin(stream, 0), observe(twice(0, samples)), begin(stream, 1), observe(twice(1, samples))];
        const stats = await drive(learner, events);
        return stats.map(({ loss }, i) => ({ loss, consistency: values[i] }));
      }),
    );
    for (const update of [0, 1]) {
      const [none, once, double] = losses.map((each) => each[update]);
      expect(none.consistency).toBeGreaterThan(0.01);
      expect(once.loss - none.loss).toBeCloseTo(none.consistency, 5);
      expect(double.loss - none.loss).toBeCloseTo(2 * none.consistency, 5);
    }
  });

  test('in the task scenario only the outputs of the row’s task take part', async () => {
    const here = blobStream('split', 'task');
    const values: number[] = [];
    const setup = viewed('finetune', { stream: here }, { ...views, onConsistency: (value) => values.push(value) });
    const learner = await findMethod('finetune').create(setup);
    const parameters = copyParameters(learner);
    const batch = twice(1, [0]);
    await drive(learner, [begin(here, 1), observe(batch)]);
    const [p, q] = [rowOf(batch, 0), seenAgain(rowOf(batch, 1))].map((x) =>
      forward(setup.network, parameters, x).slice(2),
    );
    expect(values[0]).toBeCloseTo(divergence(p, q), 5);
  });

  test('a batch in which nothing shows twice has no such loss, and learns as without views', async () => {
    const values: number[] = [];
    const learner = await findMethod('finetune').create(
      viewed('finetune', {}, { ...views, onConsistency: (v) => values.push(v) }),
    );
    const plain = await findMethod('finetune').create(setupFor('finetune', { engine: onnx, stream }));
    const events = [begin(stream, 0), observe(batchOf(stream, 0, [0, 4, 1]))];
    const [[{ loss }], [expected]] = [await drive(learner, events), await drive(plain, events)];
    expect(values).toEqual([0]);
    expect(loss).toBe(expected.loss);
  });
});

test('a group that passes twice counts once, and a pass with other parameters does not count', async () => {
  const lossOf = async (passes: 'one' | 'two' | 'others') => {
    const values: number[] = [];
    const setup = viewed('finetune', {}, { ...views, onConsistency: (value) => values.push(value) });
    const trainer = createTrainer(setup);
    const rows = allocateRows(8, 16);
    putBatch(rows, twice(0, [0, 1]), 0, 0.25);
    const step = await trainer.compileLoss(
      'passes',
      { rows: rowSpecs(8, 16), old: setup.network.parameters },
      (parameters, inputs) => {
        const group = asRows(inputs.rows);
        const { classifier } = trainer;
        if (passes === 'others') classifier.logits(inputs.old, group);
        if (passes === 'two') classifier.see(parameters, group);
        return { loss: classifier.loss(parameters, group) };
      },
    );
    const old = Object.fromEntries(
      Object.entries(setup.initial).map(([name, array]) => [name, array.map((v) => 2 * v)]),
    );
    const { loss } = await step({ rows, old });
    return [loss, values];
  };
  const one = await lossOf('one');
  expect(await lossOf('two')).toEqual(one);
  expect(await lossOf('others')).toEqual(one);
});
