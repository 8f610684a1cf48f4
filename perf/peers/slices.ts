import { createRng } from '../../base/index.ts';
import { buildStream, loadDataset, type Dataset, type RawSamples, type Stream } from '../../benchmarks/index.ts';
import type { NetworkName } from './ours.ts';

/** The data set that a network is tried on. */
export const datasetOf: Record<NetworkName, string> = {
  mlp: 'mnist',
  cnn: 'cifar10-small',
  'resnet18-slim': 'cifar10-small',
};

export interface Slice {
  /** Training rows of each class. */
  readonly train: number;
  /** Test rows of each class, all of which are evaluated. */
  readonly test: number;
  readonly tasks: number;
}

/** A class-incremental split stream of the first rows of each class: enough to time updates in every task without days of training. */
export async function streamOf(network: NetworkName, slice: Slice, dataDir: string | undefined): Promise<Stream> {
  const dataset = await loadDataset(datasetOf[network], { dataDir });
  const [train, test] = (['train', 'test'] as const).map((part) => firstOfEachClass(dataset, part, slice[part]));
  return buildStream(
    'split',
    { ...dataset, train, test },
    { scenario: 'class', tasks: slice.tasks },
    createRng('peers'),
  );
}

/** The classes take turns, so that any few rows in a row hold all of them. */
function firstOfEachClass({ shape, classNames, ...parts }: Dataset, part: 'train' | 'test', count: number): RawSamples {
  const { inputs, labels } = parts[part];
  const size = shape.reduce((product, extent) => product * extent, 1);
  const rows = classNames.map((_, label) => [...labels.keys()].filter((row) => labels[row] === label).slice(0, count));
  const order = Array.from({ length: count }, (_, i) => rows.map((ofClass) => ofClass[i])).flat();
  const picked = new Uint8Array(order.length * size);
  order.forEach((row, i) => picked.set(inputs.subarray(row * size, (row + 1) * size), i * size));
  return { inputs: picked, labels: Uint8Array.from(order, (row) => labels[row]) };
}
