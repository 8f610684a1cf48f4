import { mlp, resnet18, resnet32, sizeOf, slimResnet18, smallCnn, type Network, type Norm } from '../engine/index.ts';
import type { Stream } from '../benchmarks/index.ts';
import type { NetworkName, NetworkOptions } from './networkSchema.ts';

type Build = (shape: { inputShape: readonly number[]; outputs: number }, options: NetworkOptions) => Network;
type ResnetNorm = Exclude<Norm, 'none'>;

const builders: Readonly<Record<NetworkName, Build>> = {
  mlp: ({ inputShape, outputs }, { hidden = [], ...options }) =>
    mlp({ inputs: sizeOf(inputShape), outputs, hidden, ...options }),
  cnn: (shape, { norm, head, initializer, bias, dropout }) =>
    smallCnn({ ...shape, norm, head, initializer, bias, dropout }),
  'resnet18-slim': (shape, { norm, ...options }) => slimResnet18({ ...shape, ...options, norm: norm as ResnetNorm }),
  resnet18: (shape, { norm, ...options }) => resnet18({ ...shape, ...options, norm: norm as ResnetNorm }),
  resnet32: (shape, { norm, ...options }) => resnet32({ ...shape, ...options, norm: norm as ResnetNorm }),
};

/**
 * The network of an experiment for the inputs and outputs of a stream.
 * @param options resolved ones
 * @throws {UserError} if the stream's inputs do not fit the network
 */
export function createNetwork(
  name: NetworkName,
  options: NetworkOptions,
  { inputShape, outputCount }: Pick<Stream, 'inputShape' | 'outputCount'>,
): Network {
  return builders[name]({ inputShape, outputs: outputCount }, options);
}
