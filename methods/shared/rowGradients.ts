import {
  customGradient,
  lossGradients,
  patches,
  tf,
  unitNorm,
  type Network,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type Tensors,
  type WeightLayer,
} from '../../engine/index.ts';
import type { Classifier } from './classifier.ts';
import type { RowTensors } from './rows.ts';

/** What a layer or a norm saw in one pass, for all rows: its input a, and δ = ∂ Σ log p / ∂z of its output z. */
export interface Seen {
  readonly input: Tensor;
  readonly delta: Tensor;
}

/** Model, and running statistics that batch norms take. */
export interface Held {
  readonly parameters: Tensors;
  readonly statistics: Tensors;
}

/**
 * Runs the network forwards and backwards in inference mode, and hands out what every layer and norm saw; afterwards it disposes of that.
 * The gradient of row n comes from the inputs and the deltas of row n, since rows do not mix.
 * @param use computes from what was seen and from `[rows]` log p of each row's label
 */
export function seeRows<T>(
  classifier: Classifier,
  { parameters, statistics }: Held,
  rows: RowTensors,
  use: (seen: (name: string) => Seen, likelihood: Tensor1D) => T,
): T {
  const inputs: Tensors = {};
  const deltas: Tensors = {};
  // Made inside the gradient's scope, which disposes of all but its result.
  const keep = (tensor: Tensor): Tensor => tf.keep(tensor.clone());
  const watch = <M extends Tensor>(name: string, input: M, output: M): M => {
    inputs[name] = keep(input);
    return customGradient(
      (z: M): M => z.clone(),
      (delta) => {
        deltas[name] = keep(delta);
        return [delta];
      },
    )(output);
  };
  const pass = { mode: 'inference', statistics, tap: watch, mapTap: watch } as const;
  const { aux } = lossGradients(
    ({ x }) => {
      const likelihood = classifier.logLikelihood(parameters, { ...rows, x: x as Tensor2D }, pass);
      return { loss: tf.sum(likelihood), aux: { likelihood } };
    },
    { x: rows.x },
  );
  const result = use((name) => ({ input: inputs[name], delta: deltas[name] }), aux.likelihood as Tensor1D);
  tf.dispose([inputs, deltas]);
  return result;
}

/**
 * Σₙ wₙ·qₙ·(∂ log p(yₙ|xₙ) / ∂θ)² for every parameter, in inference mode and without a loop over rows. q is the model's own probability of the
 * label (`weighted`) or 1.
 *
 * Linear layer: aₙ ⊗ δₙ, so the sum of squares is the matrix product (a²)ᵀ(w·q·δ²). Convolution: patchesₙᵀ·δₙ, a product for each row.
 * Norm: sums over the map of δ and of δ times the normalised input.
 */
export function squaredRowGradients(
  network: Network,
  classifier: Classifier,
  model: Held,
  rows: RowTensors,
  weighted: boolean,
): Tensors {
  return seeRows(classifier, model, rows, (seen, likelihood) => {
    const weight = weighted ? tf.mul(rows.weight, tf.exp(likelihood)) : rows.weight;
    return sumsOfSquares(network, model.parameters, seen, weight);
  });
}

function sumsOfSquares(network: Network, parameters: Tensors, seen: (name: string) => Seen, weight: Tensor): Tensors {
  const count = weight.shape[0];
  const column = tf.reshape(weight, [count, 1]);
  /** Σₙ wₙ·gₙ² of one gradient a row, `[rows, …]`. */
  const squared = (gradients: Tensor): Tensor => {
    const flat = tf.reshape(tf.square(gradients), [count, -1]);
    return tf.reshape(tf.matMul(column, flat, true), gradients.shape.slice(1));
  };
  const has = (name: string): boolean => name in network.parameters;
  const squares: Tensors = {};
  for (const layer of network.layers) {
    const { name } = layer;
    const { input, delta } = seen(name);
    if (has(`${name}/scale`)) Object.assign(squares, cosineSquares(name, parameters, { input, delta }, column));
    else if (layer.kind === 'conv') {
      squares[`${name}/weight`] = squared(filterGradients(layer, input as Tensor4D, delta));
      if (has(`${name}/bias`)) squares[`${name}/bias`] = squared(tf.sum(delta, [1, 2]));
    } else {
      const deltaSquares = tf.mul(tf.square(delta), column) as Tensor2D;
      squares[`${name}/weight`] = tf.matMul(tf.square(input) as Tensor2D, deltaSquares, true);
      if (has(`${name}/bias`)) squares[`${name}/bias`] = tf.sum(deltaSquares, 0);
    }
  }
  for (const gamma of Object.keys(network.parameters).filter((name) => name.endsWith('/gamma'))) {
    const name = gamma.slice(0, -'/gamma'.length);
    const { input, delta } = seen(name);
    squares[gamma] = squared(tf.sum(tf.mul(delta, input), [1, 2]));
    squares[`${name}/beta`] = squared(tf.sum(delta, [1, 2]));
  }
  return squares;
}

/** `[rows, out, in, height, width]`, the gradient of each row with respect to a convolution's filter. */
function filterGradients({ kernel = [1, 1], stride = 1, inputs }: WeightLayer, input: Tensor4D, delta: Tensor): Tensor {
  const [rows, height, width, outputs] = delta.shape;
  const windows = tf.reshape(patches(input, kernel, stride), [rows, height * width, -1]);
  const gradients = tf.matMul(windows, tf.reshape(delta, [rows, height * width, outputs]), true);
  return tf.transpose(tf.reshape(gradients, [rows, ...kernel, inputs, outputs]), [0, 4, 3, 1, 2]);
}

/**
 * For zₖ = s·cₖ, cₖ = â·ŵₖ: ∂zₖ/∂wₖ = s·(â − cₖ·ŵₖ)/‖wₖ‖ and ∂zₖ/∂s = cₖ. The square of the difference is multiplied out, so that its sum over
 * rows is made of matrix products.
 */
function cosineSquares(name: string, parameters: Tensors, { input, delta }: Seen, column: Tensor): Tensors {
  const raw = parameters[`${name}/weight`] as Tensor2D;
  const features = input as Tensor2D;
  const units = unitNorm(raw, 0);
  const cosines = tf.matMul(features, units);
  const slopes = tf.mul(parameters[`${name}/scale`], tf.rsqrt(tf.maximum(tf.sum(tf.square(raw), 0, true), 1e-12)));
  const factors = tf.mul(tf.square(tf.mul(delta, slopes)), column) as Tensor2D;
  const direct = tf.matMul(tf.square(features), factors, true);
  const crossed = tf.mul(tf.matMul(features, tf.mul(factors, cosines) as Tensor2D, true), units);
  const along = tf.mul(tf.sum(tf.mul(factors, tf.square(cosines)), 0, true), tf.square(units));
  return {
    // Rounding may leave a tiny negative number.
    [`${name}/weight`]: tf.relu(tf.add(tf.sub(direct, tf.mul(crossed, 2)), along)),
    [`${name}/scale`]: tf.sum(tf.mul(tf.square(tf.sum(tf.mul(delta, cosines), 1, true)), column)),
  };
}
