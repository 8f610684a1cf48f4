import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../base/index.ts';
import { float32, lossGradients, openEngine } from '../../engine/index.ts';
import type { Arrays, Scalar, Tensor1D, Tensor2D } from '../../engine/index.ts';
import { createEvaluator } from '../../harness/index.ts';
import { findMethod, type Learner, type LearnerTask } from '../../methods/index.ts';
import {
  adagrad,
  autoencoderSpecs,
  initialAutoencoder,
  reconstructionError,
  reconstructionLoss,
  relatedness,
} from '../../methods/shared/autoencoder.ts';
import { expertShares, gateProbabilities } from '../../methods/shared/gatedModel.ts';
import { createGates, momentsOf } from '../../methods/shared/gates.ts';
import {
  batchOf,
  begin,
  blobStream,
  bytesOfState,
  copyState,
  createLearner,
  drive,
  eventsOf,
  eventsOfTask,
  forward,
  inputSizeOf,
  logSoftmax,
  rowOf,
  setupFor,
  taskOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
afterAll(() => onnx.dispose());

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Two inputs, one unit; the second input is turned round by its deviation of 2. */
const hand = {
  mean: Float32Array.of(1, 0),
  deviation: Float32Array.of(1, 2),
  'encoder/weight': Float32Array.of(2, -1),
  'encoder/bias': Float32Array.of(0.5),
  'decoder/weight': Float32Array.of(1, -2),
  'decoder/bias': Float32Array.of(0, 1),
};
const { weights, moments } = autoencoderSpecs(2, 1);

describe('an autoencoder', () => {
  test('made by hand has the errors that are written out', async () => {
    const program = await onnx.compile(
      'error',
      ({ gate, x }) => ({ error: reconstructionError(gate, x as Tensor2D) }),
      { gate: { ...weights, ...moments }, x: float32(2, 2) },
    );
    const { error } = await program.run({ gate: hand, x: Float32Array.of(1, 0, 1 - Math.log(9), 2 * Math.log(9)) });
    // Row 1: both inputs are σ(0) = ½, the code is 2·½ − ½ + ½ = 1, what comes back σ(1) = 0.7310586 and σ(−2 + 1) = 0.2689414:
    // 2·(0.2310586)² = 0.1067761.
    expect(error[0]).toBeCloseTo(0.1067761, 6);
    // Row 2: σ(−ln 9) = 0.1 and σ(ln 9) = 0.9, the code is relu(0.2 − 0.9 + 0.5) = 0, what comes back ½ and σ(1): 0.16 + 0.1689414².
    expect(error[1]).toBeCloseTo(0.1885412, 6);
  });

  test('is trained on the cross-entropy −t·log σ(z) − (1 − t)·log(1 − σ(z)), with the gradient weight·(σ(z) − t)', async () => {
    const [z, t, weight] = [[0.3, -2, 4, 0], [0.2, 0.9, 0.5, 1], [0.25, 2]]; // prettier-ignore
    const program = await onnx.compile(
      'loss',
      (all) => {
        const { loss, gradients } = lossGradients(
          (p) => ({ loss: reconstructionLoss(p.z as Tensor2D, all.t as Tensor2D, all.weight as Tensor1D) }),
          { z: all.z },
        );
        return { loss, gradient: gradients.z };
      },
      { z: float32(2, 2), t: float32(2, 2), weight: float32(2) },
    );
    const found = await program.run({
      z: Float32Array.from(z),
      t: Float32Array.from(t),
      weight: Float32Array.from(weight),
    });
    const terms = z.map((each, i) => -t[i] * Math.log(sigmoid(each)) - (1 - t[i]) * Math.log(1 - sigmoid(each)));
    expect(found.loss[0]).toBeCloseTo(terms.reduce((sum, term, i) => sum + term * weight[i >> 1], 0), 5); // prettier-ignore
    z.forEach((each, i) => expect(found.gradient[i]).toBeCloseTo(weight[i >> 1] * (sigmoid(each) - t[i]), 5));
  });

  test('starts with 15 weights a unit, or as many as there are', () => {
    const { 'encoder/weight': encoder, 'decoder/weight': decoder } = initialAutoencoder(40, 7, createRng(3));
    const ofUnit = (weight: ArrayLike<number>, units: number, unit: number): number =>
      Array.from(weight).filter((value, i) => i % units === unit && value !== 0).length;
    for (let unit = 0; unit < 7; unit++) expect(ofUnit(encoder, 7, unit)).toBe(15);
    for (let unit = 0; unit < 40; unit++) expect(ofUnit(decoder, 40, unit)).toBe(7);
  });

  test('learns by Adagrad: two updates by hand', async () => {
    const specs = { 'a/weight': float32(1), 'a/bias': float32(1) };
    const program = await onnx.compile(
      'adagrad',
      ({ parameters, gradients, squares, rate }) => adagrad(parameters, gradients, squares, rate as Scalar),
      { parameters: specs, gradients: specs, squares: specs, rate: float32() },
    );
    const of = (weight: number, bias: number) => ({ 'a/weight': Float32Array.of(weight), 'a/bias': Float32Array.of(bias) }); // prettier-ignore
    const rate = Float32Array.of(0.1);
    const first = await program.run({ parameters: of(2, 2), gradients: of(3, 3), squares: of(0, 0), rate });
    // The first step is of the size of the rate whatever the gradient.
    expect(first.parameters['a/weight'][0]).toBeCloseTo(1.9, 6);
    const [parameters, squares] = [first.parameters, first.squares].map((held) => of(held['a/weight'][0], held['a/bias'][0])); // prettier-ignore
    const second = await program.run({ parameters, squares, gradients: of(4, 4), rate });
    // Bias: 1.9 − 0.1·4/√(3² + 4²). Weight: gradients of 3 + 5e-4·2 = 3.001 and 4 + 5e-4·1.9 = 4.00095.
    expect(second.parameters['a/bias'][0]).toBeCloseTo(1.9 - 0.08, 6);
    expect(second.squares['a/weight'][0]).toBeCloseTo(3.001 ** 2 + 4.00095 ** 2, 4);
    expect(second.parameters['a/weight'][0]).toBeCloseTo(1.9 - 0.400095 / Math.hypot(3.001, 4.00095), 6);
  });
});

describe('a gate', () => {
  const stream = blobStream('split', 'class', 3);
  const task = taskOf(stream, 0);
  const make = async (options: Record<string, number> = {}) => {
    let flops: number | null = 0;
    const gates = await createGates(
      { engine: onnx, stream: setupFor('expert-gate', { engine: onnx, stream }).stream },
      { code: 6, passes: 10, rate: 0.01, batch: 12, ...options },
      createRng(5),
      (more) => (flops = flops === null || more === null ? null : flops + more),
    );
    return { gates, flops: () => flops };
  };

  test('reconstructs better with more passes, the task that it was trained on best of all', async () => {
    const errors: number[] = [];
    let others: number[] = [];
    for (const passes of [1, 10, 40]) {
      const { gates } = await make({ passes });
      const gate = await gates.train(task);
      errors.push(await gates.error(gate, task));
      others = [await gates.error(gate, taskOf(stream, 1)), await gates.error(gate, taskOf(stream, 2))];
    }
    for (const other of others) expect(other).toBeGreaterThan(1.5 * errors[2]);
    expect(errors[1]).toBeLessThan(0.95 * errors[0]);
    expect(errors[2]).toBeLessThan(0.95 * errors[1]);
  });

  test('has the means and deviations of the task, 1 where an input does not vary', () => {
    const rows = [[1, 5, -2], [3, 5, 2], [8, 5, 0]]; // prettier-ignore
    const train: LearnerTask['train'] = {
      length: 3,
      labels: new Int32Array(3),
      ids: new Int32Array(3),
      read: (chosen, out) => Array.from(chosen).forEach((row, i) => out.set(rows[row], 3 * i)),
    };
    const found = momentsOf(train, 3);
    expect([...found.mean]).toEqual([4, 5, 0]);
    // (9 + 1 + 16)/3 and (4 + 4)/3
    [Math.sqrt(26 / 3), 1, Math.sqrt(8 / 3)].forEach((deviation, i) =>
      expect(found.deviation[i]).toBeCloseTo(deviation, 6),
    );
  });

  test('its mean error is the mean of the rows’ errors, whatever is left of the last chunk', async () => {
    const { gates, flops } = await make({ passes: 1 });
    const gate = await gates.train(task);
    const spent = flops()!;
    expect(spent).toBeGreaterThan(0);
    const program = await onnx.compile(
      'errors',
      (all) => ({ errors: reconstructionError(all.gate, all.x as Tensor2D) }),
      { gate: gates.specs, x: float32(1, inputSizeOf(stream)) },
    );
    const x = new Float32Array(inputSizeOf(stream));
    let sum = 0;
    for (let row = 0; row < task.train.length; row++) {
      task.train.read([row], x);
      sum += (await program.run({ gate, x })).errors[0] / task.train.length;
    }
    expect(await gates.error(gate, task)).toBeCloseTo(sum, 5);
    expect(flops()).toBeGreaterThan(spent);
  });

  test('trains on the rows of a short batch as on a batch of their number', async () => {
    // One batch a pass: 44 rows of a capacity of 44, and of 60.
    const [exact, padded] = [await make({ batch: 44, passes: 3 }), await make({ batch: 60, passes: 3 })];
    const [one, other] = [await exact.gates.train(task), await padded.gates.train(task)];
    for (const [key, values] of Object.entries(one))
      values.forEach((value, i) => expect(Math.abs(value - other[key][i])).toBeLessThan(1e-5));
  });
});

test('a task whose earlier gate has half again the error of its own is related by one half', () => {
  expect(relatedness(3, 2)).toBe(0.5);
  expect(relatedness(2, 2)).toBe(1);
  // Better than its own, and beyond twice its error.
  expect(relatedness(1, 2)).toBe(1.5);
  expect(relatedness(6, 2)).toBe(-1);
  expect(relatedness(0, 0)).toBe(1);
});

describe('routing', () => {
  const errors = [1, 3, 2, 0.5, 4, 4, 8, 4];
  const shares = async (open: number[], temperature: number, confidence: number | null) => {
    const program = await onnx.compile(
      'shares',
      (all) => ({
        probabilities: gateProbabilities(all.errors as Tensor2D, all.open as Tensor1D, temperature),
        shares: expertShares(all.errors as Tensor2D, all.open as Tensor1D, { temperature, confidence }),
      }),
      { errors: float32(2, 4), open: float32(4) },
    );
    return program.run({ errors: Float32Array.from(errors), open: Float32Array.from(open) });
  };
  const near = (expected: readonly number[]): unknown[] => expected.map((value) => expect.closeTo(value, 6));

  test('has probabilities softmax(−error / temperature) over the gates that are open', async () => {
    const { probabilities } = await shares([1, 1, 1, 0], 2, null);
    // e^(−½), e^(−3/2) and e^(−1) over their sum 1.1975403; e^0, e^0 and e^(−2) over 2.1353353.
    expect([...probabilities]).toEqual(near([0.5064804, 0.1863237, 0.3071959, 0, 0.4683105, 0.4683105, 0.0633789, 0]));
  });

  test('picks the one of least error, and never one that is not open', async () => {
    expect([...(await shares([1, 1, 1, 1], 2, null)).shares]).toEqual(near([0, 0, 0, 1, 1, 0, 0, 0]));
    expect([...(await shares([1, 1, 1, 0], 2, null)).shares]).toEqual(near([1, 0, 0, 0, 1, 0, 0, 0]));
    expect([...(await shares([0, 1, 0, 0], 2, null)).shares]).toEqual(near([0, 1, 0, 0, 0, 1, 0, 0]));
  });

  test('with a confidence shares the answer by probability among those that reach it', async () => {
    const { shares: found } = await shares([1, 1, 1, 0], 2, 0.3);
    expect([...found]).toEqual(near([0.5064804 / 0.8136763, 0, 0.3071959 / 0.8136763, 0, 0.5, 0.5, 0, 0]));
    // None does, so the most probable one answers.
    expect([...(await shares([1, 1, 1, 0], 2, 0.6)).shares]).toEqual(near([1, 0, 0, 0, 1, 0, 0, 0]));
  });
});

/** The state of the method, as far as these tests read it. */
interface Held {
  readonly gates: readonly Record<string, Float32Array>[];
  readonly finished: readonly Record<string, Float32Array>[];
  readonly origin: number;
  readonly related: number;
}
const heldBy = (learner: Learner): Held => copyState(learner.state()) as unknown as Held;

/** A gate's error on a row, written out in 64-bit floats. */
function errorOf(gate: Record<string, Float32Array>, row: Float32Array): number {
  const input = Array.from(row, (value, i) => sigmoid((value - gate.mean[i]) / gate.deviation[i]));
  const layer = (values: readonly number[], of: string): number[] =>
    Array.from(gate[`${of}/bias`], (bias, k) =>
      values.reduce((sum, value, j) => sum + value * gate[`${of}/weight`][j * gate[`${of}/bias`].length + k], bias),
    );
  const code = layer(input, 'encoder').map((value) => Math.max(0, value));
  return layer(code, 'decoder').reduce((sum, value, i) => sum + (input[i] - sigmoid(value)) ** 2, 0);
}

describe.each(['class', 'domain'] as const)('in the %s scenario', (scenario) => {
  const stream = blobStream('split', scenario, 3);

  test('rows find the expert of least error, nearly always that of their task, which knows the outputs of that task only', async () => {
    const learner = await createLearner('expert-gate', {
      engine: onnx,
      stream,
      options: { code: 6, gatePasses: 40, gateRate: 0.05 },
    });
    const { network } = setupFor('expert-gate', { engine: onnx, stream });
    const program = await onnx.compile(
      'logits',
      (all) => ({ logits: learner.model.logits(all.parameters, all.x as Tensor2D) }),
      { parameters: learner.model.specs, x: float32(8, inputSizeOf(stream)) },
    );
    await drive(learner, eventsOf(stream, { epochs: 3 }));
    const gates = heldBy(learner).gates;
    let right = 0;
    for (const task of [0, 1, 2]) {
      const batch = batchOf(stream, task, [0, 1, 2, 3, 4, 5, 6, 7]);
      const { logits } = await program.run({ parameters: learner.model.parameters(), x: batch.x });
      for (let i = 0; i < 8; i++) {
        const row = [...logits.subarray(i * stream.outputCount, (i + 1) * stream.outputCount)];
        const errors = gates.map((gate) => errorOf(gate, rowOf(batch, i)));
        const chosen = errors.indexOf(Math.min(...errors));
        right += Number(chosen === task);
        const expert = heldBy(learner).finished[chosen] ?? learner.model.parameters();
        const { outputs } = stream.tasks[chosen];
        const expected = logSoftmax(forward(network, expert, rowOf(batch, i)), outputs);
        for (const k of outputs) expect(row[k]).toBeCloseTo(expected[k], 4);
        for (const value of row.filter((_, k) => !outputs.includes(k))) expect(value).toBeLessThan(-40);
      }
    }
    expect(right).toBeGreaterThanOrEqual(23);
    const evaluator = await createEvaluator(onnx, learner.model, stream, 1000, createRng(1));
    for (const { accuracy } of await evaluator.evaluateAll()) expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });

  test('distils the expert that it is made from if and only if that is related by more than the threshold', async () => {
    const options = { code: 6, gatePasses: 10, lambda: 3, distillationTemperature: 3 };
    const { network } = setupFor('expert-gate', { engine: onnx, stream });
    const run = async (threshold: number) => {
      const conditions = { engine: onnx, stream, options: { ...options, threshold } };
      const learner = await createLearner('expert-gate', conditions);
      await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
      return learner;
    };
    const { related } = heldBy(await run(0));
    expect(Number.isFinite(related)).toBe(true);
    const batch = batchOf(stream, 1, [0, 1, 2, 3, 4]);
    const stats = async (threshold: number) => {
      const learner = await run(threshold);
      // Away from the expert that it was made from, as far as long training would go.
      const state = copyState(learner.state());
      for (const values of Object.values((state.trainer as { parameters: Arrays }).parameters))
        for (let i = 0; i < values.length; i++) values[i] *= 2 + 2 * Math.sin(i);
      learner.restore(state);
      const student = copyState(learner.model.parameters()) as Record<string, Float32Array>;
      return { found: await learner.observe(batch), student, teacher: heldBy(learner).finished[0] };
    };
    const [off, on] = [await stats(related), await stats(related - 1e-9)];
    for (const { found, student, teacher } of [off, on]) {
      let [crossEntropy, divergence] = [0, 0];
      for (let i = 0; i < 5; i++) {
        const z = forward(network, student, rowOf(batch, i));
        const learner = logSoftmax(z.map((value) => value / 3), stream.tasks[0].outputs); // prettier-ignore
        const taught = logSoftmax(forward(network, teacher, rowOf(batch, i)).map((value) => value / 3), stream.tasks[0].outputs); // prettier-ignore
        for (const k of stream.tasks[0].outputs) divergence += (Math.exp(taught[k]) * (taught[k] - learner[k])) / 5;
        crossEntropy -= logSoftmax(z, stream.tasks[1].outputs)[batch.y[i]] / 5;
      }
      expect(divergence).toBeGreaterThan(0.01);
      expect(found.origin).toBe(1);
      expect(found.relatedness).toBe(related);
      const distillation = found === on.found ? 3 * 9 * divergence : 0;
      expect(found.distillation).toBeCloseTo(distillation, 4);
      expect(found.loss).toBeCloseTo(crossEntropy + distillation, 4);
    }
  });
});

test('a new expert is a copy of the most related one, and not of the last', async () => {
  // The third task is the first one again.
  const stream = blobStream('split', 'domain', 3);
  const again: LearnerTask = { ...taskOf(stream, 0), index: 2 };
  const learner = await createLearner('expert-gate', { engine: onnx, stream, options: { code: 6, gatePasses: 20 } });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1), { verb: 'beginTask', task: again }]);
  const { finished, origin, related } = heldBy(learner);
  expect(origin).toBe(0);
  expect(related).toBeGreaterThan(0.85);
  for (const [key, values] of Object.entries(finished[0])) expect(learner.model.parameters()[key]).toEqual(values);
  expect(finished[1]['hidden1/weight']).not.toEqual(finished[0]['hidden1/weight']);
});

