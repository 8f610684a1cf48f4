import { createRng } from '../base/index.ts';
import { createStream, datasetOf, type Stream } from '../benchmarks/index.ts';
import { checkMethod, type Experiment } from './experiment.ts';
import { shapeOf } from './streamInfo.ts';
import { streamOptionsOf } from './streamSchema.ts';

/** An experiment whose data are known, and what its network is made for. */
export interface Settled {
  readonly experiment: Experiment;
  readonly inputs: Pick<Stream, 'inputShape' | 'outputCount'>;
}

/**
 * Reads the data of a stream that has its own, so that what depends on them shows before anything runs. Data sets of images are known
 * without reading them.
 * @throws {UserError} if the data cannot be read, or do not fit the methods
 */
export async function settleData(experiment: Experiment): Promise<Settled> {
  const dataset = datasetOf(experiment.stream);
  if (dataset) return { experiment, inputs: { inputShape: dataset.shape, outputCount: dataset.classCount } };

  const { scenario, dataDir, seeds, methods } = experiment;
  const rng = createRng(seeds[0]).fork('stream');
  const stream = await createStream(experiment.stream, streamOptionsOf(experiment), { rng, dataDir });
  for (const method of methods) checkMethod(method, shapeOf(stream), scenario, false);
  return { experiment, inputs: stream };
}
