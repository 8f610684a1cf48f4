import { createRegistry, type Registry } from '../registry.ts';
import type { Dataset } from '../types.ts';
import { cifar10, cifar10Small } from './cifar10.ts';
import { cifar100 } from './cifar100.ts';
import { digits } from './digits.ts';
import { fashionMnist } from './fashionMnist.ts';
import { mnist } from './mnist.ts';
import type { DatasetContext, DatasetEntry } from './types.ts';

/** Every data set that a stream can be made of. */
export const datasets: Registry<DatasetEntry> = createRegistry('dataset', [
  digits,
  mnist,
  fashionMnist,
  cifar10Small,
  cifar10,
  cifar100,
]);

/** The data set read last. Runs that share a process nearly always share their data set too, and reading it can take longer than a run's set-up. */
let last: { readonly key: string; readonly dataset: Promise<Dataset> } | undefined;

/**
 * Reads a data set by name. The one read last is kept in memory and handed out again: its arrays are not to be changed.
 *
 * @throws UserError when the name is not known, or its files are missing, damaged or cannot be fetched
 */
export async function loadDataset(name: string, context: DatasetContext = {}): Promise<Dataset> {
  const key = JSON.stringify([name, context.dataDir, context.cacheDir]);
  if (last?.key !== key) last = { key, dataset: datasets.get(name).load(context) };
  const { dataset } = last;
  try {
    return await dataset;
  } catch (error) {
    if (last?.dataset === dataset) last = undefined;
    throw error;
  }
}

/**
 * Makes sure that a data set can be read: downloads what is missing and checks what is there.
 *
 * @throws UserError as {@link loadDataset} does
 */
export async function prepareDataset(name: string, context: DatasetContext = {}): Promise<void> {
  const entry = datasets.get(name);
  if (entry.prepare) await entry.prepare(context);
  else await entry.load(context);
}
