import { afterAll, describe, expect, test } from 'vitest';
import type { Samples, Stream } from '../../benchmarks/index.ts';
import { float32, lossGradients, openEngine, type Arrays, type Network, type Tensor2D } from '../../engine/index.ts';
import { createRng } from '../../base/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import type { Batch, Learner } from '../../methods/index.ts';
import { binaryCrossEntropy, icarl } from '../../methods/icarl.ts';
import { herd } from '../../methods/shared/buffers/herding.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  copyState,
  createLearner,
  drive,
  eventsOfTask,
  forward,
  inputSizeOf,
  observe,
  rowOf,
  setupFor,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const stream = blobStream('split', 'class', 3);
const { network } = setupFor('icarl', { engine: onnx, stream });
const create = (options: Record<string, unknown> = {}, here: Stream = stream) =>
  createLearner('icarl', { engine: onnx, stream: here, options: { memory: 20, replayBatch: 20, ...options } });

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** −t ln σ(z) − (1 − t) ln(1 − σ(z)), as the paper writes it. */
const bce = (z: number, t: number): number => -t * Math.log(sigmoid(z)) - (1 - t) * Math.log(1 - sigmoid(z));

interface Held {
  readonly store: { x: Float32Array; y: Int32Array; id: Int32Array; task: Int32Array };
  readonly sets: Int32Array[];
  readonly standIns: Int32Array[];
}
const heldBy = (learner: Learner): Held => copyState(learner.state()).exemplars as unknown as Held;
const sizes = (slots: readonly Int32Array[]): number[] => slots.map(({ length }) => length);
const idsOf = ({ store }: Held, slots: Int32Array): number[] => Array.from(slots, (slot) => store.id[slot]);
const inputOf = ({ store }: Held, slot: number) => store.x.subarray(slot * 16, (slot + 1) * 16);

/** The hidden layer's activations as a unit vector, in 64-bit floats. */
function features(parameters: Arrays, row: ArrayLike<number>): number[] {
  const body: Network = { ...network, layers: network.layers.slice(0, -1) };
  const values = forward(body, parameters, row).map((z) => Math.max(0, z));
  return values.map((value) => value / Math.max(Math.hypot(...values), 1e-6));
}

describe('the loss', () => {
  const z = [[2, -1, 0.5], [-30, 40, 0]]; // prettier-ignore
  const t = [[1, 0, 0.25], [0, 1, 0.5]]; // prettier-ignore
  const w = [[0.5, 0.5, 0.5], [0.25, 0, 2]]; // prettier-ignore
  const of = (rows: number[][]) => Float32Array.from(rows.flat());
  const compile = () =>
    onnx.compile(
      'bce',
      ({ logits, targets, weights }) => {
        const { loss, gradients } = lossGradients(
          (p) => ({ loss: binaryCrossEntropy(p.logits as Tensor2D, targets as Tensor2D, weights as Tensor2D) }),
          { logits },
        );
        return { loss, gradient: gradients.logits };
      },
      { logits: float32(2, 3), targets: float32(2, 3), weights: float32(2, 3) },
    );
  const written = (logits: number[][]) =>
    logits.reduce((sum, row, i) => sum + row.reduce((part, value, c) => part + w[i][c] * bce(value, t[i][c]), 0), 0);

  test('is the written-out sum of binary cross-entropies, its gradient that of finite differences', async () => {
    const program = await compile();
    const { loss, gradient } = await program.run({ logits: of(z), targets: of(t), weights: of(w) });
    // ln(1 − σ(40)) is −∞ in 64-bit floats: that term's weight is 0 here, and a term by itself is tested below.
    const finite = z.map((row) => row.map((value) => Math.min(value, 30)));
    expect(loss[0]).toBeCloseTo(written(finite), 5);
    const h = 1e-4;
    for (const i of [0, 1])
      for (const c of [0, 1, 2]) {
        const moved = (by: number) =>
          finite.map((row, k) => row.map((value, j) => value + (k === i && j === c ? by : 0)));
        expect(gradient[3 * i + c]).toBeCloseTo((written(moved(h)) - written(moved(-h))) / (2 * h), 4);
      }
  });

  test('does not overflow where a sigmoid is 0 or 1: the loss of logit 90 with target 0 is 90', async () => {
    const program = await compile();
    const none = new Float32Array(6);
    const { loss } = await program.run({ logits: Float32Array.of(90, -90, 0, 0, 0, 0), targets: none, weights: Float32Array.of(1, 1, 0, 0, 0, 0) }); // prettier-ignore
    expect(loss[0]).toBeCloseTo(90, 4);
  });
});

