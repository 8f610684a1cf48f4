import { UserError } from '../../base/index.ts';
import { lmEval } from './lmEval.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { mlflow } from './mlflow.ts';
import { opencompass } from './opencompass.ts';
import { openSource } from './source.ts';
import { tensorboard } from './tensorboard.ts';
import { trainerState } from './trainerState.ts';
import { wandb } from './wandb.ts';

/** All formats, the more telling ones first: the first that knows a file reads it. */
export const importers: readonly Importer[] = [
  lmEval, // A JSON file with results.
  trainerState, // A JSON file with a log_history.
  tensorboard, // A CSV file, or a folder of them, that begins with Wall time,Step,Value.
  wandb, // A CSV file with columns that end in __MIN and __MAX, or with a column _step.
  mlflow, // A folder with files of times, values and steps in folders called metrics.
  opencompass, // A CSV file that begins with dataset,version,metric,mode, or a folder of them.
];

/**
 * Reads the logs of a file or folder of any tool.
 * @param format the name of an importer; found out by content unless given
 * @throws {UserError} for an unknown format, for a file that none knows, and for one that cannot be read
 */
export function importLogs(
  path: string,
  { format, ...options }: ImportOptions & { readonly format?: string } = {},
): readonly Imported[] {
  const known = importers.map(({ name }) => name).join(', ');
  const source = openSource(path);
  const importer =
    format === undefined
      ? importers.find((each) => each.detects(source))
      : importers.find(({ name }) => name === format);
  if (!importer)
    throw new UserError(
      format === undefined
        ? `${path} is in no format that is known; name one with --format (known: ${known})`
        : `unknown format: ${format} (known: ${known})`,
    );
  return importer.read(source, options);
}
