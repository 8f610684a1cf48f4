import { float32, tf, unitNorm, type Tensor2D, type Tensors } from '../../engine/index.ts';
import type { Setup } from '../contract.ts';
import { featureSize, seeFeatures } from './features.ts';
import type { Trainer } from './trainer.ts';

/** Rows that go through the network at once: enough for its matrix products, and little padding for a small memory. */
const largestChunk = 100;

export interface UnitFeatures {
  /** `[rows, featureSize]`: of each row what the output layer reads, as a unit vector. */
  readonly features: Float32Array;
  /** Operations that it took, padding included; null if the engine cannot count. */
  readonly flops: number | null;
}

/** @param rows numbers that `read` knows, such as slots of a buffer or rows of a task; `read` writes their inputs one after the other */
export type UnitFeaturePass = (
  rows: ArrayLike<number>,
  read: (rows: ArrayLike<number>, out: Float32Array) => void,
) => Promise<UnitFeatures>;

/**
 * Compiles a pass for the features of any number of rows, φ(x)/‖φ(x)‖, by the trainer's current model in inference mode. It changes nothing.
 * @param rows how many there will be, about
 * @param flip average each vector with that of the image mirrored left to right, as iCaRL's code does for class means: no unit vectors then
 */
export async function createUnitFeaturePass(
  { engine, network, stream }: Pick<Setup, 'engine' | 'network' | 'stream'>,
  { model }: Pick<Trainer, 'model'>,
  { rows: expected, flip = false }: { readonly rows: number; readonly flip?: boolean },
): Promise<UnitFeaturePass> {
  const { inputSize, image } = stream;
  const size = featureSize(network);
  const chunk = Math.ceil(expected / Math.ceil(expected / largestChunk));
  const unitsOf = (values: Tensors, x: Tensor2D): Tensor2D =>
    unitNorm(seeFeatures(network, values, x, { mode: 'inference', statistics: values }).features, 1);
  const mirror = (x: Tensor2D): Tensor2D => tf.reshape(tf.reverse(tf.reshape(x, [chunk, ...image!.shape]), 2), x.shape);
  const program = await engine.compile(
    flip ? 'features-and-mirrored' : 'features',
    (all) => {
      const x = all.x as Tensor2D;
      const units = unitsOf(all.model, x);
      return { units: flip ? tf.mul(tf.add(units, unitsOf(all.model, mirror(x))), 0.5) : units };
    },
    { model: model.specs, x: float32(chunk, inputSize) },
  );
  const x = new Float32Array(chunk * inputSize);
  const units = new Float32Array(chunk * size);

  return async (rows, read) => {
    const all = Array.from(rows);
    const features = new Float32Array(all.length * size);
    let flops: number | null = 0;
    for (let start = 0; start < all.length; start += chunk) {
      const part = all.slice(start, start + chunk);
      read(part, x);
      await program.run({ model: model.parameters(), x }, { units });
      features.set(units.subarray(0, part.length * size), start * size);
      flops = flops === null || program.flops === null ? null : flops + program.flops;
    }
    return { features, flops };
  };
}
