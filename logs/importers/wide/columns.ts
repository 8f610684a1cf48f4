import { UserError } from '../../../base/index.ts';
import { isNumberToPeople } from '../tables/cells.ts';
import { plain, usualColumns, words } from '../tables/columns.ts';
import type { ImportOptions } from '../importer.ts';
import { listed, shown } from '../tables/problems.ts';
import { noNumber } from '../tables/textTable.ts';
import { directionOf } from '../shared/units.ts';
import type { Sheet, SheetColumn } from './sheet.ts';

/** One task of a wide table; `values` have spare room after the rows. */
export interface WideTask {
  readonly name: string;
  readonly values: Float64Array;
  readonly errors: SheetColumn | null;
  readonly counts: SheetColumn | null;
}

/** What numbers are under these names are no values of a task. */
const noTasks = new Set(
  words(
    'time wall_time walltime timestamp date seconds elapsed runtime duration relative_time seed lr',
    'learning_rate id index unnamed:_0 std stderr std_err standard_error count n n_samples num_samples samples',
    'n_items num_items items n_examples num_examples examples',
  ),
);

const errorEndings = ['_stderr', '_std_err', '_sem', '_se'];
const countEndings = ['_count', '_n_samples', '_samples', '_n'];
const spreadEndings = ['_std', '_sd', '_var', '_min', '_max'];

/**
 * The columns that are tasks: those of numbers, without standard errors, counts, times and the like, and without losses beside scores.
 * @param notes gets a sentence naming what is left out
 * @throws {UserError} for a text in a column of which most cells are numbers, and where no column is left
 */
export function tasksOf(path: string, { columns }: Sheet, options: ImportOptions, notes: string[]): WideTask[] {
  const left: string[] = [];
  const leave = ({ name }: SheetColumn, why: string): boolean => {
    left.push(`${shown(name)} (${why})`);
    return false;
  };
  const names = columns.map(({ name }) => name);
  const steps = new Set(usualColumns(names, 'step'));
  const baseOf = (name: string, endings: readonly string[]): string | undefined =>
    endings
      .flatMap((ending) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : []))
      .find((base) => names.includes(base));
  const beside = (base: string, endings: readonly string[]): SheetColumn | null =>
    columns.find(({ name, numbers }) => numbers > 0 && baseOf(name, endings) === base) ?? null;

  const numeric = columns.filter((column) => {
    const { name, numbers, texts, firstText } = column;
    if (numbers === 0 && texts === 0) return leave(column, 'empty');
    if (texts > numbers && !isNumberToPeople(firstText!.cell)) return leave(column, 'text');
    if (firstText) throw noNumber(firstText.cell, path, firstText.row, name);
    if (steps.has(name)) return leave(column, 'counts steps otherwise');
    if (noTasks.has(plain(name))) return leave(column, 'no value of a task, by its name');
    if (baseOf(name, [...errorEndings, ...countEndings])) return false;
    return baseOf(name, spreadEndings) ? leave(column, 'a spread') : true;
  });
  const kept = options.better || isLower(options.metric ?? '') ? numeric : sameDirection(numeric, leave);
  if (left.length > 0) notes.push(`columns left out: ${listed(left)}`);
  if (kept.length === 0)
    throw new UserError(`${path} has no column of numbers that could be a task (columns: ${listed(names) || 'none'})`);
  return kept.map(({ name, values }) => ({
    name,
    values,
    errors: beside(name, errorEndings),
    counts: beside(name, countEndings),
  }));
}

/** Without losses, where there are scores: in a log either higher or lower values are better. */
function sameDirection(
  columns: readonly SheetColumn[],
  leave: (column: SheetColumn, why: string) => boolean,
): readonly SheetColumn[] {
  const lower = new Set(columns.filter(({ name }) => isLower(name)));
  if (lower.size === columns.length) return columns;
  return columns.filter(
    (column) => !lower.has(column) || leave(column, 'lower values are better, unlike in the others'),
  );
}

/** Whether lower values are better, by the name of a column. */
export function isLower(name: string): boolean {
  return !directionOf(plain(name), {}).higher;
}
