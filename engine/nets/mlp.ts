import { tf, type Tensor1D, type Tensor2D } from '../tf.ts';
import { float32, type Arrays, type Specs } from '../types.ts';
import type { LinearLayer, Network } from './network.ts';

export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the hidden layers, such as [400, 400]; empty for a linear classifier. */
  readonly hidden: readonly number[];
  readonly outputs: number;
}

/**
 * Multi-layer perceptron with ReLU hidden layers and a linear output layer.
 * Weights and biases start uniform in ±1/√in, the initialisation of PyTorch's `nn.Linear`, which the published baselines use.
 */
export function mlp({ inputs, hidden, outputs }: MlpOptions): Network {
  const widths = [inputs, ...hidden, outputs];
  const layers: LinearLayer[] = widths.slice(1).map((width, i) => ({
    name: i === hidden.length ? 'output' : `hidden${i + 1}`,
    inputs: widths[i],
    outputs: width,
  }));
  const parameters: Specs = Object.fromEntries(
    layers.flatMap((layer) => [
      [`${layer.name}/weight`, float32(layer.inputs, layer.outputs)],
      [`${layer.name}/bias`, float32(layer.outputs)],
    ]),
  );
  return {
    name: 'mlp',
    options: { hidden: [...hidden] },
    parameters,
    layers,
    init(rng) {
      const arrays: Arrays = {};
      for (const layer of layers) {
        const bound = 1 / Math.sqrt(layer.inputs);
        const draw = (): number => bound * (2 * rng.uniform() - 1);
        arrays[`${layer.name}/weight`] = Float32Array.from({ length: layer.inputs * layer.outputs }, draw);
        arrays[`${layer.name}/bias`] = Float32Array.from({ length: layer.outputs }, draw);
      }
      return arrays;
    },
    apply(tensors, x, tap = (_layer, _input, output) => output) {
      let activation = x;
      for (const [i, { name }] of layers.entries()) {
        const linear: Tensor2D = tf.add(
          tf.matMul(activation, tensors[`${name}/weight`] as Tensor2D),
          tensors[`${name}/bias`] as Tensor1D,
        );
        const tapped = tap(name, activation, linear);
        activation = i < hidden.length ? tf.relu(tapped) : tapped;
      }
      return activation;
    },
  };
}
