import { float32, tf, unitNorm, type Arrays, type Specs, type Tensor1D, type Tensor2D } from '../../engine/index.ts';
import type { Model, Setup } from '../contract.ts';
import type { Store } from './buffers/store.ts';
import { featureSize, seeFeatures } from './features.ts';
import { bytesOf, type Trainer } from './trainer.ts';
import { createUnitFeaturePass } from './unitFeatures.ts';

/**
 * The logit of a class without rows. Far below any squared distance (at most 4), so that it is never predicted; far above the mask of outputs
 * that do not compete (−10⁹), so that it loses to none of those. The logged cross-entropy of its rows is about 10⁴ nats, for infinity.
 */
const unknown = -1e4;

/** The model's arrays beside the network's. */
const names = { means: 'nearest-mean/means', missing: 'nearest-mean/missing' };

export interface NearestMean {
  /** Predicts the class with the nearest mean. What is trained is as in the trainer's own model. */
  readonly model: Model;
  /** Parameters or rows are no longer what they were: the next evaluation needs new means. */
  changed(): void;
  /** Bytes of the means. */
  readonly bytes: number;
}

export interface HeldRows {
  readonly store: Pick<Store, 'x' | 'y' | 'capacity'>;
  /** The slots whose rows count now. */
  slots(): ArrayLike<number>;
}

/**
 * Classification by the nearest class mean, as in iCaRL (arXiv:1611.07725, algorithm 1) and supervised contrastive replay (arXiv:2103.13885):
 * class c has the mean μ_c = Σφ/‖Σφ‖ over its held rows, with unit feature vectors φ of the current network, and the logit
 * −‖φ(x) − μ_c‖², from −4 to 0. The means are computed anew, in 64-bit sums, before an evaluation after a change.
 * @param flip average the features of images with those of their mirror images in the means
 */
export async function createNearestMean(
  setup: Setup,
  trainer: Trainer,
  { store, slots }: HeldRows,
  { flip = false }: { readonly flip?: boolean } = {},
): Promise<NearestMean> {
  const { network } = setup;
  const { inputSize, outputCount } = setup.stream;
  const size = featureSize(network);
  const own: Specs = { [names.means]: float32(outputCount, size), [names.missing]: float32(outputCount) };
  const means = new Float32Array(outputCount * size);
  const missing = new Float32Array(outputCount).fill(1);
  const arrays: Arrays = { [names.means]: means, [names.missing]: missing };
  const pass = await createUnitFeaturePass(setup, trainer, { rows: store.capacity, flip });
  const read = (rows: ArrayLike<number>, out: Float32Array): void => {
    for (let i = 0; i < rows.length; i++)
      out.set(store.x.subarray(rows[i] * inputSize, (rows[i] + 1) * inputSize), i * inputSize);
  };
  let stale = true;

  return {
    changed() {
      stale = true;
    },
    bytes: bytesOf(arrays),
    model: {
      ...trainer.model,
      specs: { ...trainer.model.specs, ...own },
      logits(parameters, x, tap) {
        const { features } = seeFeatures(network, parameters, x, { mode: 'inference', statistics: parameters, tap });
        const distances = squaredDistances(unitNorm(features, 1), parameters[names.means] as Tensor2D);
        const gone = parameters[names.missing] as Tensor1D;
        return tf.sub(tf.mul(gone, unknown), tf.mul(distances, tf.sub(1, gone)));
      },
      parameters: () => ({ ...trainer.model.parameters(), ...arrays }),
      async prepare() {
        if (!stale) return;
        const held = Array.from(slots());
        const { features } = await pass(held, read);
        const labels = held.map((slot) => store.y[slot]);
        missing.fill(1);
        for (const label of labels) missing[label] = 0;
        means.set(classMeans(features, labels, outputCount));
        stale = false;
      },
    },
  };
}

/** `[rows, classes]`, ‖xᵢ − μ_c‖² for `[rows, size]` and `[classes, size]`. */
function squaredDistances(x: Tensor2D, means: Tensor2D): Tensor2D {
  const squares = tf.add(tf.sum(tf.square(x), 1, true), tf.sum(tf.square(means), 1));
  return tf.maximum(tf.sub(squares, tf.mul(tf.matMul(x, means, false, true), 2)), 0);
}

/** `[classes, size]`, Σφ/‖Σφ‖ over the rows of each class; zeros for a class without rows. */
function classMeans(features: Float32Array, labels: readonly number[], classes: number): Float64Array {
  const size = features.length / Math.max(labels.length, 1);
  if (labels.length === 0) return new Float64Array(0);
  const sums = new Float64Array(classes * size);
  for (const [row, label] of labels.entries())
    for (let i = 0; i < size; i++) sums[label * size + i] += features[row * size + i];
  for (let label = 0; label < classes; label++) {
    const sum = sums.subarray(label * size, (label + 1) * size);
    const length = Math.max(Math.hypot(...sum), 1e-12);
    for (let i = 0; i < size; i++) sum[i] /= length;
  }
  return sums;
}
