import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../base/index.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { createLogBuilder } from './shared/logBuilder.ts';
import { isRecord, parseLooseJson } from './shared/looseJson.ts';
import { finishLog } from './shared/seriesRuns.ts';
import type { Source } from './shared/source.ts';
import { chooseSeries, isBookkeeping, parseSeries, type SeriesName } from './shared/taskMetric.ts';
import { shown } from './tables/textTable.ts';

/**
 * `trainer_state.json` of the Trainer of Hugging Face transformers: the evaluations of its `log_history`. One file, the folder of a checkpoint, or of a run:
 * the history is cumulative, so of the checkpoints of a run only the one with the largest `global_step` is read.
 *
 * Which part of `eval_f1_macro` is the metric is told by the times that the Trainer logs with each evaluation under the same prefix: a row with
 * `eval_runtime` is of one unnamed evaluation set and the metric `f1_macro`, one with `eval_f1_runtime` of the set `f1` and the metric `macro`. Rows without
 * times are read by the words of their names.
 */
export const trainerState: Importer = {
  name: 'trainer-state',
  title: 'the Trainer of Hugging Face transformers',
  files: 'trainer_state.json, a checkpoint-N folder, or a folder of them',
  detects(source) {
    return source.isFolder ? stateFiles(source).length > 0 : looksLikeState(source.head);
  },
  read(source, options) {
    const files = source.isFolder ? stateFiles(source) : source.files();
    if (files.length === 0) throw new UserError(`${source.path} holds no trainer_state.json; check the path`);
    const runs = new Map<string, string[]>();
    for (const file of files) {
      const run = source.isFolder ? runOf(file) : '';
      runs.set(run, [...(runs.get(run) ?? []), file]);
    }
    const read = [...runs.values()].map((own) => readRun(source, own, options));
    for (const file of source.isFolder ? source.files() : [])
      if (basename(file) === 'trainer_state.json' && !files.includes(file))
        read[0].notes.push(`${file} holds no log_history and is left out`);
    return read;
  },
};

