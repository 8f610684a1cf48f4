import { UserError } from '../../../base/index.ts';
import {
  avalancheValue,
  chooseAvalancheMetric,
  notesOfChoice,
  parseAvalancheName,
  type AvalancheChoice,
  type AvalancheName,
} from './metrics.ts';
import type { Imported, ImportOptions } from '../importer.ts';
import { createLogBuilder } from '../shared/logBuilder.ts';
import { isRecord, parseLooseJson } from '../shared/looseJson.ts';
import { createMatrixBuilder } from '../shared/matrixBuilder.ts';
import type { Source } from '../shared/source.ts';
import { shown } from '../tables/textTable.ts';
import { directionOf } from '../shared/units.ts';

interface Entry {
  readonly step: number;
  readonly row: number;
  readonly values: readonly { readonly experience: string; readonly value: number }[];
}

/** A first line with a step and a metric of Avalanche. */
export function looksLikeAvalancheJson(head: string): boolean {
  const line = head.trimStart().split('\n', 1)[0];
  return /^\{"step": ?\d/.test(line) && /"[\w@.-]+\/(?:train|eval)_phase\/\w+_stream\b/.test(line);
}

/**
 * Reads the `logs.json` and `logs_continual.json` that ocl_survey writes of Avalanche's metrics: a JSON object a line, with `step`, the number of updates. As
 * ocl_survey does, the task in training is taken for the newest experience that is evaluated, where their number grows. Where each experience is evaluated
 * once as the newest, which is after its training, there is a matrix as well.
 *
 * Source of the format: ocl_survey, commit 5fcaa39, `src/toolkit/json_logger.py` and `post_metrics.py`.
 */
export function readAvalancheJson(source: Source, options: ImportOptions): Pick<Imported, 'matrix' | 'log' | 'notes'> {
  const { path } = source;
  const notes: string[] = [];
  const records = readRecords(source, notes);
  const choice = chooseAvalancheMetric(namesIn(records), options, path);
  notes.push(...notesOfChoice(choice));
  const entries = records
    .flatMap((record) => entryOf(record, choice, options, path))
    .toSorted((a, b) => a.step - b.step || a.values.length - b.values.length);
  const newest = newestOf(entries);
  const once = newest !== null && new Set(newest).size === newest.length;
  // Evaluations that are numbered from 0 are each after the training of an experience: step 0 is not the untrained model.
  const shift = once && entries.every(({ step }, i) => step === i) ? 1 : 0;
  notes.push(
    newest === null
      ? 'the number of experiences evaluated does not grow, so that what was in training is unknown'
      : 'the task in training is taken for the newest experience that is evaluated',
  );
  if (shift > 0) notes.push('steps number the experiences trained, from 1');
  const builder = createLogBuilder(path);
  entries.forEach(({ step, row, values }, i) => {
    const training = newest === null ? {} : { training: newest[i] };
    for (const { experience, value } of values)
      builder.add(step + shift, experience, value, { ...training, where: row });
  });
  const direction = directionOf(choice.metric, options);
  if (direction.note) notes.push(direction.note);
  const log = builder.build(choice.metric, direction.higher, notes);
  if (!once || !direction.higher) return { matrix: null, log, notes };
  const matrix = createMatrixBuilder(path);
  entries.forEach(({ row, values }, i) => {
    for (const { experience, value } of values) matrix.add(newest[i], experience, value, `row ${row}`);
  });
  return { matrix: matrix.build([]), log, notes };
}

interface JsonRow {
  readonly content: Readonly<Record<string, unknown>>;
  readonly row: number;
}

function readRecords(source: Source, notes: string[]): JsonRow[] {
  const { path } = source;
  const lines = source.text().split('\n');
  const records: JsonRow[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${path}, row ${i + 1}`;
    try {
      const content = parseLooseJson(line, where);
      if (!isRecord(content)) throw new UserError(`${where}: is not an object; ocl_survey writes one a line`);
      records.push({ content, row: i + 1 });
    } catch (error) {
      if (i < lines.length - 1) throw error;
      notes.push(`row ${i + 1}, the last, is cut short and was left out`);
    }
  }
  return records;
}

function namesIn(records: readonly JsonRow[]): AvalancheName[] {
  const seen = new Map<string, AvalancheName>();
  for (const { content } of records)
    for (const key of Object.keys(content)) {
      const name = seen.has(key) ? null : parseAvalancheName(key);
      if (name) seen.set(key, name);
    }
  return [...seen.values()];
}

/** The chosen values of a line; none where it has no evaluation. */
function entryOf(
  { content, row }: JsonRow,
  { metric, stream }: AvalancheChoice,
  options: ImportOptions,
  path: string,
): Entry[] {
  const where = `${path}, row ${row}`;
  const values = Object.entries(content).flatMap(([key, value]) => {
    const name = parseAvalancheName(key);
    if (name?.metric !== metric || name.stream !== stream) return [];
    const place = `${where}, "${key}"`;
    if (value !== null && typeof value !== 'number')
      throw new UserError(`${place}: ${shown(JSON.stringify(value) ?? '')} is not a number`);
    return [
      { experience: name.experience, value: value === null ? NaN : avalancheValue(value, metric, options, place) },
    ];
  });
  if (values.length === 0) return [];
  const { step } = content;
  if (typeof step !== 'number') throw new UserError(`${where}: no "step", which counts the updates before`);
  return [{ step, row, values }];
}

/** The newest experience of each evaluation; null unless every evaluation is of the first so many experiences, and their number grows. */
function newestOf(entries: readonly Entry[]): string[] | null {
  const all = [...new Set(entries.flatMap(({ values }) => values.map(({ experience }) => experience)))].toSorted();
  const grows = entries.length > 0 && entries[0].values.length < entries.at(-1)!.values.length;
  const ordered = entries.every(({ values }, i) => {
    const first = values.map(({ experience }) => experience).toSorted();
    return first.every((name, j) => name === all[j]) && values.length >= (entries[i - 1]?.values.length ?? 0);
  });
  return grows && ordered ? entries.map(({ values }) => all[values.length - 1]) : null;
}
