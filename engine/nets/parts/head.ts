import type { Scalar, Tensor2D } from '../../tf.ts';
import { float32 } from '../../types.ts';
import { constant, type Initializer } from '../initialize.ts';
import { cosine, unitNorm } from '../layers/cosine.ts';
import { linearPart } from './linear.ts';
import type { Part } from './part.ts';

export const heads = ['linear', 'cosine'] as const;
export type Head = (typeof heads)[number];

/** Where the scale of a cosine head starts: the constant of the cosine heads in replay papers (arXiv:2104.05025). */
const initialScale = 10;

/**
 * The output layer, over the outputs of all tasks: heads of single tasks are masks over it.
 * @param bias whether a linear head has one
 * `cosine`: s·cos(features, wₖ) with a learnt scale s, as in LUCIR (Hou et al., CVPR 2019); no bias.
 */
export function headPart(head: Head, inputs: number, outputs: number, initializer: Initializer, bias = true): Part {
  return head === 'linear'
    ? linearPart('output', inputs, outputs, initializer, bias)
    : cosinePart('output', inputs, outputs, initializer);
}

function cosinePart(name: string, inputs: number, outputs: number, initializer: Initializer): Part {
  return {
    parameters: {
      [`${name}/weight`]: {
        spec: float32(inputs, outputs),
        draw: initializer.linear({ in: inputs, out: outputs }),
      },
      [`${name}/scale`]: { spec: float32(), draw: constant(initialScale) },
    },
    layers: [{ name, kind: 'linear', inputs, outputs }],
    apply(x, { parameters, pass }) {
      const features = unitNorm(x as Tensor2D, 1);
      const weight = unitNorm(parameters[`${name}/weight`] as Tensor2D, 0);
      const output = cosine(features, weight, parameters[`${name}/scale`] as Scalar);
      return pass.tap ? pass.tap(name, features, output) : output;
    },
  };
}
