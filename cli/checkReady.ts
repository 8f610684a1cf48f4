import { datasetOf, prepareDataset } from '../benchmarks/index.ts';
import { openEngine, type Provider } from '../engine/index.ts';
import { createNetwork, networkOptionsOf, type Experiment } from '../harness/index.ts';

/**
 * Finds out what would stop every run, before anything is written: a network that the images are too small for, an engine or a provider
 * that does not start, files missing in `--data-dir`.
 * @throws {UserError}
 */
export async function checkReady(experiment: Experiment, provider: Provider | undefined): Promise<void> {
  const { network, dataDir } = experiment;
  const dataset = datasetOf(experiment.stream);
  createNetwork(network, networkOptionsOf(experiment), { inputShape: dataset.shape, outputCount: dataset.classCount });
  const engine = await openEngine(experiment.engine, { provider });
  await engine.dispose();
  if (dataDir !== undefined && dataset.downloadBytes > 0) await prepareDataset(dataset.name, { dataDir });
}