/** Mean over rows of Σ over seen outputs of the binary cross-entropy, from the definition in the paper. */
function expectedLoss(
  rows: readonly { x: ArrayLike<number>; y: number }[],
  [student, teacher]: readonly [Arrays, Arrays],
  [labelled, taught]: readonly [readonly number[], readonly number[]],
): number {
  let sum = 0;
  for (const { x, y } of rows) {
    const z = forward(network, student, x);
    const before = forward(network, teacher, x);
    for (const c of labelled) sum += bce(z[c], Number(c === y));
    for (const c of taught) sum += bce(z[c], sigmoid(before[c]));
  }
  return sum / rows.length;
}
const rowsOf = (batch: Batch) => Array.from({ length: batch.size }, (_, i) => ({ x: rowOf(batch, i), y: batch.y[i] }));
const exemplarsOf = (held: Held) =>
  held.sets.flatMap((slots) => Array.from(slots, (slot) => ({ x: inputOf(held, slot), y: held.store.y[slot] })));

describe('an update', () => {
  test('of the first task learns its outputs only, from labels', async () => {
    const learner = await create();
    await drive(learner, eventsOfTask(stream, 0).slice(0, 3));
    const now = copyParameters(learner);
    const batch = batchOf(stream, 0, [3, 4, 5]);
    const { loss } = await learner.observe(batch);
    expect(loss).toBeCloseTo(expectedLoss(rowsOf(batch), [now, now], [[0, 1], []]), 5); // prettier-ignore
  });

  test('of a later one learns old outputs from the network before the task, on stream and exemplars alike', async () => {
    const learner = await create();
    await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1), begin(stream, 2)]);
    const teacher = copyParameters(learner);
    await drive(learner, eventsOfTask(stream, 2).slice(1, 4));
    const student = copyParameters(learner);
    const batch = batchOf(stream, 2, [0, 1, 2, 3, 4]);
    const rows = [...rowsOf(batch), ...exemplarsOf(heldBy(learner))];
    expect(rows).toHaveLength(5 + 20); // ⌊20 / 4⌋ exemplars of each of four classes, all of them drawn
    const { loss } = await learner.observe(batch);
    const expected = expectedLoss(rows, [student, teacher], [[4, 5], [0, 1, 2, 3]]); // prettier-ignore
    expect(loss).toBeCloseTo(expected, 5);
    // The student has left its teacher: with itself as the teacher the loss is another.
    expect(Math.abs(expected - expectedLoss(rows, [student, student], [[4, 5], [0, 1, 2, 3]]))).toBeGreaterThan(1e-3); // prettier-ignore
  });
});

