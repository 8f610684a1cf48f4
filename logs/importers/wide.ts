import { UserError } from '../../base/index.ts';
import type { EvaluationLog } from '../types.ts';
import { trainingIn } from './tables/cells.ts';
import { namedColumn, usualColumns } from './tables/columns.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { listed } from './tables/problems.ts';
import type { Source } from './shared/source.ts';
import { createStepColumn } from './tables/stepColumn.ts';
import { asShares, directionOf } from './shared/units.ts';
import { isLower, tasksOf } from './wide/columns.ts';
import { looksWide } from './wide/detection.ts';
import { wideLog } from './wide/log.ts';
import { openSheet } from './wide/sheet.ts';

/**
 * Tables with one evaluation a row and one column a task: CSV, TSV, JSON Lines or an array of JSON objects. The step is in the column with the most usual name,
 * or the one that the user gives, or rows are numbered; a column may name the task in training. Columns of text, of standard errors (`<task>_stderr`) and of
 * counts (`<task>_count`) are known.
 */
export const wide: Importer = {
  name: 'wide',
  title: 'one evaluation a row, one column a task',
  files: '*.csv, *.tsv, *.jsonl or *.json',
  detects: looksWide,
  read,
};

function read(source: Source, options: ImportOptions): readonly Imported[] {
  const { path } = source;
  if (source.isFolder) throw new UserError(`${path} is a folder; name a file of it`);
  const foreign = (['task', 'value', 'stderr', 'count'] as const).find((role) => options.columns?.[role] !== undefined);
  if (foreign)
    throw new UserError(
      `${path} is read with one column a task, where --columns ${foreign}=… has no meaning; name --format tidy if it has one value a row`,
    );
  const sheetSource = openSheet(source);
  const { names } = sheetSource;
  if (names.every((name) => !Number.isNaN(Number(name))))
    throw new UserError(`${path}, row 1: ${listed(names)} are numbers; the first line must name the columns`);
  const stepName = namedColumn(path, names, 'step', options) ?? usualColumns(names, 'step')[0];
  const trainingName = namedColumn(path, names, 'training', options) ?? usualColumns(names, 'training')[0];
  const own = [stepName, trainingName].flatMap((name) => name ?? []);
  if (new Set(own).size < own.length) throw new UserError(`--columns names ${own[0]} twice; name each column once`);

  const notes: string[] = [];
  const steps = createStepColumn(path, stepName ?? '');
  const raw: number[] = [];
  const training: (string | undefined)[] = [];
  const sheet = sheetSource.read(own, (cells, row) => {
    if (stepName !== undefined) raw.push(steps.read(cells[0], row));
    if (trainingName !== undefined) training.push(trainingIn(cells.at(-1)));
  });
  notes.push(...sheetSource.notes);
  if (stepName === undefined)
    notes.push(
      `no column tells the step: ${sheet.length} rows are numbered from 0 in the order of the file; --columns step=<column> names one`,
    );
  const tasks = tasksOf(path, sheet, options, notes);
  const taskNames = tasks.map(({ name }) => name);
  const head = headOf(taskNames, options, notes);
  const built = wideLog(path, tasks, { sheet, raw, training, stepOf: steps.resolve(notes) }, head, notes);
  const strange = built.tasks.slice(taskNames.length);
  if (strange.length > 0) notes.push(`tasks in training that have no column of values: ${listed(strange)}`);
  const { log, note } = asShares(built, options, path);
  if (note) notes.push(note);
  else if (head.higherIsBetter && options.unit === undefined) notes.push(...aboveOne(log));
  return [imported(source, 'wide', { log, notes })];
}

/** What to say of values that are neither shares nor, as far as one can tell, percentages. */
function aboveOne({ values }: EvaluationLog): string[] {
  let [least, most] = [Infinity, -Infinity];
  for (const own of values)
    for (const value of own) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  if (most <= 1) return [];
  return [`values from ${least} to ${most} are left as they are; --unit percent divides them by 100`];
}

/** What the values are: the metric that the user names, for headers name tasks. */
function headOf(tasks: readonly string[], options: ImportOptions, notes: string[]) {
  const measure = options.metric ?? 'score';
  const { higher, note } = directionOf(measure, options);
  if (note) notes.push(note);
  if (options.better || note || !tasks.every(isLower)) return { measure, higherIsBetter: higher };
  notes.push(`lower values of ${listed(tasks)} are taken to be better, by their names; --better higher says otherwise`);
  return { measure, higherIsBetter: false };
}
