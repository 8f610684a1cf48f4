import type { Rng } from '../../base/index.ts';
import type { Tensor2D } from '../tf.ts';
import type { Arrays, Specs, Tensors } from '../types.ts';
import { sizeOf } from '../types.ts';

/**
 * Sees, and may replace, what a linear layer computes: `input` is `[rows, in]`, `output` (before the activation) `[rows, out]`.
 * It is how per-sample gradients and layer inputs are read without a second definition of the network.
 */
export type Tap = (layer: string, input: Tensor2D, output: Tensor2D) => Tensor2D;

/** A classifier as data and pure functions. Parameters are plain named arrays: `<layer>/weight` `[in, out]`, `<layer>/bias` `[out]`. */
export interface Network {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Specs;
  /** The linear layers, first to last; the last is the output layer. */
  readonly layers: readonly LinearLayer[];
  /** Draws the initial parameters. */
  init(rng: Rng): Arrays;
  /** `[rows, inputs]` → logits `[rows, outputs]`. */
  apply(parameters: Tensors, x: Tensor2D, tap?: Tap): Tensor2D;
}

export interface LinearLayer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** Number of trainable numbers. */
export function countParameters(parameters: Specs): number {
  return Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
