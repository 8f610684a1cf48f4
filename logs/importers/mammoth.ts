import { basename, dirname } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { AccuracyMatrix } from '../types.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { checkAccuracy, createMatrixBuilder, sharesOf } from './shared/matrixBuilder.ts';
import { isPythonDict, parsePythonValues, type PythonEntry, type PythonValue } from './shared/pythonLiteral.ts';
import type { Source } from './shared/source.ts';
import { shown } from './tables/textTable.ts';

type Dict = ReadonlyMap<PythonValue, PythonValue>;

/**
 * `logs.pyd` of Mammoth: a dict as Python prints it for each run, with its arguments, the mean accuracy `accmean_task{i}` after task i and the accuracies
 * `accuracy_{j}_task{i}` of each task j, in percent. Task-IL results lie in a twin of the same form below `task-il/`.
 *
 * Source of the format: Mammoth, commit e75a491, `Logger.write` of `utils/loggers.py`, and `train` of `utils/training.py` for what is logged when.
 */
export const mammoth: Importer = {
  name: 'mammoth',
  title: 'Mammoth, logs.pyd',
  files: 'logs.pyd, or a folder of them',
  detects: (source) =>
    source.isFolder
      ? resultFiles(source).some((file) => looksLikeResults(source.open(file).head))
      : looksLikeResults(source.head) || looksLikeMeans(source.head),
  read(source, options) {
    const files = source.isFolder ? resultFiles(source) : source.files();
    if (files.length === 0) throw new UserError(`${source.path} holds no logs.pyd; name the folder of results`);
    return files.flatMap((file) => readFile(source.open(file), source.isFolder ? dirname(file) : null, options));
  },
};

function resultFiles(source: Source): string[] {
  return source.files().filter((file) => file.endsWith('.pyd'));
}

function looksLikeResults(head: string): boolean {
  return /^\s*\{'/.test(head) && /'accmean_task1'\s*:/.test(head);
}

/** The table of Mammoth of 2020. */
function looksLikeMeans(head: string): boolean {
  return /^\s*task1,(task\d+,)*forward_transfer,/.test(head);
}

/** @param folder the file's folder relative to the one that was opened; null if the file was */
function readFile(source: Source, folder: string | null, options: ImportOptions): Imported[] {
  const { path } = source;
  if (options.metric !== undefined && options.metric !== 'accuracy')
    throw new UserError(`${path} has no metric ${options.metric} (known: accuracy)`);
  const text = source.text();
  if (looksLikeMeans(text.slice(0, 10_000)))
    throw new UserError(
      `${path} holds mean accuracies over tasks only, and no accuracy of each task; run Mammoth of 2021 or later, whose logs.pyd has them`,
    );
  const notes: string[] = [];
  const runs = withoutRepeats(parsePythonValues(text, path), path, notes);
  const read = runs.flatMap(({ dict, line }) => {
    const matrix = matrixOf(dict, `${path}, line ${line}`, options, runs.length > 1 ? notes : null);
    return matrix ? [{ ...matrix, dict, line }] : [];
  });
  if (read.length === 0) {
    const what = runs.length === 0 ? 'holds no run' : 'has no accuracy of each task in any run';
    throw new UserError(`${path} ${what}; Mammoth writes accuracies of each task for class-il and task-il only`);
  }
  const names = read.map(({ dict }) => nameOf(dict));
  return read.map(({ matrix, notes: own, line }, i) => {
    const alone = names.filter((name) => name === names[i]).length === 1;
    const name = alone ? names[i] : `${names[i]} (line ${line})`;
    return imported(source, 'mammoth', {
      name: folder === null || folder === '.' ? name : `${placeOf(folder, names[i])}${name}`,
      matrix,
      notes: [...notes, ...own],
    });
  });
}

/** The folder before a name; its last part, the model's, is in the name already. */
function placeOf(folder: string, name: string): string {
  const place = name.startsWith(basename(folder)) ? dirname(folder) : folder;
  return place === '.' ? '' : `${place.replaceAll('\\', '/')}/`;
}

function nameOf(dict: Dict): string {
  const model = dict.get('model');
  const seed = dict.get('seed');
  const own = typeof model === 'string' ? model : 'run';
  return typeof seed === 'number' ? `${own}-seed${seed}` : own;
}

/** The dicts of a file, each once. */
function withoutRepeats(
  entries: readonly PythonEntry[],
  path: string,
  notes: string[],
): { readonly dict: Dict; readonly line: number }[] {
  const seen = new Map<string, number>();
  return entries.flatMap(({ value, line }) => {
    if (!isPythonDict(value))
      throw new UserError(`${path}, line ${line}: the line holds no dict; logs.pyd has one dict a run`);
    const key = JSON.stringify([...value], (_, each: unknown) => (each instanceof Map ? [...each] : each));
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, line);
      return [{ dict: value, line }];
    }
    notes.push(`the run on line ${line} is the one on line ${before} once more, and was left out`);
    return [];
  });
}

/**
 * The matrix of a run.
 * @param where file and line
 * @param lacking gets a sentence for a run without accuracies of each task, which then is null; where it is null such a run is an error
 */
