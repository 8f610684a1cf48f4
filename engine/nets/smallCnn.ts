import { tf, type Tensor4D } from '../tf.ts';
import { sizeOf, type Shape } from '../types.ts';
import { assemble, requireImages } from './assemble.ts';
import { initializers, type InitializerName } from './initialize.ts';
import { maxPool2 } from './layers/maxPool2.ts';
import type { Network } from './network.ts';
import { convolutionPart } from './parts/convolution.ts';
import { dropoutPart } from './parts/dropout.ts';
import { headPart, type Head } from './parts/head.ts';
import { linearPart } from './parts/linear.ts';
import type { Norm } from './parts/norm.ts';
import { operation } from './parts/part.ts';

export interface SmallCnnOptions {
  /** Height, width, channels. */
  readonly inputShape: Shape;
  readonly outputs: number;
  /** Channels of the convolutions; [32, 64] unless given. */
  readonly channels?: readonly number[];
  /** Width of the hidden layer; 128 unless given. */
  readonly hidden?: number;
  /** `none` unless given: then the convolutions have biases. */
  readonly norm?: Norm;
  readonly head?: Head;
  /** `pytorch` unless given. */
  readonly initializer?: InitializerName;
  /** Whether layers have biases; true unless given. */
  readonly bias?: boolean;
  /** Share of the hidden layer's units that is dropped in training, in [0, 1). */
  readonly dropout?: number;
}

/**
 * A small convolutional network: for each entry of `channels` a 3 × 3 convolution, ReLU and 2 × 2 maximum pooling (`conv1`, `conv2`, …), then a
 * hidden layer (`hidden1`) with ReLU and the output layer. Maps are flattened as height × width × channels.
 * @throws {UserError} if the images vanish in the pools
 */
export function smallCnn({
  inputShape,
  outputs,
  channels = [32, 64],
  hidden = 128,
  norm = 'none',
  head = 'linear',
  initializer = 'pytorch',
  bias = true,
  dropout = 0,
}: SmallCnnOptions): Network {
  requireImages('cnn', inputShape, 2 ** channels.length);
  const scheme = initializers[initializer];
  const [height, width, depth] = inputShape;
  const depths = [depth, ...channels];
  const flat = sizeOf([height >> channels.length, width >> channels.length, depths.at(-1)!]);
  return assemble(
    {
      name: 'cnn',
      options: { channels: [...channels], hidden, norm, head, initializer, bias, dropout },
      inputShape,
      dropout,
    },
    [
      ...channels.flatMap((count, i) => [
        convolutionPart({
          name: `conv${i + 1}`,
          inputs: depths[i],
          outputs: count,
          kernel: 3,
          norm,
          bias,
          initializer: scheme,
        }),
        operation(tf.relu),
        operation<Tensor4D>(maxPool2),
      ]),
      operation((maps) => tf.reshape(maps, [maps.shape[0], flat])),
      linearPart('hidden1', flat, hidden, scheme, bias),
      operation(tf.relu),
      dropoutPart('hidden1', [hidden], dropout),
      headPart(head, hidden, outputs, scheme, bias),
    ],
  );
}
