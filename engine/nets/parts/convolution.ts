import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../../tf.ts';
import { float32 } from '../../types.ts';
import type { Initializer } from '../initialize.ts';
import { foldMoments } from '../layers/batchNorm.ts';
import { convolution } from '../layers/convolution.ts';
import { affineOf, momentsOf, normPart, type Norm } from './norm.ts';
import { merge, type Part, type Run } from './part.ts';

export interface ConvolutionOptions {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Follows the convolution; without a norm it has a bias, unless that is left out. */
  readonly norm: Norm;
  /** True unless given. */
  readonly bias?: boolean;
  readonly initializer: Initializer;
}

/** A convolution and its norm: `<name>/weight` `[outputs, inputs, kernel, kernel]`, and `<name>/bias`, `<name>/norm/…` or neither. */
export function convolutionPart(options: ConvolutionOptions): Part {
  const { name, inputs, outputs, kernel, stride = 1, initializer } = options;
  const area = kernel * kernel;
  const fans = { in: inputs * area, out: outputs * area };
  const weight = `${name}/weight`;
  const convolve = (x: Tensor, { parameters }: Run): Tensor4D =>
    convolution(x as Tensor4D, parameters[weight] as Tensor4D, stride);
  const filters: Omit<Part, 'apply'> = {
    parameters: { [weight]: { spec: float32(outputs, inputs, kernel, kernel), draw: initializer.convolution(fans) } },
    layers: [{ name, kind: 'conv', inputs, outputs, kernel: [kernel, kernel], stride }],
  };
  const tapped = (x: Tensor, output: Tensor4D, { pass }: Run): Tensor4D =>
    pass.mapTap ? pass.mapTap(name, x as Tensor4D, output) : output;

  if (options.norm === 'none' && options.bias === false)
    return { ...filters, apply: (x, run) => tapped(x, convolve(x, run), run) };

  if (options.norm === 'none') {
    const bias = `${name}/bias`;
    return {
      ...filters,
      parameters: { ...filters.parameters, [bias]: { spec: float32(outputs), draw: initializer.bias(fans) } },
      apply: (x, run) => tapped(x, tf.add(convolve(x, run), run.parameters[bias]), run),
    };
  }

  const norm = normPart(`${name}/norm`, options.norm, outputs);
  const apply = (x: Tensor, run: Run): Tensor => norm.apply(tapped(x, convolve(x, run), run), run);
  return {
    ...merge([{ ...filters, apply }, norm]),
    apply(x, run) {
      const { pass, parameters } = run;
      if (options.norm !== 'batch' || pass.mode === 'train' || pass.mapTap) return apply(x, run);
      // By given statistics batch norm is a scale and a shift, which cost next to nothing on the filters.
      const { gamma, beta } = foldMoments(
        affineOf(`${name}/norm`, parameters),
        momentsOf(`${name}/norm`, pass.statistics),
      );
      const scaled: Tensor4D = tf.mul(parameters[weight], tf.reshape(gamma, [outputs, 1, 1, 1]));
      return tf.add(convolution(x as Tensor4D, scaled, stride), beta as Tensor1D);
    },
  };
}
