import { UserError } from '../../../base/index.ts';
import type { EvaluationLog } from '../../types.ts';
import { avalancheValue, experienceName } from './metrics.ts';
import type { Imported, ImportOptions } from '../importer.ts';
import { createLogBuilder } from '../shared/logBuilder.ts';
import { createMatrixBuilder } from '../shared/matrixBuilder.ts';
import type { Source } from '../shared/source.ts';
import { cellProblem, numberIn, openTextTable, shown, type TextTable } from '../tables/textTable.ts';
import { directionOf } from '../shared/units.ts';

type Read = Pick<Imported, 'matrix' | 'log' | 'notes'>;

/** Which file of Avalanche's CSVLogger it is, by its header. */
export function avalancheCsvKind(head: string): 'evaluation' | 'training' | null {
  const columns = head
    .trimStart()
    .split('\n', 1)[0]
    .trim()
    .split(/[,;\t]/);
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  if (has('eval_exp', 'training_exp', 'eval_accuracy')) return 'evaluation';
  return has('training_exp', 'epoch', 'training_accuracy') ? 'training' : null;
}

/** Reads the one of both files that it is. */
export function readAvalancheCsv(source: Source, options: ImportOptions): Read {
  return avalancheCsvKind(source.head) === 'training'
    ? readTraining(source, options)
    : readEvaluations(source, options);
}

function metricIn(known: readonly string[], metric: string, path: string): string {
  if (known.includes(metric)) return metric;
  throw new UserError(`${path} has no metric ${shown(metric)} that can be read (known: ${known.join(', ')})`);
}

function columnsOf({ columns, path }: TextTable, names: readonly string[]): number[] {
  return names.map((name) => {
    if (columns.includes(name)) return columns.indexOf(name);
    throw new UserError(`${path}, row 1: no column "${name}"; get the file from Avalanche again`);
  });
}

interface Row {
  /** Null before any training. */
  readonly trained: string | null;
  readonly evaluated: string;
  readonly text: string;
  readonly value: number;
  readonly row: number;
}

/**
 * `eval_results.csv`: a row for each experience that was evaluated outside of training, with the experience trained last. Avalanche writes four decimals;
 * the bare `0` is what it writes for a metric that was not monitored.
 */
function readEvaluations(source: Source, options: ImportOptions): Read {
  const { path } = source;
  const metric = metricIn(['eval_accuracy', 'eval_loss'], options.metric ?? 'eval_accuracy', path);
  const table = openTextTable(source);
  const [evaluatedAt, trainedAt, valueAt] = columnsOf(table, ['eval_exp', 'training_exp', metric]);
  const rows: Row[] = [];
  table.forEach((cells, row) => {
    const text = cells[valueAt].trim();
    const trained = cells[trainedAt].trim();
    rows.push({
      trained: /^(none|nan|)$/i.test(trained) ? null : experienceIn(trained, path, row, 'training_exp'),
      evaluated: experienceIn(cells[evaluatedAt], path, row, 'eval_exp'),
      text,
      value: avalancheValue(numberIn(text, path, row, metric), metric, options, `${path}, row ${row}`),
      row,
    });
  });
  const notes: string[] = [...table.notes];
  const known = monitored(rows, metric, path, notes);
  notes.push(...orderOf(known));
  if (metric === 'eval_accuracy') {
    const builder = createMatrixBuilder(path);
    for (const { trained, evaluated, value, row } of known) builder.add(trained, evaluated, value, `row ${row}`);
    return { matrix: builder.build(notes), log: null, notes };
  }
  return { matrix: null, log: lossLog(known, metric, path, options, notes), notes };
}

/** Rows, without values where the metric was not monitored. @throws {UserError} where no value but 0 is there */
function monitored(rows: readonly Row[], metric: string, path: string, notes: string[]): readonly Row[] {
  if (rows.length > 0 && rows.every(({ value }) => value === 0))
    throw new UserError(
      `${path}: ${metric} is 0 in every row, as Avalanche writes it where the metric was not monitored; monitor it, with accuracy_metrics(experience=True) and loss_metrics(experience=True)`,
    );
  const bare = rows.filter(({ text }) => text === '0').length;
  if (bare === 0) return rows;
  // Written again by another program, 0.0000 may have become 0.
  if (!rows.every(({ text }) => text === '0' || /\.\d{4}$/.test(text))) {
    notes.push(
      `0 is taken for a value, since the file was written again by another program; Avalanche writes 0 where ${metric} was not monitored`,
    );
    return rows;
  }
  notes.push(
    `${bare} ${bare === 1 ? 'row has' : 'rows have'} the bare 0 of a metric that was not monitored, and count as not evaluated`,
  );
  return rows.map((row) => (row.text === '0' ? { ...row, value: NaN } : row));
}

