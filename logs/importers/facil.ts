import { basename, dirname, join } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { AccuracyMatrix } from '../types.ts';
import { looksLikeFacilMatrix, readFacilMatrix } from './facil/matrix.ts';
import {
  looksLikeFacilOutput,
  looksLikeFacilRawLog,
  readFacilOutput,
  readFacilRawLog,
  type FacilMetric,
} from './facil/logs.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import type { Source } from './shared/source.ts';

const metrics: readonly FacilMetric[] = ['taw', 'tag'];

interface Read {
  readonly matrix: AccuracyMatrix;
  readonly notes: readonly string[];
}

/**
 * Results of FACIL: the folder of an experiment or of many, with `results/acc_taw-<date>.txt` and `acc_tag-<date>.txt`, `raw_log-<date>.txt` and
 * `stdout-<date>.txt`, or one of these files. Of a folder the matrices count, which have the most digits, else the raw log, else the output; of several
 * dates the newest.
 *
 * Source of the format: FACIL, commit e09d2c8, `src/loggers/disk_logger.py` and `src/main_incremental.py`.
 */
export const facil: Importer = {
  name: 'facil',
  title: 'FACIL, task-aware and task-agnostic accuracies',
  files: 'the folder of an experiment, acc_tag-*.txt, raw_log-*.txt or its output',
  detects: (source) =>
    source.isFolder
      ? experimentsIn(source).some(({ files }) => files.some(({ file }) => kindOf(source.open(file)) !== null))
      : kindOf(source) !== null,
  read(source, options) {
    const metric = metricOf(source, options);
    if (!source.isFolder) {
      const { matrix, notes } = readFile(source, kindOf(source) ?? 'matrix', metric, options);
      return [imported(source, 'facil', { matrix, notes })];
    }
    const experiments = experimentsIn(source);
    if (experiments.length === 0)
      throw new UserError(`${source.path} holds no results of FACIL; name the folder of an experiment`);
    return experiments.map((experiment) => readExperiment(source, experiment, metric, options));
  },
};

/** The metric that is asked for; null where any may be taken. */
function metricOf({ path }: Source, { metric }: ImportOptions): FacilMetric | null {
  if (metric === undefined) return null;
  const found = metrics.find((name) => name === metric.toLowerCase().replace(/^acc_/, ''));
  if (found === undefined) throw new UserError(`${path} has no metric ${metric} (known: ${metrics.join(', ')})`);
  return found;
}

type Kind = 'matrix' | 'raw log' | 'output';
const kindsByName: Readonly<Record<string, Kind>> = { raw_log: 'raw log', stdout: 'output' };

function kindOf(source: Source): Kind | null {
  const name = basename(source.path);
  if (looksLikeFacilRawLog(source.head)) return 'raw log';
  if (looksLikeFacilOutput(source.head)) return 'output';
  return looksLikeFacilMatrix(source.head, name) ? 'matrix' : null;
}

function readFile(source: Source, kind: Kind, metric: FacilMetric | null, options: ImportOptions): Read {
  if (kind === 'raw log') return readFacilRawLog(source, metric, options);
  if (kind === 'output') return readFacilOutput(source, metric, options);
  const own = /acc_(taw|tag)/.exec(basename(source.path))?.[1];
  if (metric !== null && own !== undefined && own !== metric)
    throw new UserError(`${source.path} holds ${own}; --metric ${metric} needs acc_${metric}-*.txt`);
  return readFacilMatrix(source, options);
}

const named = /^(.*[/\\])?(?:results[/\\])?(acc_taw|acc_tag|raw_log|stdout)-([^/\\]+)\.txt$/;

interface Found {
  readonly file: string;
  readonly kind: string;
  readonly date: string;
}

interface Experiment {
  /** Relative to the folder that was opened; empty for itself. */
  readonly folder: string;
  readonly files: readonly Found[];
}

/** The folders below which there are files named as FACIL names them. */
function experimentsIn(source: Source): Experiment[] {
  const byFolder = new Map<string, Found[]>();
  for (const file of source.files()) {
    const [, , kind, date] = named.exec(file) ?? [];
    if (kind === undefined || date === undefined) continue;
    const folder = dirname(file).replace(/(^|[/\\])results$/, '');
    const key = folder === '.' ? '' : folder;
    byFolder.set(key, [...(byFolder.get(key) ?? []), { file, kind, date }]);
  }
  return [...byFolder].map(([folder, files]) => ({ folder, files }));
}

function readExperiment(
  source: Source,
  { folder, files }: Experiment,
  metric: FacilMetric | null,
  options: ImportOptions,
): Imported {
  const notes: string[] = [];
  const chosen = choose(files, metric, source.path, notes);
  const { matrix, notes: own } = readFile(
    source.open(chosen.file),
    kindsByName[chosen.kind] ?? 'matrix',
    metric,
    options,
  );
  const found = imported(source, 'facil', { matrix, notes: [...notes, ...own] });
  return folder === '' ? found : { ...found, path: join(source.path, folder), name: folder.replaceAll('\\', '/') };
}

/** The file of an experiment that is read. @param notes gets a sentence where there was a choice */
function choose(files: readonly Found[], metric: FacilMetric | null, path: string, notes: string[]): Found {
  const matrices = files.filter(({ kind }) => kind.startsWith('acc_'));
  const wanted = [`acc_${metric ?? 'tag'}`, ...(metric === null ? ['acc_taw'] : []), 'raw_log', 'stdout'];
  for (const kind of wanted) {
    const own = files.filter((file) => file.kind === kind).toSorted((a, b) => (a.date < b.date ? -1 : 1));
    const newest = own.at(-1);
    if (newest === undefined) continue;
    if (own.length > 1) notes.push(`there are ${own.length} runs; the newest was read, ${newest.file}`);
    if (kind === 'acc_tag' && metric === null)
      notes.push('accuracies are task-agnostic; --metric taw reads the task-aware ones');
    if (kind === 'acc_taw' && metric === null) notes.push('accuracies are task-aware; there is no acc_tag-*.txt');
    return newest;
  }
  throw new UserError(
    `${path} has no acc_${metric ?? 'tag'}-*.txt, only ${matrices.map(({ file }) => file).join(', ')}`,
  );
}
