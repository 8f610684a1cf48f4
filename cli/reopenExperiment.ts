import { join } from 'node:path';
import * as z from 'zod';
import { parseWith } from '../base/index.ts';
import {
  loadImports,
  readExperimentFile,
  resolveExperiment,
  type Experiment,
  type ExperimentOptions,
} from '../harness/index.ts';

const mapping = z.record(z.string(), z.unknown());

const fileSchema = z.looseObject({
  format: z.literal(1, 'is of another version of stabgap'),
  dataDir: z.string().nullable(),
  streamOptions: mapping,
  methods: z.array(z.looseObject({ training: mapping })),
  imports: z.array(z.string()),
});

/**
 * The experiment in a folder, checked as if it were a recipe: people do edit these files.
 * @throws {UserError} if the folder holds none, or one that does not fit
 */
export async function reopenExperiment(folder: string): Promise<{ experiment: Experiment; dataDir?: string }> {
  const where = join(folder, 'experiment.json');
  const {
    format: _,
    dataDir,
    streamOptions,
    methods,
    ...rest
  } = parseWith(fileSchema, readExperimentFile(folder), where);
  await loadImports(rest.imports);
  const options = {
    ...rest,
    ...streamOptions,
    methods: methods.map(({ training, ...method }) => ({ ...method, ...training })),
  } as unknown as ExperimentOptions;
  return { experiment: resolveExperiment(options, where), dataDir: dataDir ?? undefined };
}
