import type { Shape, Tensor } from '../../../engine/index.ts';

/** One operation on some shapes, run on every engine and compared with tfjs's own `cpu` backend, forward and gradient. */
export interface EngineCase {
  readonly name: string;
  /** Float inputs; each is differentiated unless `gradient` is false. */
  readonly shapes: readonly Shape[];
  readonly fn: (...tensors: Tensor[]) => Tensor;
  readonly gradient?: boolean;
  /** Inputs are drawn from this range instead of [-2, 2). */
  readonly range?: readonly [number, number];
}
export type Range = readonly [number, number];
