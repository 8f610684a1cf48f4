import { UserError } from '../../base/index.ts';
import { avalanche } from './avalanche.ts';
import { facil } from './facil.ts';
import { l2logger } from './l2loggerImporter.ts';
import { lmEval } from './lmEval.ts';
import { mammoth } from './mammoth.ts';
import { pycil } from './pycil.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { openSource } from './source.ts';

/** All formats, the more telling ones first: the first that knows a file reads it. */
export const importers: readonly Importer[] = [
  lmEval, // A JSON file with results.
  mammoth, // Dicts as Python prints them.
  l2logger, // A folder with logger_info.json.
  pycil, // Lines of a log that name trainer.py.
  avalanche, // Columns, marks and metrics of its own names.
  facil, // Lines, JSON and tables that only FACIL writes so.
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
