import { datasetOf } from '../benchmarks/index.ts';
import { openEngine } from '../engine/index.ts';
import { createNetwork, networkOptionsOf, type Experiment } from '../harness/index.ts';

/**
 * Finds out what would stop every run, before anything is written: a network that the images are too small for, an engine that does not
 * start, files missing in `--data-dir`.
 * @throws {UserError}
 */
export async function checkReady(experiment: Experiment): Promise<void> {
  const { network, dataDir } = experiment;
  const dataset = datasetOf(experiment.stream);
  createNetwork(network, networkOptionsOf(experiment), { inputShape: dataset.shape, outputCount: dataset.classCount });
  const engine = await openEngine(experiment.engine);
  await engine.dispose();
  if (dataDir !== undefined && dataset.downloadBytes > 0) await dataset.load({ dataDir });
}
