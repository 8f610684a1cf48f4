import { join } from 'node:path';
import { loadImports, readExperimentFile, resolveExperiment, type Experiment } from '../harness/index.ts';

/**
 * The experiment in a folder, checked like any recipe: people do edit these files.
 * @throws {UserError} if the folder holds none, or one that does not fit
 */
export async function reopenExperiment(folder: string): Promise<Experiment> {
  const options = readExperimentFile(folder);
  await loadImports(Array.isArray(options.imports) ? options.imports : []);
  return resolveExperiment(options, join(folder, 'experiment.json'));
}