test('a finished expert is never trained again, to the bit', async () => {
  const stream = blobStream('split', 'class', 3);
  const learner = await createLearner('expert-gate', {
    engine: onnx,
    stream,
    options: { gatePasses: 2, threshold: -9 },
  });
  await drive(learner, [...eventsOfTask(stream, 0), begin(stream, 1)]);
  const { finished } = heldBy(learner);
  const gate = copyState(learner.model.parameters())['gate0/encoder/weight'];
  await drive(learner, [...eventsOfTask(stream, 1).slice(1), ...eventsOfTask(stream, 2)]);
  expect(heldBy(learner).finished[0]).toEqual(finished[0]);
  expect(copyState(learner.model.parameters())['gate0/encoder/weight']).toEqual(gate);
});

test('in the task scenario each task is answered by its own expert', async () => {
  const stream = blobStream('split', 'task', 3);
  const learner = await createLearner('expert-gate', { engine: onnx, stream, options: { gatePasses: 2 } });
  await drive(learner, eventsOf(stream, { epochs: 2 }));
  const { finished } = heldBy(learner);
  for (const task of [0, 1])
    expect(learner.model.parameters(task)['hidden1/weight']).toEqual(finished[task]['hidden1/weight']);
  expect(learner.model.parameters(2)).toEqual(learner.model.parameters());
  expect(bytesOfState(learner.model.parameters(2))).not.toBe(bytesOfState(learner.model.parameters(1)));
});

test('holds every finished expert and every gate, and says so in bytes', async () => {
  const stream = blobStream('split', 'class', 3);
  const learner = await createLearner('expert-gate', {
    engine: onnx,
    stream,
    options: { code: 5, gatePasses: 1 },
    hidden: [7],
  });
  await drive(learner, [...eventsOfTask(stream, 0), ...eventsOfTask(stream, 1)]);
  // One network of 16·7 + 7 + 7·6 + 6, and two gates of 16·5 + 5 + 5·16 + 16 weights with two moments an input.
  expect(learner.cost().extraBytes).toBe(4 * (167 + 2 * (181 + 32)));
});

test('warns of a code that is no bottleneck', async () => {
  const stream = blobStream('split', 'class');
  const warnings: string[] = [];
  for (const code of [15, 16]) {
    const setup = setupFor('expert-gate', { engine: onnx, stream, options: { code } });
    await findMethod('expert-gate').create({ ...setup, warn: (message) => warnings.push(message) });
  }
  expect(warnings).toEqual([expect.stringContaining('code=16 units for 16 inputs are no bottleneck')]);
});
