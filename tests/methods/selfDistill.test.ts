import { afterAll, describe, expect, test } from 'vitest';
import {
  float32,
  int32,
  mlp,
  openEngine,
  smallCnn,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';
import { distanceToTargets, mixedTargets } from '../../methods/shared/selfDistillation.ts';
import { findMethod } from '../../methods/index.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
  copyParameters,
  copyState,
  createLearner,
  drive,
  end,
  eventsOf,
  eventsOfTask,
  forward,
  inputSizeOf,
  largestDifference,
  logSoftmax,
  rowOf,
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const teacher = [1, -2, 0.5];
const student = [0.2, 1, -3];
const softmax = (z: readonly number[]) => logSoftmax(z, [0, 1, 2]).map(Math.exp);

test.each(['cross-entropy', 'mse'] as const)('%s to mixed targets has the gradient of its two parts', async (kind) => {
  const program = await onnx.compile(
    'targets',
    ({ z, t, y, alpha }) => {
      const targets = mixedTargets(y as Tensor1D, t as Tensor2D, alpha as Scalar);
      const weight = (alpha as Scalar).mul(0).add(1).reshape([1]) as Tensor1D;
      const competing = (alpha as Scalar).mul(0).add(3) as Scalar;
      return { targets, loss: distanceToTargets(kind, z as Tensor2D, targets, weight, competing) };
    },
    { z: float32(1, 3), t: float32(1, 3), y: int32(1), alpha: float32() },
  );
  const p = softmax(teacher);
  for (const alpha of [0, 0.3, 1]) {
    const { targets, loss } = await program.run({
      z: Float32Array.from(student),
      t: Float32Array.from(teacher),
      y: Int32Array.of(2),
      alpha: Float32Array.of(alpha),
    });
    const expected = [0, 1, 2].map((k) => alpha * Number(k === 2) + (1 - alpha) * p[k]);
    expected.forEach((value, k) => expect(targets[k]).toBeCloseTo(value, 6));
    const q = softmax(student);
    const terms = [0, 1, 2].map((k) =>
      kind === 'mse' ? (q[k] - expected[k]) ** 2 / 3 : -expected[k] * Math.log(q[k]),
    );
    expect(loss[0]).toBeCloseTo(terms[0] + terms[1] + terms[2], 5);
  }
});

describe.each(['class', 'task', 'domain'] as const)('in the %s scenario', (scenario) => {
  const stream = blobStream('split', scenario);
  const create = (options: Record<string, unknown>, more = {}) =>
    createLearner('self-distill', { engine: onnx, stream, options, ...more });

  test('one generation is finetuning', async () => {
    const learner = await create({ generations: 1 });
    const finetuned = await createLearner('finetune', { engine: onnx, stream });
    for (const each of [learner, finetuned]) await drive(each, eventsOf(stream));
    expect(largestDifference(learner.model.parameters(), finetuned.model.parameters())).toBeLessThan(1e-6);
  });

  // One update of one batch of all rows, so that the order is of no account, against central differences of the loss written out.
  test.each(['cross-entropy', 'mse'] as const)('a student descends %s from where the task began', async (loss) => {
    const network = mlp({ inputs: inputSizeOf(stream), hidden: [5], outputs: stream.outputCount });
    const { length } = taskOf(stream, 1).train;
    const conditions = { network, rate: 0.01, batch: length };
    const learner = await create({ alpha: 0.4, loss, passes: 1 }, conditions);
    await drive(learner, eventsOfTask(stream, 0, { batch: length }));
    const start = copyParameters(learner);
    const rows = Array.from({ length }, (_, i) => i);
    const all = batchOf(stream, 1, rows, length);
    await drive(learner, [begin(stream, 1), ...[1, 2, 3].map(() => ({ verb: 'observe' as const, batch: all }))]);
    const taught = copyParameters(learner);
    expect(largestDifference(taught, start)).toBeGreaterThan(1e-4);
    await drive(learner, [end(stream, 1)]);
    const after = copyParameters(learner);

    const competing = scenario === 'task' ? stream.tasks[1].outputs : [...Array(stream.outputCount).keys()];
    const lossAt = (parameters: Record<string, ArrayLike<number>>): number => {
      let sum = 0;
      for (const row of rows) {
        const t = logSoftmax(forward(network, taught, rowOf(all, row)), competing);
        const z = logSoftmax(forward(network, parameters, rowOf(all, row)), competing);
        for (const k of competing) {
          const target = 0.4 * Number(k === all.y[row]) + 0.6 * Math.exp(t[k]);
          sum += loss === 'mse' ? (Math.exp(z[k]) - target) ** 2 / competing.length : -target * z[k];
        }
      }
      return sum / length;
    };
    const h = 1e-6;
    for (const name of Object.keys(start)) {
      const wide = { ...start, [name]: Float64Array.from(start[name]) } as Record<string, Float64Array>;
      for (let i = 0; i < wide[name].length; i++) {
        const value = wide[name][i];
        wide[name][i] = value + h;
        const up = lossAt(wide);
        wide[name][i] = value - h;
        const slope = (up - lossAt(wide)) / (2 * h);
        wide[name][i] = value;
        expect(Math.abs((start[name][i] - after[name][i]) / 0.01 - slope), `${name}[${i}]`).toBeLessThan(2e-4);
      }
    }
  });
});

describe('with the best share on held-out rows', () => {
  const stream = blobStream('split', 'class');
  const options = { generations: 3, alpha: 'optimal', holdout: 0.3 };

  test('what is held out is never learnt from: its inputs may be anything', async () => {
    const create = () =>
      createLearner('self-distill', { engine: onnx, stream, options: { ...options, generations: 2 } });
    const [learner, other] = [await create(), await create()];
    await drive(learner, [begin(stream, 0)]);
    await drive(other, [begin(stream, 0)]);
    const held = new Set(learner.state().heldOut as Int32Array);
    const { train } = taskOf(stream, 0);
    expect(held.size).toBe(Math.round(0.3 * train.length));
    const row = Array.from({ length: train.length }, (_, i) => i).find((i) => held.has(train.ids[i]))!;
    const batch = batchOf(stream, 0, [row, 0, 1, 2, 3, 4, 5], 8);
    const spoilt = { ...batch, x: batch.x.slice() };
    spoilt.x.fill(3, 0, inputSizeOf(stream));
    await learner.observe(batch);
    await other.observe(spoilt);
    expect(largestDifference(copyParameters(learner), copyParameters(other))).toBe(0);
  });

  test('a learner restored within a task goes on identically to the bit', async () => {
    const network = smallCnn({
      inputShape: [4, 4, 1],
      outputs: 4,
      channels: [4, 6],
      hidden: 8,
      norm: 'batch',
      dropout: 0.5,
    });
    const create = (seed: number) =>
      createLearner('self-distill', { engine: onnx, stream, network, options, rate: 0.1, seed });
    const learner = await create(1);
    const second = eventsOfTask(stream, 1);
    await drive(learner, [...eventsOfTask(stream, 0), ...second.slice(0, 3)]);
    const restored = await create(2);
    restored.restore(copyState(learner.state()));
    expect(await drive(restored, second.slice(3))).toEqual(await drive(learner, second.slice(3)));
    expect(bytesOfState(restored.state())).toBe(bytesOfState(learner.state()));
  });
});

test('students cost as many operations as the updates of the stream, with the teacher’s passes on top', async () => {
  const stream = blobStream('split', 'class');
  const flops = async (generations: number) => {
    const learner = await createLearner('self-distill', { engine: onnx, stream, options: { generations } });
    await drive(learner, eventsOfTask(stream, 0, { epochs: 2 }));
    return learner.cost().flops!;
  };
  const [one, two, three] = [await flops(1), await flops(2), await flops(3)];
  expect(two - one).toBeGreaterThan(one);
  expect(three - two).toBe(two - one);
});

test('says what comparisons depend on', () => {
  const method = findMethod('self-distill');
  expect(method.conventions(method.parseOptions({})).join('\n')).toMatch(/weighs the ground truth[^]*alpha: 0\.6/);
  expect(method.conventions(method.parseOptions({ alpha: 'optimal', loss: 'mse' })).join('\n')).toMatch(
    /softmax − target[^]*held-out rows/,
  );
});
