import { afterAll, expect, test } from 'vitest';
import {
  adam,
  adamw,
  float32,
  int32,
  lossGradients,
  mlp,
  openEngine,
  sgd,
  tf,
  type Arrays,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';
import { createRng } from '../../base/index.ts';
import { crossEntropy, type Batch } from '../../methods/index.ts';
import { angleLogits } from '../../methods/uer.ts';
import {
  batchOf,
  begin,
  blobStream,
  copyParameters,
  createLearner,
  drive,
  eventsOf,
  inputSizeOf,
  logSoftmax,
  rowOf,
} from './fixtures.ts';

const onnx = await openEngine('onnx');
const cpu = await openEngine('cpu');
afterAll(async () => {
  await onnx.dispose();
  await cpu.dispose();
});

const stream = blobStream('split', 'class');
const width = 16;
const outputs = 4;
const norm = (vector: readonly number[]): number => Math.hypot(...vector);
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
/** Weights of one output. */
const columnOf = (weight: ArrayLike<number>, k: number): number[] =>
  Array.from({ length: weight.length / outputs }, (_, j) => weight[j * outputs + k]);

/** What the output layer reads, in 64-bit floats. */
function featuresOf(parameters: Arrays, row: Float32Array): number[] {
  const weight = parameters['hidden1/weight'];
  return Array.from({ length: width }, (_, k) => {
    const z = row.reduce((sum, x, j) => sum + x * weight[j * width + k], parameters['hidden1/bias'][k]);
    return Math.max(0, z);
  });
}

/** The mean loss of a batch's rows by the formula, from logits by angle or by the whole product. */
function meanLoss(parameters: Arrays, batch: Batch, by: 'angle' | 'product', competing: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < batch.size; i++) {
    const h = featuresOf(parameters, rowOf(batch, i));
    const logits = [0, 1, 2, 3].map((k) => {
      const w = columnOf(parameters['output/weight'], k);
      return by === 'product' ? inner(w, h) : (11.1 * inner(w, h)) / (norm(w) * norm(h));
    });
    sum -= logSoftmax(logits, competing)[batch.y[i]] / batch.size;
  }
  return sum;
}

test.each(['class', 'task'] as const)(
  'the first loss is that of a cosine classifier, later ones add that of the product on replayed rows (%s scenario)',
  async (scenario) => {
    const here = blobStream('split', scenario);
    const options = { memory: 8, replayBatch: 8, replayWeight: 0.6 };
    const learner = await createLearner('uer', { engine: onnx, stream: here, options });
    const [first, second] = [batchOf(here, 0, [0, 1, 2, 3, 4]), batchOf(here, 1, [3, 4])];
    const among = ({ task }: Batch) => (scenario === 'task' ? here.tasks[task].outputs : [0, 1, 2, 3]);
    await drive(learner, [begin(here, 0)]);
    const start = copyParameters(learner);
    expect((await learner.observe(first)).loss).toBeCloseTo(meanLoss(start, first, 'angle', among(first)), 5);
    const next = copyParameters(learner);
    const expected =
      meanLoss(next, second, 'angle', among(second)) + 0.6 * meanLoss(next, first, 'product', among(first));
    expect((await learner.observe(second)).loss).toBeCloseTo(expected, 5);
  },
);

test('the stream’s loss does not move the norm of any output’s weights to first order: wᵀ∂L/∂w = 0', async () => {
  const [learner, finetuned] = await Promise.all(
    ['uer', 'finetune'].map((name) => createLearner(name, { engine: onnx, stream })),
  );
  const before = copyParameters(learner)['output/weight'];
  const batch = batchOf(stream, 0, [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const each of [learner, finetuned]) await each.observe(batch);
  const along = (after: ArrayLike<number>) =>
    [0, 1, 2, 3].map((k) => {
      const w = columnOf(before, k);
      const change = columnOf(after, k).map((value, j) => value - w[j]);
      expect(norm(change)).toBeGreaterThan(1e-3);
      return Math.abs(inner(w, change)) / (norm(w) * norm(change));
    });
  for (const cosine of along(copyParameters(learner)['output/weight'])) expect(cosine).toBeLessThan(1e-4);
  // Plain cross-entropy does.
  expect(Math.max(...along(copyParameters(finetuned)['output/weight']))).toBeGreaterThan(0.05);
});

test('nor that of any row’s features: hᵀ∂L/∂h = 0', async () => {
  const rows = 5;
  const rng = createRng('features');
  const program = await cpu.compile(
    'features',
    ({ h, w, y }) => {
      const ones: Tensor1D = tf.ones([rows]);
      const { gradients } = lossGradients(
        (given) => ({
          loss: crossEntropy(angleLogits(given.h as Tensor2D, w as Tensor2D, 11.1), y as Tensor1D, ones),
        }),
        { h },
      );
      return gradients;
    },
    { h: float32(rows, width), w: float32(width, outputs), y: int32(rows) },
  );
  const draw = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const h = draw(rows * width);
  const { h: gradient } = await program.run({ h, w: draw(width * outputs), y: Int32Array.of(0, 1, 2, 3, 0) });
  for (let row = 0; row < rows; row++) {
    const [at, slope] = [h, gradient].map((values) => Array.from(values.subarray(row * width, (row + 1) * width)));
    expect(norm(slope)).toBeGreaterThan(1e-3);
    expect(Math.abs(inner(at, slope)) / (norm(at) * norm(slope))).toBeLessThan(1e-5);
  }
});

test.each([
  ['sgd', sgd({ momentum: 0.9, weightDecay: 0.01 }), 0.05],
  ['adam', adam(), 0.01],
  ['adamw', adamw({ weightDecay: 0.1 }), 0.01],
] as const)('the output layer has no bias, before and after training with %s', async (_, optimizer, rate) => {
  const learner = await createLearner('uer', { engine: onnx, stream, optimizer, rate });
  expect(learner.model.parameters()['output/bias']).toEqual(new Float32Array(outputs));
  await drive(learner, eventsOf(stream));
  expect(learner.model.parameters()['output/bias']).toEqual(new Float32Array(outputs));
});

test('refuses a cosine head, which has no norms to learn', async () => {
  const network = mlp({ inputs: inputSizeOf(stream), hidden: [8], outputs, head: 'cosine' });
  await expect(createLearner('uer', { engine: onnx, stream, network })).rejects.toThrow(
    'method uer: it makes cosines of a linear output layer itself; choose head linear',
  );
});
