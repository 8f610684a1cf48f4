import {
  lossGradients,
  mapTensors,
  patches,
  tf,
  unitNorm,
  type Network,
  type Pass,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type Tensors,
  type WeightLayer,
} from '../../engine/index.ts';
import type { Classifier } from './classifier.ts';
import type { RowTensors } from './rows.ts';
import { createWatch, type Seen } from './watch.ts';

/** Model, and running statistics that batch norms take. */
export interface Held {
  readonly parameters: Tensors;
  readonly statistics: Tensors;
}

/** `[rows]`, a number s for each row that depends on that row alone. */
export type RowObjective = (parameters: Tensors, rows: RowTensors, pass: Pass) => Tensor1D;

/**
 * Runs the network forwards and backwards in inference mode, and hands out what every layer and norm saw; afterwards it disposes of that.
 * The gradient of row n comes from the inputs and the deltas of row n, since rows do not mix.
 * @param use computes from what was seen
 * @param objective log p of each row's label unless given
 * @param scale `[rows]`, what the gradient of each row is multiplied by; 1 unless given
 */
export function seeRows<T>(
  classifier: Classifier,
  { parameters, statistics }: Held,
  rows: RowTensors,
  use: (seen: (name: string) => Seen) => T,
  objective: RowObjective = classifier.logLikelihood,
  scale?: Tensor,
): T {
  const watch = createWatch();
  const pass = { mode: 'inference', statistics, tap: watch.tap, mapTap: watch.tap } as const;
  lossGradients(
    ({ x }) => {
      const values = objective(parameters, { ...rows, x: x as Tensor2D }, pass);
      return { loss: tf.sum(scale ? tf.mul(values, scale) : values) };
    },
    { x: rows.x },
  );
  const result = use(watch.seen);
  watch.dispose();
  return result;
}

/**
 * Σₙ wₙ·(∂ log p(yₙ|xₙ) / ∂θ)² for every parameter, in inference mode and without a loop over rows.
 *
 * Linear layer: aₙ ⊗ δₙ, so the sum of squares is the matrix product (a²)ᵀ(w·δ²). Convolution: patchesₙᵀ·δₙ, a product for each row.
 * Norm: sums over the map of δ and of δ times the normalised input.
 * @param groups the same inputs with labels and weights of their own, over which it is summed, too: a linear layer takes one product for all
 */
export function squaredRowGradients(
  network: Network,
  classifier: Classifier,
  model: Held,
  groups: readonly RowTensors[],
): Tensors {
  return sumOver(network, classifier, model, groups, squares);
}

/**
 * Σₙ wₙ·|∂ sₙ / ∂θ| for every parameter, in inference mode and without a loop over rows, of any objective s of a row's logits.
 *
 * As for squares, with the size in their place: a linear layer's sum is the matrix product |a|ᵀ(w·|δ|). Of a cosine head the gradient is a
 * difference, whose size does not factor: it is formed for each row.
 */
export function absoluteRowGradients(
  network: Network,
  classifier: Classifier,
  model: Held,
  rows: RowTensors,
  objective: RowObjective,
): Tensors {
  return sumOver(network, classifier, model, [rows], sizes, objective);
}

/** What is summed of the gradients of single rows. */
interface Measure {
  /** One that is multiplicative: of a·b it is that of a times that of b. */
  readonly of: (gradients: Tensor) => Tensor;
  /** Its inverse for weights: by this a gradient is multiplied for its measure to count so often. */
  readonly scale: (weight: Tensor1D) => Tensor;
  /** Σ over rows for a cosine head. */
  readonly ofCosines: (cosine: CosineHead, delta: Tensor) => Tensor;
}

/** Σ over rows and groups of w·m(g), g the gradient of a row and m the measure. */
function sumOver(
  network: Network,
  classifier: Classifier,
  model: Held,
  groups: readonly RowTensors[],
  measure: Measure,
  objective?: RowObjective,
): Tensors {
  const parts = groups.map((rows) => {
    const use = (seen: (name: string) => Seen) => partOf(network, model.parameters, seen, measure);
    // Weights that are multiplied in at the output cost nothing on the way to the first layer.
    return seeRows(classifier, model, rows, use, objective, measure.scale(rows.weight));
  });
  return sumOf(network, parts);
}

/** Σₙ m(gₙ) of one group. */
interface Part {
  /** By parameter, but for linear layers. */
  readonly sums: Tensors;
  /** Of linear layers by name: m(a) `[rows, in]` and m(δ) `[rows, out]`, whose product is the sum. */
  readonly factors: Readonly<Record<string, { readonly input: Tensor2D; readonly delta: Tensor2D }>>;
}

