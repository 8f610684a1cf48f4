import { tf } from '../tf.ts';
import { assemble } from './assemble.ts';
import { initializers, type InitializerName } from './initialize.ts';
import type { Network } from './network.ts';
import { dropoutPart } from './parts/dropout.ts';
import { headPart, type Head } from './parts/head.ts';
import { linearPart } from './parts/linear.ts';
import { operation } from './parts/part.ts';

export interface MlpOptions {
  readonly inputs: number;
  /** Widths of the hidden layers, such as [400, 400]; empty for a linear classifier. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly head?: Head;
  /** `pytorch` unless given, which the published baselines use. */
  readonly initializer?: InitializerName;
  /** Whether layers have biases; true unless given. */
  readonly bias?: boolean;
  /** Share of every hidden layer's units that is dropped in training, in [0, 1). */
  readonly dropout?: number;
}

/** Multi-layer perceptron with ReLU hidden layers `hidden1`, `hidden2`, … and an output layer. */
export function mlp({
  inputs,
  hidden,
  outputs,
  head = 'linear',
  initializer = 'pytorch',
  bias = true,
  dropout = 0,
}: MlpOptions): Network {
  const scheme = initializers[initializer];
  const widths = [inputs, ...hidden];
  return assemble(
    {
      name: 'mlp',
      options: { hidden: [...hidden], head, initializer, bias, dropout },
      inputShape: [inputs],
      dropout,
    },
    [
      ...hidden.flatMap((width, i) => [
        linearPart(`hidden${i + 1}`, widths[i], width, scheme, bias),
        operation(tf.relu),
        dropoutPart(`hidden${i + 1}`, [width], dropout),
      ]),
      headPart(head, widths.at(-1)!, outputs, scheme, bias),
    ],
  );
}
