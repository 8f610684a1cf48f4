import {
  allocate,
  float32,
  lossGradients,
  tf,
  type Arrays,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '../../engine/index.ts';
import type { Rng } from '../../base/index.ts';
import type { LearnerTask, Setup } from '../contract.ts';
import {
  adagrad,
  autoencoderInput,
  autoencoderSpecs,
  initialAutoencoder,
  reconstruct,
  reconstructionError,
  reconstructionLoss,
} from './autoencoder.ts';

export interface GateOptions {
  /** Units of the code. */
  readonly code: number;
  readonly passes: number;
  readonly rate: number;
  /** Rows of an update. */
  readonly batch: number;
}

/** Rows of which errors are measured at once. */
const chunk = 200;

/** Inputs that vary less than this are only centred. */
const leastDeviation = 1e-6;

/**
 * Trains one autoencoder a task and measures how well it reconstructs a task's training data.
 * @param spent told the operations of every run
 */
export async function createGates(
  { engine, stream }: Pick<Setup, 'engine' | 'stream'>,
  { code, passes, rate, batch }: GateOptions,
  rng: Rng,
  spent: (flops: number | null) => void,
) {
  const { inputSize } = stream;
  const { weights, moments } = autoencoderSpecs(inputSize, code);
  const step = await engine.compile(
    'gate',
    (all) => {
      const input = autoencoderInput(all.moments, all.x as Tensor2D);
      const { loss, gradients } = lossGradients(
        (values) => ({ loss: reconstructionLoss(reconstruct(values, input), input, all.weight as Tensor1D) }),
        all.weights,
      );
      const { parameters, squares } = adagrad(all.weights, gradients, all.squares, all.rate as Scalar);
      return { loss, weights: parameters, squares };
    },
    {
      weights,
      squares: weights,
      moments,
      x: float32(batch, inputSize),
      weight: float32(batch),
      rate: float32(),
    },
  );
  const measure = await engine.compile(
    'gate-error',
    (all) => ({ error: tf.sum(tf.mul(reconstructionError(all.gate, all.x as Tensor2D), all.weight)) }),
    { gate: { ...weights, ...moments }, x: float32(chunk, inputSize), weight: float32(chunk) },
  );

  return {
    /** Of one gate. */
    specs: { ...weights, ...moments },
    /** A fresh gate, trained on the task's training data as they stand in the stream. */
    async train({ train }: LearnerTask): Promise<Arrays> {
      let held = { weights: initialAutoencoder(inputSize, code, rng), squares: allocate(weights) };
      let spare = { weights: allocate(weights), squares: allocate(weights) };
      const found = momentsOf(train, inputSize);
      const x = new Float32Array(batch * inputSize);
      const weight = new Float32Array(batch);
      for (let pass = 0; pass < passes; pass++) {
        const order = rng.permutation(train.length);
        for (let start = 0; start < order.length; start += batch) {
          const part = order.subarray(start, start + batch);
          train.read(part, x);
          weight.fill(0).fill(1 / part.length, 0, part.length);
          await step.run({ ...held, moments: found, x, weight, rate: Float32Array.of(rate) }, spare);
          [held, spare] = [spare, held];
          spent(step.flops);
        }
      }
      return { ...held.weights, ...found };
    },
    /** Mean over the task's training data of the gate's error. */
    async error(gate: Arrays, { train }: LearnerTask): Promise<number> {
      const x = new Float32Array(chunk * inputSize);
      const weight = new Float32Array(chunk);
      let sum = 0;
      for (let start = 0; start < train.length; start += chunk) {
        const count = Math.min(chunk, train.length - start);
        train.read(
          Int32Array.from({ length: count }, (_, i) => start + i),
          x,
        );
        weight.fill(0).fill(1, 0, count);
        sum += (await measure.run({ gate, x, weight })).error[0];
        spent(measure.flops);
      }
      return sum / train.length;
    },
  };
}

/** Mean and standard deviation of each input over training data; the deviation of one that does not vary counts as 1. */
export function momentsOf(train: LearnerTask['train'], inputSize: number): Arrays {
  const row = new Float32Array(inputSize);
  const meanOf = (value: (i: number) => number): Float64Array => {
    const sums = new Float64Array(inputSize);
    for (let n = 0; n < train.length; n++) {
      train.read([n], row);
      for (let i = 0; i < inputSize; i++) sums[i] += value(i);
    }
    return sums.map((sum) => sum / train.length);
  };
  const mean = meanOf((i) => row[i]);
  const variance = meanOf((i) => (row[i] - mean[i]) ** 2);
  return {
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(variance, (value) => (Math.sqrt(value) < leastDeviation ? 1 : Math.sqrt(value))),
  };
}
