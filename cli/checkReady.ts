import { datasetOf, prepareDataset } from '../benchmarks/index.ts';
import { openEngine, type Provider } from '../engine/index.ts';
import { createNetwork, networkOptionsOf, settleData, type Experiment } from '../harness/index.ts';

/**
 * Finds out what would stop every run, before anything is written: a network that does not fit the inputs, an engine or a provider
 * that does not start, files that are missing or do not fit.
 * @returns the experiment, with what only its data can say
 * @throws {UserError}
 */
export async function checkReady(experiment: Experiment, provider: Provider | undefined): Promise<Experiment> {
  const { network, dataDir } = experiment;
  const dataset = datasetOf(experiment.stream);
  const settled = await settleData(experiment);
  createNetwork(network, networkOptionsOf(experiment), settled.inputs);
  const engine = await openEngine(experiment.engine, { provider });
  await engine.dispose();
  if (dataset && dataDir !== undefined && dataset.downloadBytes > 0) await prepareDataset(dataset.name, { dataDir });
  return settled.experiment;
}
