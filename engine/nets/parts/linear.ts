import type { Tensor1D, Tensor2D } from '../../tf.ts';
import { float32 } from '../../types.ts';
import type { Initializer } from '../initialize.ts';
import { linear } from '../layers/linear.ts';
import type { Part } from './part.ts';

/** A linear layer: `<name>/weight` `[inputs, outputs]`, and `<name>/bias` unless it has none. */
export function linearPart(
  name: string,
  inputs: number,
  outputs: number,
  initializer: Initializer,
  bias: boolean,
): Part {
  const fans = { in: inputs, out: outputs };
  return {
    parameters: {
      [`${name}/weight`]: { spec: float32(inputs, outputs), draw: initializer.linear(fans) },
      ...(bias && { [`${name}/bias`]: { spec: float32(outputs), draw: initializer.bias(fans) } }),
    },
    layers: [{ name, kind: 'linear', inputs, outputs }],
    apply(x, { parameters, pass }) {
      const output = linear(
        x as Tensor2D,
        parameters[`${name}/weight`] as Tensor2D,
        parameters[`${name}/bias`] as Tensor1D | undefined,
      );
      return pass.tap ? pass.tap(name, x as Tensor2D, output) : output;
    },
  };
}