function looksLikeState(head: string): boolean {
  return /^\s*\{/.test(head) && /"log_history"\s*:\s*\[/.test(head);
}

function stateFiles(source: Source): string[] {
  return source.files().filter((file) => file.endsWith('.json') && looksLikeState(source.open(file).head));
}

/** The folder of the run that a file is of. */
function runOf(file: string): string {
  const folder = dirname(file);
  return /^checkpoint-\d+$/.test(basename(folder)) ? dirname(folder) : folder;
}

function readRun(
  source: Source,
  files: readonly string[],
  options: ImportOptions,
): Imported & { readonly notes: string[] } {
  const notes: string[] = [];
  const latest = latestOf(source, files);
  if (files.length > 1)
    notes.push(
      `of ${files.length} checkpoints only ${latest} is read, that of the largest step: its log_history holds those of the others`,
    );
  const file = source.open(latest);
  const { series, values } = evaluationsIn(file);
  const choice = chooseSeries([...series.values()], options, file.path);
  notes.push(...choice.notes);
  const builder = createLogBuilder(file.path);
  const seen = new Map<string, number>();
  let unknown = 0;
  let second: string | null = null;
  let late: string | null = null;
  for (const { step, key, value, where, ended } of values) {
    const task = choice.tasks.get(key);
    if (task === undefined) continue;
    const number = numberIn(value, `${file.path}, ${where}, "${shown(key)}"`);
    if (Number.isNaN(number)) unknown++;
    const place = `${task} at step ${step}`;
    const before = seen.get(place);
    if (before === undefined) {
      builder.add(step, task, number, { where });
      if (ended) late = place;
    } else if (!Object.is(before, number)) second = place;
    seen.set(place, before ?? number);
  }
  if (unknown > 0)
    notes.push(
      `${unknown} ${unknown === 1 ? 'value is' : 'values are'} NaN, infinite or null and ${unknown === 1 ? 'counts' : 'count'} as not evaluated`,
    );
  if (second !== null)
    notes.push(
      `there is more than one value of ${second}, as of an evaluation after the training, of the best model or of other data: the first is read`,
    );
  if (late !== null)
    notes.push(`${late} was evaluated after the training: it is of the best model, not the last, if that was loaded`);
  const log = finishLog(builder, choice.measure, options, file.path, notes);
  return { ...imported(source, 'trainer-state', { name: runName(file.path), log, notes }), path: file.path, notes };
}

/** The file of the largest step; of equal ones the last. */
function latestOf(source: Source, files: readonly string[]): string {
  const steps = files.map((file) => globalStep(source.open(file).head));
  return files[steps.lastIndexOf(Math.max(...steps))];
}

interface Evaluated {
  readonly step: number;
  readonly key: string;
  readonly value: unknown;
  readonly where: string;
  /** Whether it stands after the row that ends the training. */
  readonly ended: boolean;
}

/** All that a history evaluated: its series by their keys, and their values in order. */
function evaluationsIn(file: Source): {
  readonly series: ReadonlyMap<string, SeriesName>;
  readonly values: readonly Evaluated[];
} {
  const series = new Map<string, SeriesName>();
  const values: Evaluated[] = [];
  let ended = false;
  readHistory(file).forEach((cells, row) => {
    const where = `log_history[${row}]`;
    if ('train_runtime' in cells) ended = true;
    for (const each of evaluationsOf(cells)) {
      const before = series.get(each.name);
      if (before && before.metric !== each.metric)
        throw new UserError(
          `${file.path}, ${where}: "${shown(each.name)}" is the metric ${shown(each.metric)} here and ${shown(before.metric)} above; rename the evaluation set`,
        );
      series.set(each.name, each);
      values.push({ step: stepOf(cells, file.path, row), key: each.name, value: cells[each.name], where, ended });
    }
  });
  if (series.size === 0)
    throw new UserError(
      `${file.path}: log_history holds no evaluation; set eval_strategy to have the Trainer evaluate`,
    );
  return { series, values };
}

function runName(path: string): string {
  const name = basename(runOf(resolve(path)));
  return name === '' ? 'trainer_state' : name;
}

/** The step in the first bytes of the file, where it stands before the history; -1 if it does not. */
function globalStep(head: string): number {
  return Number(/"global_step"\s*:\s*(\d+)/.exec(head)?.[1] ?? -1);
}

function readHistory(file: Source): readonly Readonly<Record<string, unknown>>[] {
  const content = parseLooseJson(file.text(), file.path);
  if (!isRecord(content) || !Array.isArray(content.log_history))
    throw new UserError(`${file.path} has no list "log_history"; it is no trainer_state.json`);
  return content.log_history.map((row: unknown, i) => {
    if (isRecord(row)) return row;
    throw new UserError(`${file.path}, log_history[${i}]: is no object of metrics; correct or remove it`);
  });
}

/** The evaluated metrics of a row. The keys of one evaluation begin with its prefix, which its times tell. */
function evaluationsOf(row: Readonly<Record<string, unknown>>): SeriesName[] {
  const keys = Object.keys(row);
  const prefixes = keys
    .flatMap((key) => (key.endsWith('_runtime') ? [key.slice(0, -'_runtime'.length)] : []))
    .filter((prefix) => prefix !== 'train')
    .toSorted((a, b) => b.length - a.length);
  return keys.flatMap((name) => {
    if (isBookkeeping(name)) return [];
    const prefix = prefixes.find((each) => name.startsWith(`${each}_`));
    if (prefix !== undefined) {
      const [split, task] = prefix.startsWith('eval_') ? ['eval', prefix.slice(5)] : [prefix, ''];
      return [{ name, task, metric: name.slice(prefix.length + 1), split }];
    }
    if (!name.startsWith('eval_')) return [];
    const parsed = parseSeries(name);
    return [parsed.metric === '' ? { name, task: '', metric: name.slice(5), split: 'eval' } : parsed];
  });
}

function stepOf(row: Readonly<Record<string, unknown>>, path: string, index: number): number {
  if (typeof row.step === 'number') return row.step;
  throw new UserError(`${path}, log_history[${index}]: has no number "step"; add it or remove the row`);
}

function numberIn(value: unknown, where: string): number {
  if (value === null) return NaN;
  if (typeof value === 'number') return value;
  throw new UserError(`${where}: ${shown(JSON.stringify(value))} is not a number`);
}
