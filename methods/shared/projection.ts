import type { Rng } from '../../base/index.ts';
import { float32, initializers, tf, unitNorm, type Tensor2D, type Tensors } from '../../engine/index.ts';
import type { ExtraParameters } from './trainer.ts';

/** A linear layer from features to a space of their own in which they are compared; evaluation knows nothing of it. */
export interface Projection {
  readonly width: number;
  /** To be trained beside the network's parameters. */
  readonly extra: ExtraParameters;
  /** `[rows, inputs]` → `[rows, width]`, unit vectors. */
  project(parameters: Tensors, features: Tensor2D): Tensor2D;
}

/** @param rng draws the initial weights and biases, uniform in ±1/√inputs, as PyTorch does */
export function createLinearProjection(inputs: number, width: number, rng: Rng): Projection {
  const fans = { in: inputs, out: width };
  const fill = (count: number, draw: (rng: Rng) => number) => Float32Array.from({ length: count }, () => draw(rng));
  return {
    width,
    extra: {
      specs: { 'projection/weight': float32(inputs, width), 'projection/bias': float32(width) },
      initial: {
        'projection/weight': fill(inputs * width, initializers.pytorch.linear(fans)),
        'projection/bias': fill(width, initializers.pytorch.bias(fans)),
      },
    },
    project: (parameters, features) =>
      unitNorm(
        tf.add(tf.matMul(features, parameters['projection/weight'] as Tensor2D), parameters['projection/bias']),
        1,
      ),
  };
}