function matrixOf(
  dict: Dict,
  where: string,
  options: ImportOptions,
  lacking: string[] | null,
): { readonly matrix: AccuracyMatrix; readonly notes: readonly string[] } | null {
  const means = numbersOf(dict, /^accmean_task(\d+)$/);
  const cells = numbersOf(dict, /^accuracy_(\d+)_task(\d+)$/);
  if (cells.length === 0) {
    const setting = means.length > 0 ? `only means (accmean_task1 to accmean_task${means.length})` : 'no accuracies';
    const problem = `${where}: ${setting} and no accuracy_1_task1 and so on, without which there is no matrix; Mammoth writes those for class-il and task-il`;
    if (lacking === null) throw new UserError(problem);
    lacking.push(`${problem}; left out`);
    return null;
  }
  const notes: string[] = [];
  const rows = rowsOf(cells, where);
  const kept = checkRows(rows, dict, where, notes);
  const builder = createMatrixBuilder(where);
  kept.forEach((row, i) => {
    row.forEach(({ key, value }, j) => {
      const place = `${where}, "${key}"`;
      builder.add(
        `task${i + 1}`,
        `task${j + 1}`,
        checkAccuracy(accuracyIn(value, place), 'percent', options, place),
        `"${key}"`,
      );
    });
  });
  checkMeans(rows, means, where);
  const shares = sharesOf(builder.build(notes), options, where);
  return { matrix: shares.matrix, notes: [...notes, ...shares.notes] };
}

interface Cell {
  readonly key: string;
  readonly numbers: readonly number[];
  readonly value: PythonValue;
}

function numbersOf(dict: Dict, pattern: RegExp): Cell[] {
  return [...dict].flatMap(([key, value]) => {
    const found = typeof key === 'string' ? pattern.exec(key) : null;
    return found ? [{ key: found[0], numbers: found.slice(1).map(Number), value }] : [];
  });
}

function accuracyIn(value: PythonValue, where: string): number {
  if (typeof value === 'number' && Math.abs(value) !== Infinity) return value;
  throw new UserError(`${where}: the accuracy is ${shown(JSON.stringify(value) ?? '')}, not a finite number`);
}

/** `[evaluation][task]`, with neither a row nor a cell left out. */
function rowsOf(cells: readonly Cell[], where: string): Cell[][] {
  const rows: Cell[][] = [];
  for (const cell of cells) {
    const [task, row] = cell.numbers;
    if (task < 1 || row < 1 || row > cells.length || task > cells.length)
      throw new UserError(`${where}: ${cell.key} stands there, but not all before it; get the file from Mammoth again`);
    (rows[row - 1] ??= [])[task - 1] = cell;
  }
  for (let row = 0; row < rows.length; row++) {
    const length = rows[row]?.length ?? 0;
    for (let task = 0; task < Math.max(1, length); task++)
      if (!rows[row]?.[task])
        throw new UserError(
          `${where}: accuracy_${task + 1}_task${row + 1} is missing; get the file from Mammoth again`,
        );
  }
  return rows;
}

/** The rows that are of a task each: task i is followed by an evaluation of tasks 1 to i. */
function checkRows(rows: readonly Cell[][], dict: Dict, where: string, notes: string[]): readonly Cell[][] {
  const odd = rows.findIndex((row, i) => row.length !== i + 1);
  if (odd < 0) return rows;
  const setting = ['eval_epochs', 'eval_future', 'start_from'].find((name) => {
    const value = dict.get(name);
    return (typeof value === 'number' || value === true) && !(name === 'eval_future' && value === 0);
  });
  if (setting === undefined && odd > 0 && odd === rows.length - 1 && rows[odd].length === odd) {
    notes.push(
      `the last evaluation, of tasks 1 to ${odd} once more, was left out: with --validation Mammoth evaluates all on the test set at the end, and before that on a part of the training set`,
    );
    return rows.slice(0, -1);
  }
  const reason =
    setting === undefined
      ? 'evaluations are not one after each task'
      : `it was run with --${setting} ${String(dict.get(setting))}, and Mammoth then numbers evaluations, not tasks`;
  throw new UserError(
    `${where}: task${odd + 1} has ${rows[odd].length} accuracies and not ${odd + 1}: ${reason}; a matrix cannot be made of it, run without`,
  );
}

/** Mammoth's own mean of each row tells a number that was changed. */
function checkMeans(rows: readonly Cell[][], means: readonly Cell[], where: string): void {
  for (const { key, numbers, value } of means) {
    const row = rows[numbers[0] - 1];
    if (!row || typeof value !== 'number' || !row.every((cell) => typeof cell.value === 'number')) continue;
    const mean = row.reduce((sum, cell) => sum + Number(cell.value), 0) / row.length;
    // Some versions rounded to two decimals.
    if (Math.abs(mean - value) > 0.0051)
      throw new UserError(
        `${where}: ${key} is ${value}, but the mean of its accuracies is ${Number(mean.toPrecision(8))}; one of them was changed`,
      );
  }
}
