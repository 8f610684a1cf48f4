import { basename } from 'node:path';
import { UserError } from '../../base/index.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { createLogBuilder } from './shared/logBuilder.ts';
import { chooseRows, type ScoreRow } from './opencompass/rows.ts';
import { finishLog } from './shared/seriesRuns.ts';
import type { Source } from './shared/source.ts';
import { stepIn, withoutStep } from './shared/steps.ts';
import { listed } from './shared/taskMetric.ts';
import { cellProblem, numberIn, openTextTable, shown } from './tables/textTable.ts';

const leading = ['dataset', 'version', 'metric', 'mode'];
const csvHeader = /^\s*dataset,version,metric,mode,/;
const csvBlock = /^csv format\r?\n\^+\r?\n/m;

/**
 * Summaries of OpenCompass, `dataset,version,metric,mode,<model>,…`: a `summary_<time>.csv`, the same block in the `.txt`, or a folder of them, one a checkpoint.
 * Models whose names tell a step (`llama-step1000_hf`) are checkpoints of one run; else the step is in the path of each file; else they are numbered.
 */
export const opencompass: Importer = {
  name: 'opencompass',
  title: 'summaries of OpenCompass',
  files: 'summary_*.csv or .txt, or a folder of them',
  joins: true,
  detects(source) {
    return source.isFolder ? summaryFiles(source).length > 0 : looksLikeSummary(source.head);
  },
  read,
};

function looksLikeSummary(head: string): boolean {
  return csvHeader.test(head) || /^[^\n]*\n?tabulate format\r?\n/.test(head);
}

/** Summaries in a folder; of a `.txt` and a `.csv` of one name the latter. */
function summaryFiles(source: Source): string[] {
  const files = source.files().filter((file) => /\.(csv|txt)$/i.test(file));
  return files.filter(
    (file) =>
      looksLikeSummary(source.open(file).head) &&
      !(/\.txt$/i.test(file) && files.includes(file.replace(/\.txt$/i, '.csv'))),
  );
}

interface Summary {
  /** Relative to what is read. */
  readonly file: string;
  readonly models: readonly string[];
  readonly rows: readonly ScoreRow[];
  readonly notes: readonly string[];
}

function read(source: Source, options: ImportOptions): Imported[] {
  const files = source.isFolder ? summaryFiles(source) : source.files();
  if (files.length === 0) throw new UserError(`${source.path} holds no summary of OpenCompass; check the path`);
  const summaries = files.map((file) => readSummary(source.open(file), source.isFolder ? file : basename(file)));
  const shared = summaries.flatMap(({ notes, file }) =>
    notes.map((note) => (source.isFolder ? `${file}: ${note}` : note)),
  );
  const choice = chooseRows(
    summaries.flatMap(({ rows }) => rows),
    options,
    source.path,
  );
  shared.push(...choice.notes);
  const places = placesOf(summaries, source, shared);
  const runs = [...new Set(places.map(({ run }) => run))];
  return runs.map((run): Imported => {
    const notes = [...shared];
    const builder = createLogBuilder(source.path);
    for (const place of places) {
      if (place.run !== run) continue;
      const { file, rows } = place.summary;
      for (const row of rows) {
        const task = choice.taskOf(row);
        if (task !== null)
          builder.add(place.step, task, row.values[place.column], { where: `${file}, row ${row.row}` });
      }
    }
    const log = finishLog(builder, choice.measure, options, source.path, notes);
    return imported(source, 'opencompass', { log, notes, ...(run !== null && { name: run }) });
  });
}

interface Place {
  readonly summary: Summary;
  readonly column: number;
  /** Null where all are one run without a name. */
  readonly run: string | null;
  readonly step: number;
}

/** Run and step of each model of each summary. */
function placesOf(summaries: readonly Summary[], source: Source, notes: string[]): Place[] {
  const all = summaries.flatMap((summary) => summary.models.map((model, column) => ({ summary, model, column })));
  const steps = all.map(({ model }) => stepIn(model));
  if (steps.every((step) => step !== null))
    return all.map(({ summary, column, model }, i) => ({ summary, column, run: withoutStep(model), step: steps[i]! }));
  const models = [...new Set(all.map(({ model }) => model))];
  if (summaries.length === 1 && models.length > 1) {
    notes.push(
      `models are numbered from 0 as checkpoints of one run, as not all their names tell a step: ${listed(models)}`,
    );
    return all.map(({ summary, column }, step) => ({ summary, column, run: null, step }));
  }
  const paths = summaries.map(({ file }) => stepIn(source.isFolder ? file : source.path));
  const missing = summaries.filter((_, i) => paths[i] === null);
  if (missing.length > 0 && missing.length < summaries.length)
    throw new UserError(
      `${source.path}: ${missing[0].file} tells no step in its path or its models, though other files do; rename its folder to …step<number>…`,
    );
  if (missing.length > 0 && summaries.length > 1)
    notes.push('no file tells its step: they are numbered from 0 in the order of their names');
  // A name for each file, and none twice: the model is called otherwise at each checkpoint.
  const alone = summaries.length > 1 && models.length === all.length && all.length === summaries.length;
  if (alone) notes.push(`models are read as checkpoints of one run, one a file: ${listed(models)}`);
  return all.map(({ summary, column, model }) => {
    const i = summaries.indexOf(summary);
    return { summary, column, run: alone ? null : model, step: paths[i] ?? i };
  });
}

function readSummary(source: Source, file: string): Summary {
  const table = openTextTable(csvHeader.test(source.head) ? source : withBlockOnly(source));
  const models = table.columns.slice(leading.length);
  if (leading.some((name, i) => table.columns[i] !== name) || models.length === 0)
    throw cellProblem(
      source.path,
      1,
      null,
      `the columns are ${shown(table.columns.join(','))} instead of ${leading.join(',')} and models`,
    );
  const rows: ScoreRow[] = [];
  table.forEach((cells, row) => {
    const [dataset, version, metric, mode] = cells;
    // Headings, failed datasets, and the rows of the summarizer for pretraining that repeat the header.
    if (dataset === '' || metric === '-' || metric === 'metric') return;
    const values = models.map((model, i) => numberIn(cells[leading.length + i], source.path, row, model));
    rows.push({ dataset, version, metric, mode, values, row });
  });
  return { file, models, rows, notes: table.notes };
}

/** Only the block of a `.txt` that is CSV, each line on its own row. @throws {UserError} if it has none */
function withBlockOnly(source: Source): Source {
  const text = source.text();
  const found = csvBlock.exec(text);
  if (!found) {
    const problem = 'has no block "csv format"; it is no summary of OpenCompass, or is cut short';
    throw new UserError(`${source.path} ${problem}`);
  }
  const start = found.index + found[0].length;
  const end = text.slice(start).search(/^\$\$/m);
  const before = '\n'.repeat(text.slice(0, start).split('\n').length - 1);
  return { ...source, text: () => before + text.slice(start, end < 0 ? undefined : start + end) };
}
