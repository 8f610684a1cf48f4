import { float32, tf, type Specs, type Tensor, type Tensor2D, type WeightLayer } from '../../../engine/index.ts';
import type { Basis } from './basis.ts';
import { energyOf, timesTransposed, type Matrix } from './matrix.ts';
import { matrixOf } from './basis.ts';
import { filtersOf } from './taskGradients.ts';

/**
 * An old task's space in which a task scales the weight of a layer (TRGP, arXiv:2202.02931): W̃ = W + Σ (W B Q Bᵀ − W B Bᵀ), W with one filter
 * a row, B the old task's directions, one a column.
 */
export interface Region {
  readonly layer: string;
  /** Position of the old task. */
  readonly task: number;
  /** `[rank, rank]`, Q */
  readonly scale: Float32Array;
  /** `[rank, outputs]`, (W B)ᵀ, where the weight does not move in the space; null where it does. */
  readonly carried: Float32Array | null;
}

export const keyOf = ({ layer, task }: Pick<Region, 'layer' | 'task'>): string => `${layer}@${task}`;

/** Bytes that regions hold beside their bases. */
export function bytesOfRegions(regions: readonly Region[]): number {
  return regions.reduce((sum, { scale, carried }) => sum + scale.byteLength + (carried?.byteLength ?? 0), 0);
}

/** A region as a task begins: Q = I. @param fixed whether the weight will not move in its space */
export function openRegion(
  layer: WeightLayer,
  task: number,
  basis: Basis,
  weight: Float32Array,
  fixed: boolean,
): Region {
  const { rank } = basis;
  const scale = new Float32Array(rank * rank);
  for (let i = 0; i < rank; i++) scale[i * (rank + 1)] = 1;
  const carried = fixed ? Float32Array.from(timesTransposed(matrixOf(basis), filtersOf(layer, weight)).values) : null;
  return { layer: layer.name, task, scale, carried };
}

/** ‖G B Bᵀ‖, how much of a gradient lies in a space. @param gradient `[outputs, inputs]` */
export function partIn(gradient: Matrix, basis: Basis): number {
  return Math.sqrt(energyOf(timesTransposed(gradient, matrixOf(basis))));
}

/**
 * The old tasks whose spaces hold enough of a gradient, ‖G B Bᵀ‖ > ε₁‖G‖, at most `most` of them: those with the largest part, that first.
 * @param bases of each old task
 */
export function sufficientSpaces(gradient: Matrix, bases: readonly Basis[], epsilon: number, most: number): number[] {
  const size = Math.sqrt(energyOf(gradient));
  return bases
    .map((basis, task) => ({ task, part: partIn(gradient, basis) }))
    .filter(({ part }) => part > epsilon * size)
    .toSorted((a, b) => b.part - a.part || a.task - b.task)
    .slice(0, most)
    .map(({ task }) => task);
}

/** What a program is given of a region. */
export function regionSpecs({ outputs }: WeightLayer, { rank, size }: Basis, { carried }: Region): Specs {
  return { basis: float32(rank, size), ...(carried && { carried: float32(rank, outputs) }) };
}

/** `[rank, outputs]`, (W B)ᵀ. */
export function carriedOf({ kind, outputs }: WeightLayer, weight: Tensor, basis: Tensor2D): Tensor2D {
  return kind === 'conv'
    ? tf.matMul(basis, tf.reshape(weight, [outputs, basis.shape[1]]) as Tensor2D, false, true)
    : tf.matMul(basis, weight as Tensor2D);
}

/** Q − I. */
function excess(scale: Tensor2D): Tensor2D {
  return tf.sub(scale, tf.eye(scale.shape[0]));
}

/** What a region adds to a linear layer's outputs, a B (Q − I)ᵀ (W B)ᵀ for inputs a `[rows, inputs]`: cheaper than to scale the weight. */
export function addedOutputs(input: Tensor2D, basis: Tensor2D, scale: Tensor2D, carried: Tensor2D): Tensor2D {
  const coordinates = tf.matMul(input, basis, false, true);
  return tf.matMul(tf.matMul(coordinates, excess(scale), false, true), carried);
}

/** What a region adds to a weight, of the weight's shape. */
export function addedWeight(
  { kind }: WeightLayer,
  shape: readonly number[],
  basis: Tensor2D,
  scale: Tensor2D,
  carried: Tensor2D,
): Tensor {
  if (kind === 'linear') return tf.matMul(basis, tf.matMul(excess(scale), carried, true), true);
  return tf.reshape(tf.matMul(tf.matMul(carried, excess(scale), true), basis), [...shape]);
}
