import { patches, tf, unitNorm, type Network, type Tensor, type Tensor2D, type Tensor4D } from '../../engine/index.ts';
import type { Tensors, WeightLayer } from '../../engine/index.ts';
import type { Classifier } from './classifier.ts';
import { seeRows, type Held } from './rowGradients.ts';
import type { RowTensors } from './rows.ts';
import type { Seen } from './watch.ts';

/** How rows make up gradients: `singles` rows for themselves, then rows in groups of `groupSize`. */
export interface Grouping {
  readonly singles: number;
  readonly groups: number;
  readonly groupSize: number;
}

/**
 * `[singles + groups, singles + groups]`: inner products, over all parameters, of the gradients Gₐ = Σ wₙ·∂ log p(yₙ|xₙ)/∂θ of single rows
 * and of groups of rows, in inference mode. The gradients themselves, each as large as the model, are not formed where they need not be:
 *
 * - Linear layer, gₙ = aₙ ⊗ δₙ and δₙ: ⟨gₙ, gₘ⟩ = (aₙ·aₘ + 1)(δₙ·δₘ); without the 1 where it has no bias.
 * - Cosine layer, cₖ = â·ŵₖ, fₙₖ = δₙₖ·s/‖wₖ‖: ⟨gₙ, gₘ⟩ = (âₙ·âₘ) Σ fₙₖfₘₖ − Σ fₙₖcₙₖ·fₘₖcₘₖ, and (Σ δₙₖcₙₖ)(Σ δₘₖcₘₖ) for the scale.
 * - Norms and biases of convolutions: a vector a row.
 * - Filters: Gₐ = Σ patchesₙᵀ·wₙδₙ, formed layer by layer.
 *
 * @param rows `singles + groups·groupSize` of them; weights count into the gradients
 */
export function gradientProducts(
  network: Network,
  classifier: Classifier,
  model: Held,
  rows: RowTensors,
  grouping: Grouping,
): Tensor2D {
  const count = rows.weight.shape[0];
  const weightOf = (rank: number) => tf.reshape(rows.weight, [count, ...Array.from({ length: rank - 1 }, () => 1)]);
  return seeRows(classifier, model, rows, (seen) => {
    const weighted = (name: string): Seen => {
      const { input, delta } = seen(name);
      return { input, delta: tf.mul(delta, weightOf(delta.shape.length)) };
    };
    /** Of rows with one another, to be added up by group; of groups with one another. */
    const ofRows: Tensor2D[] = [];
    const ofGroups: Tensor2D[] = [];
    const has = (name: string): boolean => name in network.parameters;
    const vectors = (values: Tensor) => ofRows.push(products(tf.sum(values, [1, 2])));
    for (const layer of network.layers) {
      const { name } = layer;
      const { input, delta } = weighted(name);
      if (has(`${name}/scale`)) ofRows.push(...cosineProducts(name, model.parameters, { input, delta }));
      else if (layer.kind === 'conv') {
        ofGroups.push(products(filterGradients(layer, input as Tensor4D, delta, grouping)));
        if (has(`${name}/bias`)) vectors(delta);
      } else ofRows.push(tf.mul(tf.add(products(input), Number(has(`${name}/bias`))), products(delta)));
    }
    for (const gamma of Object.keys(network.parameters).filter((name) => name.endsWith('/gamma'))) {
      const { input, delta } = weighted(gamma.slice(0, -'/gamma'.length));
      vectors(tf.mul(delta, input));
      vectors(delta);
    }
    const members = tf.tensor2d(membersOf(grouping));
    const total = tf.matMul(tf.matMul(members, tf.addN(ofRows)), members, false, true);
    return tf.addN([total, ...ofGroups]) as Tensor2D;
  });
}

/** `[n, n]`, inner products of rows `[n, …]`. */
function products(rows: Tensor): Tensor2D {
  const flat: Tensor2D = tf.reshape(rows, [rows.shape[0], -1]);
  return tf.matMul(flat, flat, false, true);
}

/** `[singles + groups, rows]`, 1 where a row belongs to a gradient. */
function membersOf({ singles, groups, groupSize }: Grouping): number[][] {
  const ownerOf = (row: number): number => (row < singles ? row : singles + Math.floor((row - singles) / groupSize));
  const rows = Array.from({ length: singles + groups * groupSize }, (_, row) => row);
  return Array.from({ length: singles + groups }, (_, owner) => rows.map((row) => Number(ownerOf(row) === owner)));
}

/** `[singles + groups, filter]`, the gradients of a convolution's filter, a product for each of them. */
function filterGradients(
  { kernel = [1, 1], stride = 1, inputs }: WeightLayer,
  input: Tensor4D,
  delta: Tensor,
  { singles, groups, groupSize }: Grouping,
): Tensor2D {
  const [rows, height, width, outputs] = delta.shape;
  const area = height * width;
  const size = kernel[0] * kernel[1] * inputs;
  const windows = tf.reshape(patches(input, kernel, stride), [rows, area, size]);
  const slopes = tf.reshape(delta, [rows, area, outputs]);
  const gradients = (start: number, owners: number, length: number): Tensor2D => {
    const part = (values: Tensor, extent: number) =>
      tf.reshape(tf.slice(values, [start, 0, 0], [owners * length, area, extent]), [owners, length * area, extent]);
    return tf.reshape(tf.matMul(part(windows, size), part(slopes, outputs), true), [owners, size * outputs]);
  };
  return tf.concat([gradients(0, singles, 1), gradients(singles, groups, groupSize)], 0);
}

function cosineProducts(name: string, parameters: Tensors, { input, delta }: Seen): Tensor2D[] {
  const raw = parameters[`${name}/weight`] as Tensor2D;
  const cosines = tf.matMul(input as Tensor2D, unitNorm(raw, 0));
  const slopes = tf.mul(parameters[`${name}/scale`], tf.rsqrt(tf.maximum(tf.sum(tf.square(raw), 0, true), 1e-12)));
  const factors = tf.mul(delta, slopes);
  return [
    tf.mul(products(input), products(factors)),
    tf.neg(products(tf.mul(factors, cosines))),
    products(tf.sum(tf.mul(delta, cosines), 1, true)),
  ];
}