describe('exemplars', () => {
  test('are ⌊memory / classes seen⌋ of each class, and sets are cut down to their beginnings', async () => {
    const learner = await create();
    await drive(learner, eventsOfTask(stream, 0));
    const first = heldBy(learner);
    expect(sizes(first.sets)).toEqual([10, 10, 0, 0, 0, 0]);
    await drive(learner, eventsOfTask(stream, 1));
    const second = heldBy(learner);
    expect(sizes(second.sets)).toEqual([5, 5, 5, 5, 0, 0]);
    await drive(learner, eventsOfTask(stream, 2));
    const third = heldBy(learner);
    expect(sizes(third.sets)).toEqual([3, 3, 3, 3, 3, 3]);
    for (const output of [0, 1]) {
      const list = idsOf(first, first.sets[output]);
      expect(idsOf(second, second.sets[output])).toEqual(list.slice(0, 5));
      expect(idsOf(third, third.sets[output])).toEqual(list.slice(0, 3));
    }
    for (const [output, slots] of third.sets.entries())
      for (const slot of slots) expect([third.store.y[slot], third.store.task[slot]]).toEqual([output, output >> 1]);
    expect(new Set(third.sets.flatMap((slots) => [...slots])).size).toBe(18);
  });

  test('are what herding picks from all training rows of the class, by the features at the end of the task', async () => {
    const learner = await create();
    await drive(learner, eventsOfTask(stream, 0));
    const parameters = copyParameters(learner);
    const { train } = stream.tasks[0];
    const held = heldBy(learner);
    for (const output of [0, 1]) {
      const rows = Array.from(train.labels.keys()).filter((row) => train.labels[row] === output);
      const batch = batchOf(stream, 0, rows, rows.length);
      const picked = herd(rows.flatMap((_, i) => features(parameters, rowOf(batch, i))), 16, 10); // prettier-ignore
      expect(idsOf(held, held.sets[output])).toEqual(Array.from(picked, (i) => train.ids[rows[i]]));
      held.sets[output].forEach((slot, k) => expect(inputOf(held, slot)).toEqual(rowOf(batch, picked[k])));
    }
  });

  test('of a class that fewer rows are seen of than there is room are all its rows', async () => {
    const learner = await create({ memory: 200 });
    await drive(learner, eventsOfTask(stream, 0));
    expect(sizes(heldBy(learner).sets)).toEqual([22, 22, 0, 0, 0, 0]);
  });
});

describe('a class that comes back', () => {
  /** The second task shows classes 2 and 3, and the first eight rows of class 0 of the first once more. */
  const again = withReturn(stream);

  test('is learnt from labels again, and herded anew from its exemplars and the task’s rows, each sample once', async () => {
    const learner = await create({}, again);
    await drive(learner, [...eventsOfTask(again, 0), begin(again, 1)]);
    const before = heldBy(learner);
    const teacher = copyParameters(learner);
    const batch = batchOf(again, 1, [0, 1, 2, 44, 45]);
    expect([...batch.y.subarray(3, 5)]).toEqual([0, 0]);
    const rows = [...rowsOf(batch), ...exemplarsOf(before)];
    const { loss } = await learner.observe(batch);
    expect(loss).toBeCloseTo(expectedLoss(rows, [teacher, teacher], [[2, 3, 0], [1]]), 5); // prettier-ignore

    await drive(learner, eventsOfTask(again, 1).slice(1));
    const after = heldBy(learner);
    expect(sizes(after.sets)).toEqual([5, 5, 5, 5, 0, 0]);
    expect(idsOf(after, after.sets[1])).toEqual(idsOf(before, before.sets[1]).slice(0, 5));
    const parameters = copyParameters(learner);
    const kept = Array.from(before.sets[0].subarray(0, 5), (slot) => ({
      id: before.store.id[slot],
      x: inputOf(before, slot),
    }));
    const { train } = again.tasks[1];
    const known = new Set(kept.map(({ id }) => id));
    const fresh = [44, 45, 46, 47, 48, 49, 50, 51]
      .filter((row) => !known.has(train.ids[row]))
      .map((row) => ({ id: train.ids[row], x: rowOf(batchOf(again, 1, [row]), 0) }));
    const candidates = [...kept, ...fresh];
    const picked = herd(candidates.flatMap(({ x }) => features(parameters, x)), 16, 5); // prettier-ignore
    expect(idsOf(after, after.sets[0])).toEqual(Array.from(picked, (i) => candidates[i].id));
    after.sets[0].forEach((slot, k) => expect(inputOf(after, slot)).toEqual(candidates[picked[k]].x));
  });
});