function partOf(network: Network, parameters: Tensors, seen: (name: string) => Seen, measure: Measure): Part {
  /** Σₙ m(gₙ) of one gradient a row, `[rows, …]`. */
  const summed = (gradients: Tensor): Tensor => tf.sum(measure.of(gradients), 0);
  const has = (name: string): boolean => name in network.parameters;
  const sums: Tensors = {};
  const factors: Record<string, Part['factors'][string]> = {};
  for (const layer of network.layers) {
    const { name } = layer;
    const { input, delta } = seen(name);
    if (has(`${name}/scale`)) {
      const cosine = cosineHead(name, parameters, input as Tensor2D);
      sums[`${name}/weight`] = measure.ofCosines(cosine, delta);
      sums[`${name}/scale`] = tf.sum(measure.of(tf.sum(tf.mul(delta, cosine.cosines), 1)));
    } else if (layer.kind === 'conv') {
      // From `[height, width, in, out]`, once for all rows.
      sums[`${name}/weight`] = tf.transpose(summed(filterGradients(layer, input as Tensor4D, delta)), [3, 2, 0, 1]);
      if (has(`${name}/bias`)) sums[`${name}/bias`] = summed(tf.sum(delta, [1, 2]));
    } else factors[name] = { input: measure.of(input) as Tensor2D, delta: measure.of(delta) as Tensor2D };
  }
  for (const gamma of Object.keys(network.parameters).filter((name) => name.endsWith('/gamma'))) {
    const name = gamma.slice(0, -'/gamma'.length);
    const { input, delta } = seen(name);
    sums[gamma] = summed(tf.sum(tf.mul(delta, input), [1, 2]));
    sums[`${name}/beta`] = summed(tf.sum(delta, [1, 2]));
  }
  return { sums, factors };
}

/** The sum of parts that have their inputs in common. */
function sumOf(network: Network, parts: readonly Part[]): Tensors {
  // One after the other: of large networks there are never many in memory.
  const total = (of: (part: Part) => Tensor): Tensor => parts.map(of).reduce((sum, more) => tf.add(sum, more));
  const sums = mapTensors(parts[0].sums, (_, name) => total((part) => part.sums[name]));
  for (const [name, { input }] of Object.entries(parts[0].factors)) {
    const delta = total((part) => part.factors[name].delta) as Tensor2D;
    sums[`${name}/weight`] = tf.matMul(input, delta, true);
    if (`${name}/bias` in network.parameters) sums[`${name}/bias`] = tf.sum(delta, 0);
  }
  return sums;
}

/** `[rows, height, width, in, out]`, the gradient of each row with respect to a convolution's filter. */
function filterGradients({ kernel = [1, 1], stride = 1, inputs }: WeightLayer, input: Tensor4D, delta: Tensor): Tensor {
  const [rows, height, width, outputs] = delta.shape;
  const windows = tf.reshape(patches(input, kernel, stride), [rows, height * width, -1]);
  const gradients = tf.matMul(windows, tf.reshape(delta, [rows, height * width, outputs]), true);
  return tf.reshape(gradients, [rows, ...kernel, inputs, outputs]);
}

/** zₖ = s·cₖ, cₖ = â·ŵₖ: ∂zₖ/∂wₖ = slopeₖ·(â − cₖ·ŵₖ), slopeₖ = s/‖wₖ‖, and ∂zₖ/∂s = cₖ. */
interface CosineHead {
  /** `[rows, in]`, â. */
  readonly features: Tensor2D;
  /** `[in, out]`, ŵ. */
  readonly units: Tensor2D;
  /** `[rows, out]` */
  readonly cosines: Tensor2D;
  /** `[1, out]` */
  readonly slopes: Tensor;
}

function cosineHead(name: string, parameters: Tensors, features: Tensor2D): CosineHead {
  const raw = parameters[`${name}/weight`] as Tensor2D;
  const units = unitNorm(raw, 0);
  return {
    features,
    units,
    cosines: tf.matMul(features, units),
    slopes: tf.mul(parameters[`${name}/scale`], tf.rsqrt(tf.maximum(tf.sum(tf.square(raw), 0, true), 1e-12))),
  };
}

/** The square of the difference is multiplied out, so that its sum over rows is made of matrix products. */
const squares: Measure = {
  of: tf.square,
  scale: (weight) => tf.sqrt(weight),
  ofCosines({ features, units, cosines, slopes }, delta) {
    const factors = tf.square(tf.mul(delta, slopes)) as Tensor2D;
    const direct = tf.matMul(tf.square(features), factors, true);
    const crossed = tf.mul(tf.matMul(features, tf.mul(factors, cosines) as Tensor2D, true), units);
    const along = tf.mul(tf.sum(tf.mul(factors, tf.square(cosines)), 0, true), tf.square(units));
    // Rounding may leave a tiny negative number.
    return tf.relu(tf.add(tf.sub(direct, tf.mul(crossed, 2)), along));
  },
};

/** Numbers that the differences of a cosine head take at a time. */
const differencesAtOnce = 1 << 20;

const sizes: Measure = {
  of: tf.abs,
  scale: (weight) => weight,
  ofCosines({ features, units, cosines, slopes }, delta) {
    const [rows, inputs] = features.shape;
    const outputs = units.shape[1];
    const factors = tf.abs(tf.mul(delta, slopes)) as Tensor2D;
    const step = Math.max(1, Math.floor(differencesAtOnce / (inputs * outputs)));
    const sums: Tensor[] = [];
    for (let start = 0; start < rows; start += step) {
      const count = Math.min(step, rows - start);
      const part = (values: Tensor2D, shape: number[]) =>
        tf.reshape(tf.slice(values, [start, 0], [count, values.shape[1]]), shape);
      const along = tf.mul(part(cosines, [count, 1, outputs]), units);
      const differences = tf.abs(tf.sub(part(features, [count, inputs, 1]), along));
      sums.push(tf.sum(tf.mul(differences, part(factors, [count, 1, outputs])), 0));
    }
    return tf.addN(sums);
  },
};
