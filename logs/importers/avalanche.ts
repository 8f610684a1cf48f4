import { basename, dirname } from 'node:path';
import { UserError } from '../../base/index.ts';
import { avalancheCsvKind, readAvalancheCsv } from './avalanche/csv.ts';
import { looksLikeAvalancheJson, readAvalancheJson } from './avalanche/json.ts';
import { looksLikeAvalancheText } from './avalanche/lines.ts';
import { readAvalancheText } from './avalanche/text.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import type { Source } from './shared/source.ts';

/**
 * Logs of Avalanche: the folder of its CSVLogger or one of its files, what its TextLogger and InteractiveLogger print, and the JSON lines of ocl_survey, which
 * is built on it. Of a folder all runs are read; where one has several of these files side by side, the CSV files count before JSON lines, and these before
 * text.
 *
 * Source of the format: Avalanche, commit eb075be, `avalanche/logging/` and `PeriodicEval` of `avalanche/training/templates/base_sgd.py`.
 */
export const avalanche: Importer = {
  name: 'avalanche',
  title: 'Avalanche, csv and text logs, and JSON lines of ocl_survey',
  files: 'the folder of a CSVLogger, eval_results.csv, what TextLogger prints, logs.json, or a folder of them',
  detects: (source) =>
    source.isFolder ? filesIn(source).some(({ file }) => kindOf(source.open(file)) !== null) : kindOf(source) !== null,
  read(source, options) {
    if (!source.isFolder) return [readFile(source, kindOf(source) ?? 'text', options)];
    const files = filesIn(source);
    if (files.length === 0) throw new UserError(`${source.path} holds no log of Avalanche; check the path`);
    return files.map(({ file, kind, notes }) => {
      const found = readFile(source.open(file), kind, options);
      const folder = dirname(file) === '.' ? '' : dirname(file).replaceAll('\\', '/');
      const alone = kind === 'csv' && folder !== '';
      const name = alone ? folder : files.length > 1 ? `${folder}${folder && '/'}${found.name}` : found.name;
      return { ...found, name, notes: [...notes, ...found.notes] };
    });
  },
};

/** The earlier ones count where a folder has several. */
const kinds = ['csv', 'json', 'text'] as const;
type Kind = (typeof kinds)[number];

function kindOf(source: Source): Kind | null {
  if (avalancheCsvKind(source.head) !== null) return 'csv';
  if (looksLikeAvalancheJson(source.head)) return 'json';
  return looksLikeAvalancheText(source.head) ? 'text' : null;
}

function readFile(source: Source, kind: Kind, options: ImportOptions): Imported {
  const readers = { csv: readAvalancheCsv, json: readAvalancheJson, text: readAvalancheText };
  return imported(source, 'avalanche', readers[kind](source, options));
}

interface Found {
  readonly file: string;
  readonly kind: Kind;
  readonly notes: readonly string[];
}

/** What to read of a folder. */
function filesIn(source: Source): Found[] {
  const byFolder = new Map<string, Found[]>();
  for (const file of source.files()) {
    if (!/\.(?:csv|jsonl?|txt|log)$/.test(file)) continue;
    // By its name, so that one that is broken is told and not passed over.
    const kind = kindOf(source.open(file)) ?? (basename(file) === 'eval_results.csv' ? 'csv' : null);
    if (kind === null) continue;
    byFolder.set(dirname(file), [...(byFolder.get(dirname(file)) ?? []), { file, kind, notes: [] }]);
  }
  return [...byFolder.values()].flatMap((files) => {
    const kind = kinds.find((each) => files.some((file) => file.kind === each))!;
    const own = files.filter((file) => file.kind === kind);
    const evaluations = own.find(({ file }) => basename(file) === 'eval_results.csv');
    if (kind !== 'csv' || !evaluations || own.length === 1) return own;
    return [{ ...evaluations, notes: ['training_results.csv, of the data in training, is read where it is named'] }];
  });
}