function withReturn(base: Stream): Stream {
  const [first, second] = base.tasks;
  const returning = Array.from(first.train.labels.keys()).filter((row) => first.train.labels[row] === 0).slice(0, 8); // prettier-ignore
  const join = (a: Int32Array, b: Int32Array) => Int32Array.from([...a, ...returning.map((row) => b[row])]);
  const train: Samples = {
    length: second.train.length + 8,
    labels: join(second.train.labels, first.train.labels),
    ids: join(second.train.ids, first.train.ids),
    read(rows, out) {
      const size = inputSizeOf(base);
      for (let i = 0; i < rows.length; i++) {
        const back = rows[i] - second.train.length;
        const [samples, row] = back < 0 ? [second.train, rows[i]] : [first.train, returning[back]];
        samples.read([row], out.subarray(i * size, (i + 1) * size));
      }
    },
  };
  return { ...base, tasks: [first, { ...second, outputs: [...second.outputs, 0], train }, ...base.tasks.slice(2)] };
}

describe('prediction', () => {
  /** Minus squared distances to the means of some rows by class, in plain loops. */
  function expectedLogits(parameters: Arrays, held: Held, x: ArrayLike<number>): number[] {
    const phi = features(parameters, x);
    return held.sets.map((slots, output) => {
      const all = [...slots, ...held.standIns[output]].map((slot) => features(parameters, inputOf(held, slot)));
      if (all.length === 0) return -1e4;
      const sum = phi.map((_, i) => all.reduce((total, row) => total + row[i], 0));
      return -phi.reduce((total, value, i) => total + (value - sum[i] / Math.hypot(...sum)) ** 2, 0);
    });
  }
  async function logits(learner: Learner, batch: Batch): Promise<number[][]> {
    const { model } = learner;
    await model.prepare!();
    const program = await onnx.compile(
      'predict',
      (all) => ({ logits: model.logits(all.parameters, all.x as Tensor2D) }),
      { parameters: model.specs, x: float32(batch.y.length, 16) },
    );
    const { logits: values } = await program.run({ parameters: model.parameters(), x: batch.x });
    return Array.from({ length: batch.size }, (_, i) => [...values.subarray(i * 6, (i + 1) * 6)]);
  }

  test('is by the nearest mean: of exemplars, and of the rows seen first of classes that are being learnt', async () => {
    const learner = await create();
    const events = [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1)];
    const batch = batchOf(stream, 0, [0, 1, 2, 3]);
    const check = async (known: number[]) => {
      const held = heldBy(learner);
      const found = await logits(learner, batch);
      found.forEach((row, i) =>
        expectedLogits(learner.model.parameters(), held, rowOf(batch, i)).forEach((value, k) =>
          expect(row[k]).toBeCloseTo(value, 5),
        ),
      );
      expect(found[0].flatMap((value, k) => (value > -5 ? [k] : []))).toEqual(known);
      return held;
    };
    await drive(learner, events.slice(0, 1));
    await check([]);
    await drive(learner, events.slice(1, 3));
    await check([0, 1]);
    const middle = events.length / 2;
    await drive(learner, events.slice(3, middle));
    expect(sizes((await check([0, 1])).standIns)).toEqual([0, 0, 0, 0, 0, 0]);
    await drive(learner, events.slice(middle, middle + 3));
    await check([0, 1, 2, 3]);
    await drive(learner, events.slice(middle + 3, -1));
    expect(sizes((await check([0, 1, 2, 3])).standIns)).toEqual([0, 0, 5, 5, 0, 0]);
    await drive(learner, events.slice(-1));
    expect(sizes((await check([0, 1, 2, 3])).standIns)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('stand-ins are the first rows of each class since the task began', async () => {
    const learner = await create();
    const events = eventsOfTask(stream, 0).slice(0, -1);
    await drive(learner, events);
    const seen = events.flatMap((event) => (event.verb === 'observe' ? rowIds(event.batch) : []));
    const held = heldBy(learner);
    for (const output of [0, 1])
      expect(idsOf(held, held.standIns[output])).toEqual(
        seen.filter(({ y }) => y === output).slice(0, 10).map(({ id }) => id), // prettier-ignore
      );
  });
  test('a sample that a batch shows in several views stands in once', async () => {
    const learner = await create();
    const batch = { ...batchOf(stream, 0, [3, 3, 4, 4, 5, 5]), views: 2 };
    await drive(learner, [begin(stream, 0), observe(batch)]);
    expect(sizes(heldBy(learner).standIns).slice(0, 2).reduce((a, b) => a + b)).toBe(3); // prettier-ignore
  });

  const rowIds = (batch: Batch) => Array.from({ length: batch.size }, (_, i) => ({ y: batch.y[i], id: batch.ids[i] }));

  test('with mirror the means are those of exemplars and their mirror images, and nothing else changes', async () => {
    const [mirrored, plain] = await Promise.all([create({ mirror: true }), create()]);
    for (const learner of [mirrored, plain]) {
      await drive(learner, eventsOfTask(stream, 0));
      await learner.model.prepare!();
    }
    expect(copyState(mirrored.state())).toEqual(copyState(plain.state()));
    const means = mirrored.model.parameters()['nearest-mean/means'];
    const held = heldBy(mirrored);
    const flip = (row: ArrayLike<number>) => Array.from({ length: 16 }, (_, i) => row[4 * (i >> 2) + 3 - (i & 3)]);
    const rows = [...held.sets[1]].flatMap((slot) => [inputOf(held, slot), flip(inputOf(held, slot))]);
    const seen = rows.map((row) => features(mirrored.model.parameters(), row));
    const sum = seen[0].map((_, i) => seen.reduce((total, row) => total + row[i], 0));
    sum.forEach((value, i) => expect(means[16 + i]).toBeCloseTo(value / Math.hypot(...sum), 5));
  });

  test('an evaluation changes nothing that is trained', async () => {
    const [watched, alone] = await Promise.all([create({ replayBatch: 4 }), create({ replayBatch: 4 })]);
    const evaluator = await createEvaluator(onnx, watched.model, stream, 100, createRng(1));
    const events = [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1)];
    for (const event of events) {
      await drive(watched, [event]);
      await evaluator.evaluate(2);
    }
    await drive(alone, events);
    expect(copyState(watched.state())).toEqual(copyState(alone.state()));
  });
});

test('refuses a memory smaller than the number of classes, a draw larger than it, and mirrors of a table’s rows', () => {
  const facts = { scenario: 'class', images: true, outputCount: 6, taskCount: 3, outputsPerTask: 2, batch: 8 } as const;
  const check =
    (options: Record<string, unknown>, images = true) =>
    () =>
      icarl.check(icarl.parseOptions(options), { ...facts, images });
  expect(check({ memory: 5, replayBatch: 2 })).toThrow(
    'memory: 5 samples are too few for one of each class (at least 6)',
  );
  expect(check({ memory: 6, replayBatch: 7 })).toThrow(
    'replayBatch: 7 rows cannot be drawn from a memory of 6 samples',
  );
  expect(check({ mirror: true }, false)).toThrow('mirror: the inputs are rows of a table, not images');
  expect(check({ mirror: true })).not.toThrow();
});

test('it holds exemplars and as many rows again, the network before the task, and the class means', async () => {
  const learner = await create();
  const parameters = 16 * 16 + 16 + 16 * 6 + 6;
  expect(learner.cost().extraBytes).toBe(4 * (2 * 20 * (16 + 3) + parameters + 6 * 16 + 6));
});
