import type { Network } from '../../engine/index.ts';
import type { Batch } from '../../methods/index.ts';
import { rowOf } from './fixtures.ts';

export type Numbers = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Back-propagation written out: the gradient of −log softmax(z)[label] for one row, z being what a network of linear layers and ReLU
 * computes and the softmax over the chosen outputs only. In 64-bit floats.
 */
export function rowGradient(
  network: Network,
  parameters: Numbers,
  row: ArrayLike<number>,
  label: number,
  chosen: readonly number[],
): Record<string, Float64Array> {
  const { layers } = network;
  const inputs: number[][] = [];
  let activation = Array.from(row);
  for (const [i, { name, outputs }] of layers.entries()) {
    inputs.push(activation);
    const sums = Array.from({ length: outputs }, (_, k) =>
      activation.reduce(
        (sum, a, j) => sum + a * parameters[`${name}/weight`][j * outputs + k],
        parameters[`${name}/bias`][k],
      ),
    );
    activation = i < layers.length - 1 ? sums.map((z) => Math.max(0, z)) : sums;
  }
  const total = chosen.reduce((sum, k) => sum + Math.exp(activation[k]), 0);
  let delta = activation.map((z, k) => (chosen.includes(k) ? Math.exp(z) / total : 0) - (k === label ? 1 : 0));
  const gradient: Record<string, Float64Array> = {};
  for (const [i, { name, outputs }] of [...layers.entries()].toReversed()) {
    const below = inputs[i];
    const slopes = delta;
    gradient[`${name}/weight`] = Float64Array.from(below.flatMap((a) => slopes.map((d) => a * d)));
    gradient[`${name}/bias`] = Float64Array.from(slopes);
    const weight = parameters[`${name}/weight`];
    delta = below.map((a, j) => (a > 0 ? slopes.reduce((sum, d, k) => sum + d * weight[j * outputs + k], 0) : 0));
  }
  return gradient;
}

/** The mean of some gradients. */
export function meanOf(gradients: readonly Numbers[]): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.keys(gradients[0]).map((name) => [
      name,
      Float64Array.from(gradients[0][name], (_, i) =>
        gradients.reduce((sum, each) => sum + each[name][i] / gradients.length, 0),
      ),
    ]),
  );
}

/** The gradient of the mean cross-entropy of a batch's rows. */
export function batchGradient(
  network: Network,
  parameters: Numbers,
  batch: Batch,
  chosen: readonly number[],
): Record<string, Float64Array> {
  const rows = Array.from({ length: batch.size }, (_, i) => i);
  return meanOf(rows.map((i) => rowGradient(network, parameters, rowOf(batch, i), batch.y[i], chosen)));
}

/** The inner product of two gradients as long vectors. */
export function innerProduct(a: Numbers, b: Numbers): number {
  return Object.keys(a).reduce(
    (total, name) => total + Array.from(a[name]).reduce((sum, value, i) => sum + value * b[name][i], 0),
    0,
  );
}
