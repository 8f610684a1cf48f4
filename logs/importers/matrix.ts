import { UserError } from '../../base/index.ts';
import type { AccuracyMatrix } from '../types.ts';
import { plain, usualColumns } from './tables/columns.ts';
import { logOfMatrix } from './shared/conversions.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { cellProblem, listed, shown } from './tables/problems.ts';
import type { Source } from './shared/source.ts';
import { glanceAt, numberIn, openTextTable } from './tables/textTable.ts';
import { asShares } from './shared/units.ts';

const untrained = 'initial';

/**
 * Accuracy matrices: a header `trained,<task 1>,<task 2>,…`, then the accuracies on all tasks after each task was trained, in the order of the columns; before them a
 * row `initial` may hold those of the untrained model. Rows may end before the last task; a cell is empty where nothing was evaluated.
 */
export const matrix: Importer = {
  name: 'matrix',
  title: 'accuracy matrix: a row after each task, a column a task',
  files: '*.csv or *.tsv with the header trained,<task 1>,<task 2>,…',
  detects(source) {
    const columns = glanceAt(source)?.columns ?? [];
    return columns.length > 1 && plain(columns[0]) === 'trained' && usualColumns(columns, 'step').length === 0;
  },
  read,
};

function read(source: Source, options: ImportOptions): readonly Imported[] {
  const { path } = source;
  if (source.isFolder) throw new UserError(`${path} is a folder; name a file of it`);
  if (options.better === 'lower')
    throw new UserError(`${path} is a matrix of accuracies, of which higher ones are better`);
  const table = openTextTable(source);
  const [first, ...tasks] = table.columns;
  if (plain(first) !== 'trained' || tasks.length === 0)
    throw new UserError(`${path}, row 1: the header must be trained,<task 1>,<task 2>,…, not ${listed(table.columns)}`);
  let initial: (number | null)[] | null = null;
  const rows: (number | null)[][] = [];
  /** Rows of the file. */
  const places: number[] = [];
  table.forEach(([name, ...cells], place) => {
    const trained = name.trim();
    const values = cells.map((cell, task) => numberIn(cell, path, place, tasks[task])).map(orNull);
    if (trained === untrained && places.length === 0) initial = values;
    else if (trained === tasks[rows.length]) rows.push(values);
    else throw cellProblem(path, place, first, misplaced(trained, rows.length, tasks));
    places.push(place);
  });
  if ([initial ?? [], ...rows].every((values) => values.every((value) => value === null)))
    throw new UserError(`${path} holds no accuracy; check the file`);
  const notes = [...table.notes];
  const scaled = inShares({ tasks, initial, rows }, options, path, notes);
  checkRange(scaled, path, places);
  return [imported(source, 'matrix', { matrix: scaled, notes })];
}

function misplaced(found: string, row: number, tasks: readonly string[]): string {
  const name = shown(found);
  if (found === untrained) return `"${untrained}" must be the first row; move it there`;
  if (!tasks.includes(found)) return `"${name}" is no task of the header (tasks: ${listed(tasks)})`;
  if (row === tasks.length) return `"${name}" follows the last task; remove the row`;
  return `"${name}" stands where "${shown(tasks[row])}" belongs; rows must stand in the order of the columns`;
}

function inShares(found: AccuracyMatrix, options: ImportOptions, path: string, notes: string[]): AccuracyMatrix {
  const { log, note } = asShares(logOfMatrix(found), options, path);
  if (note) notes.push(note);
  const all = Array.from(log.steps, (_, row) => log.values.map((values) => orNull(values[row])));
  return { ...found, initial: found.initial && all[0], rows: found.initial ? all.slice(1) : all };
}

/** @throws {UserError} for what is no accuracy, naming the row of the file */
function checkRange({ tasks, initial, rows }: AccuracyMatrix, path: string, places: readonly number[]): void {
  for (const [row, values] of [...(initial ? [initial] : []), ...rows].entries())
    for (const [task, value] of values.entries())
      if (value !== null && (value < 0 || value > 1))
        throw cellProblem(
          path,
          places[row],
          tasks[task],
          `accuracy ${value} is outside [0, 1]; correct it, or say with --unit percent that all are in percent`,
        );
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