function orderOf(rows: readonly Row[]): string[] {
  const trained = [...new Set(rows.flatMap((row) => row.trained ?? []))];
  if (trained.every((name, i) => i === 0 || name > trained[i - 1])) return [];
  return [`by the order of rows, experiences were trained in the order ${shown(trained.join(', '))}`];
}

function lossLog(
  rows: readonly Row[],
  metric: string,
  path: string,
  options: ImportOptions,
  notes: string[],
): EvaluationLog {
  const builder = createLogBuilder(path);
  const trained: string[] = [];
  for (const row of rows) {
    if (row.trained !== null && row.trained !== trained.at(-1)) {
      if (trained.includes(row.trained))
        throw new UserError(
          `${path}, row ${row.row}: ${row.trained} is trained again after ${trained.at(-1)}; keep one run`,
        );
      trained.push(row.trained);
    }
    const training = row.trained === null ? {} : { training: row.trained };
    builder.add(trained.length, row.evaluated, row.value, { ...training, where: row.row });
  }
  const direction = directionOf(metric, options);
  if (direction.note) notes.push(direction.note);
  notes.push('steps are experiences trained before');
  return builder.build(metric, direction.higher, notes);
}

/**
 * `training_results.csv`: a row after each epoch, with means over the epoch of the data in training. Its `val_` columns are not read: Avalanche writes a row
 * before it evaluates, so they are of an earlier epoch, and which experience they are of the file does not say.
 */
function readTraining(source: Source, options: ImportOptions): Read {
  const { path } = source;
  const metric = metricIn(['training_accuracy', 'training_loss'], options.metric ?? 'training_accuracy', path);
  const table = openTextTable(source);
  const [trainedAt, epochAt, valueAt] = columnsOf(table, ['training_exp', 'epoch', metric]);
  const builder = createLogBuilder(path);
  const epochs = new Map<string, number>();
  let before = 0;
  let current: string | null = null;
  let some = false;
  table.forEach((cells, row) => {
    const trained = experienceIn(cells[trainedAt], path, row, 'training_exp');
    const epoch = numberIn(cells[epochAt], path, row, 'epoch');
    if (trained !== current) {
      if (epochs.has(trained))
        throw cellProblem(path, row, 'training_exp', `${trained} is trained again after ${current}; keep one run`);
      before += current === null ? 0 : epochs.get(current)!;
      current = trained;
    }
    const expected = epochs.get(trained) ?? 0;
    if (epoch !== expected && epoch !== expected - 1)
      throw cellProblem(
        path,
        row,
        'epoch',
        `epoch ${epoch} of ${trained} stands where epoch ${expected} should; are lines missing?`,
      );
    epochs.set(trained, epoch + 1);
    const value = avalancheValue(numberIn(cells[valueAt], path, row, metric), metric, options, `${path}, row ${row}`);
    some ||= value !== 0;
    builder.add(before + epoch + 1, trained, value, { training: trained, where: row });
  });
  if (!some && builder.size > 0)
    throw new UserError(
      `${path}: ${metric} is 0 in every row, as Avalanche writes it where the metric was not monitored`,
    );
  const direction = directionOf(metric, options);
  const notes = [
    ...table.notes,
    ...(direction.note ? [direction.note] : []),
    `${metric} is over the data in training during an epoch, not over test data; steps are epochs`,
    ...(epochs.has(experienceName(0))
      ? []
      : [`${[...epochs.keys()][0]} is the first experience there; steps count from its begin`]),
    ...(new Set(epochs.values()).size > 1 ? ['experiences were trained for different numbers of epochs'] : []),
  ];
  return { matrix: null, log: builder.build(metric, direction.higher, notes), notes };
}

function experienceIn(cell: string, path: string, row: number, column: string): string {
  if (/^\s*\d{1,9}\s*$/.test(cell)) return experienceName(Number(cell));
  throw cellProblem(path, row, column, `"${shown(cell)}" is not the number of an experience`);
}
