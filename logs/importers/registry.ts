import { UserError, unknownName } from '../../base/index.ts';
import { avalanche } from './avalanche.ts';
import { facil } from './facil.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import { l2logger } from './l2logger.ts';
import { lmEval } from './lmEval.ts';
import { mammoth } from './mammoth.ts';
import { matrix } from './matrix.ts';
import { mlflow } from './mlflow.ts';
import { opencompass } from './opencompass.ts';
import { pycil } from './pycil.ts';
import { samples } from './samples.ts';
import { joinSources, openSource, type Source } from './shared/source.ts';
import { stabgap } from './stabgap.ts';
import { tensorboard } from './tensorboard.ts';
import { tidy } from './tidy.ts';
import { trainerState } from './trainerState.ts';
import { wandb } from './wandb.ts';
import { wide } from './wide.ts';

/** All formats, the more telling ones first: the first that knows a file reads it. */
export const importers: readonly Importer[] = [
  stabgap, // Folders with our own records, and our header.
  samples,
  l2logger,
  lmEval,
  trainerState,
  mlflow,
  opencompass,
  mammoth,
  pycil,
  facil,
  avalanche,
  tensorboard,
  wandb,
  matrix, // Tables that anyone writes come last.
  tidy,
  wide,
];

/** What the user knows better than the file, its format included. */
export interface LogOptions extends ImportOptions {
  /** The name of an importer; found out by content unless given. */
  readonly format?: string;
  /** Whether files are still being written, so that a last line without its end is none yet. */
  readonly live?: boolean;
}

/**
 * Reads the logs of files or folders of any tool, each by itself; files of a format that writes one for every checkpoint are read together where they are named together.
 * @throws {UserError} for an unknown format, for a file that none knows, and for one that cannot be read
 */
export function importLogs(paths: string | readonly string[], options: LogOptions = {}): readonly Imported[] {
  const { format, live, ...reading } = options;
  const sources = (typeof paths === 'string' ? [paths] : paths).map((path) => openSource(path, live));
  const found = sources.map((source) => ({ source, importer: importerOf(source, format, reading) }));
  const [{ importer }] = found;
  const together =
    sources.length > 1 &&
    importer.joins === true &&
    found.every((each) => each.importer === importer && !each.source.isFolder);
  if (together) return importer.read(joinSources(sources), reading);
  return found.flatMap((each) => each.importer.read(each.source, reading));
}

function importerOf(source: Source, format: string | undefined, options: ImportOptions): Importer {
  const names = importers.map(({ name }) => name);
  if (format !== undefined) {
    const named = importers.find(({ name }) => name === format);
    if (named) return named;
    throw unknownName('format', format, names);
  }
  const importer = importers.find((each) => each.detects(source, options));
  if (importer) return importer;
  throw new UserError(
    `${source.path} is in no format that is known; name one with --format (known: ${names.join(', ')})`,
  );
}
