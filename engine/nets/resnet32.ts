import { tf, type Tensor4D } from '../tf.ts';
import { patches } from './layers/patches.ts';
import type { Network } from './network.ts';
import { operation } from './parts/part.ts';
import { resnet, type ResnetOptions } from './resnet.ts';

/**
 * ResNet-32 for CIFAR (arXiv:1512.03385, section 4.2): three stages of five blocks with 16, 32 and 64 channels; shortcuts without parameters:
 * where the map is halved, every other pixel, the new channels zero (option A), as in the code of iCaRL, FACIL and PyCIL. Starts as
 * PyCIL's does: Kaiming's normal distribution.
 * @throws {UserError} if the images are smaller than 4 × 4
 */
export function resnet32({
  inputShape,
  outputs,
  filters = 16,
  norm = 'batch',
  head = 'linear',
  initializer = 'kaiming',
}: ResnetOptions): Network {
  return resnet({
    name: 'resnet32',
    inputShape,
    outputs,
    filters,
    norm,
    head,
    initializer,
    blocks: [5, 5, 5],
    shortcut: ({ outputs: count, stride }) => operation<Tensor4D>((x) => subsample(x, count, stride)),
  });
}

/** Every stride-th pixel, with channels of zeros behind the given ones up to `channels`. */
function subsample(x: Tensor4D, channels: number, stride: number): Tensor4D {
  const pixels = patches(x, [1, 1], stride);
  return tf.pad(pixels, [[0, 0], [0, 0], [0, 0], [0, channels - x.shape[3]]]); // prettier-ignore
}
