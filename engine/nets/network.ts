import type { Rng } from '../../base/index.ts';
import type { Tensor1D, Tensor2D, Tensor4D } from '../tf.ts';
import type { Arrays, Shape, Specs, Tensors } from '../types.ts';
import { sizeOf } from '../types.ts';

/**
 * Sees, and may replace, what a linear layer computes: `input` is `[rows, in]`, `output` (before the activation) `[rows, out]`.
 * It is how per-sample gradients and layer inputs are read without a second definition of the network.
 * Of a cosine head it sees the normalised features and the scaled cosines.
 */
export type Tap = (layer: string, input: Tensor2D, output: Tensor2D) => Tensor2D;

/**
 * The same for what works on feature maps `[rows, height, width, channels]`. Of a convolution it sees the maps that go in, and those that
 * come out with their bias; of a norm the normalised maps, and what its scale and shift (`<name>/gamma`, `<name>/beta`) make of them. Batch
 * norm in train mode is not shown.
 */
export type MapTap = (layer: string, input: Tensor4D, output: Tensor4D) => Tensor4D;

/** How a network runs where training and inference differ. */
export interface Pass {
  /**
   * `train`: batch norm takes the statistics of the batch, and the running ones move; `inference`, `frozen`: it takes the running ones
   * (`frozen` is for training steps that must not move them).
   */
  readonly mode: 'train' | 'inference' | 'frozen';
  /** Running means and variances by name; other names in it are ignored. */
  readonly statistics: Tensors;
  /** `[rows]`, 1 for rows that count, 0 for padding: batch statistics are over counted rows only. All count unless given. */
  readonly counted?: Tensor1D;
  /** Told all running statistics as this pass moves them, in train mode, if the network has any. */
  readonly moved?: (statistics: Tensors) => void;
  /** One mask for each entry of `dropoutMasks`, 1 for kept units and 0 for dropped ones. Without masks nothing is dropped. */
  readonly masks?: Tensors;
  readonly tap?: Tap;
  readonly mapTap?: MapTap;
}

/**
 * A classifier as data and pure functions. Parameters are plain named arrays: `<layer>/weight` (linear `[in, out]`, convolution
 * `[out, in, height, width]`), `<layer>/bias` `[out]`, `<norm>/gamma` and `<norm>/beta` `[channels]`. No statistic has a parameter's name.
 */
export interface Network {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What one row holds: `[inputs]`, or `[height, width, channels]`. */
  readonly inputShape: Shape;
  readonly parameters: Specs;
  /** Running statistics of batch norms, `<norm>/mean` and `<norm>/variance`; empty for a network without any. */
  readonly statistics: Specs;
  /** The layers with weights, first to last; the last is the output layer. */
  readonly layers: readonly WeightLayer[];
  /** Share of units that dropout drops, in [0, 1); 0 for a network without dropout. */
  readonly dropout: number;
  /** Draws the initial parameters. */
  init(rng: Rng): Arrays;
  /** Means of 0 and variances of 1. */
  initStatistics(): Arrays;
  /** Shapes of the dropout masks for so many rows; empty for a network without dropout. */
  dropoutMasks(rows: number): Specs;
  /** `[rows, inputs]` → logits `[rows, outputs]`. Without a pass: inference, which a network with running statistics cannot do. */
  apply(parameters: Tensors, x: Tensor2D, pass?: Pass): Tensor2D;
}

/** A layer whose `<name>/weight` connects all inputs with all outputs: units (linear), or channels over a window (conv). */
export interface WeightLayer {
  readonly name: string;
  readonly kind: 'linear' | 'conv';
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of a convolution's window. */
  readonly kernel?: readonly [number, number];
  /** Pixels from one of a convolution's windows to the next. */
  readonly stride?: number;
}

/** Number of trainable numbers. */
export function countParameters(parameters: Specs): number {
  return Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
