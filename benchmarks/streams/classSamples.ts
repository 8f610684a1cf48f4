import type { Dataset, RawSamples, Samples } from '../types.ts';
import { createSamples } from './samples.ts';

/** The samples of the given classes, in the order of the data set; `outputs[i]` is the output of `classes[i]`. */
export function samplesOfClasses(
  dataset: Dataset,
  raw: RawSamples,
  classes: readonly number[],
  outputs: readonly number[],
): Samples {
  const outputOf = new Map(classes.map((id, i) => [id, outputs[i]]));
  const ids = Int32Array.from(raw.labels.keys()).filter((id) => outputOf.has(raw.labels[id]));
  const labels = ids.map((id) => outputOf.get(raw.labels[id])!);
  const view = { bytes: () => raw.inputs, maximum: dataset.maximum };
  return createSamples(view, dataset, ids, labels);
}
