import type { Scalar } from '../tf.ts';
import type { Specs, Tensors } from '../types.ts';

/** An update rule as a pair of pure functions. Its state is plain named arrays, zero at the start. */
export interface Optimizer {
  readonly name: string;
  /** True where every change of a parameter is a combination of the gradients it was given since its state was zero, as with plain SGD. */
  readonly keepsSpan?: boolean;
  /** Shapes of the state for parameters of these shapes. */
  init(parameters: Specs): Specs;
  /** Traced into the training program. */
  update(
    parameters: Tensors,
    gradients: Tensors,
    state: Tensors,
    rate: Scalar,
  ): { parameters: Tensors; state: Tensors };
}
