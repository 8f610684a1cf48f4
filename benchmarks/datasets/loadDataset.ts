import { createRegistry, type Registry } from '../registry.ts';
import type { Dataset } from '../types.ts';
import { digits } from './digits.ts';
import { fashionMnist } from './fashionMnist.ts';
import { mnist } from './mnist.ts';
import type { DatasetContext, DatasetEntry } from './types.ts';

/** Every data set that a stream can be made of. */
export const datasets: Registry<DatasetEntry> = createRegistry('dataset', [digits, mnist, fashionMnist]);

/**
 * Reads a data set by name.
 *
 * @throws UserError when the name is not known, or its files are missing, damaged or cannot be fetched
 */
export async function loadDataset(name: string, context: DatasetContext = {}): Promise<Dataset> {
  return datasets.get(name).load(context);
}
