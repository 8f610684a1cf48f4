import { datasetOf, prepareDataset } from '../benchmarks/index.ts';
import { openEngine, type Provider } from '../engine/index.ts';
import type { Experiment } from '../harness/index.ts';

/**
 * Finds out what would stop every run, before anything is written: an engine or a provider that does not start, files missing in `--data-dir`.
 * @throws {UserError}
 */
export async function checkReady(
  { engine: name, stream, dataDir }: Experiment,
  provider: Provider | undefined,
): Promise<void> {
  const engine = await openEngine(name, { provider });
  await engine.dispose();
  const dataset = datasetOf(stream);
  if (dataDir !== undefined && dataset.downloadBytes > 0) await prepareDataset(dataset.name, { dataDir });
}
