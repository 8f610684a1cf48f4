import { UserError, unknownName } from '../../base/index.ts';
import { cellError, type CsvTable } from './csvTable.ts';
import type { Table } from './table.ts';

/** The largest number of categories that a column of inputs may have: each becomes an input. */
export const maximumCategories = 100;
/** The largest number of classes, where the target is no number or is said to be categorical. */
const maximumClasses = 1000;

/** A number that goes further from its mean than so many deviations is remarked upon. */
const farthest = 50;

const missingCells = new Set(['', '?', 'NA']);
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

export interface Encoding {
  /** Name of the column that holds the classes. */
  readonly target: string;
  /** Columns whose values are categories, even if they are numbers. */
  readonly categorical: readonly string[];
  /** Columns that are left out. */
  readonly ignore: readonly string[];
  /** What to do where an input is missing. */
  readonly missing: 'error' | 'mean';
  /** The rows that means and deviations are taken from, so that nothing is learnt from later ones. */
  readonly fit: ArrayLike<number>;
}

export interface EncodedTable extends Table {
  /** `[rows]`, the place of each row's class among `classNames`. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
  /** What stands out in the inputs, in sentences for the user. */
  readonly remarks: readonly string[];
}

/**
 * Turns the cells of a table into inputs and labels. A column whose first value is a number is numeric: it becomes (x - mean) / deviation,
 * both of the rows `fit`, the deviation divided by n and taken as 1 where the column does not change in them. Any other column becomes
 * an input for each of its values, in ascending order, which is 1 where the row has it and 0 elsewhere.
 *
 * @throws UserError naming file, row and column of the first cell that does not fit
 */
export function encodeTable(table: CsvTable, encoding: Encoding): EncodedTable {
  const { target, ignore } = encoding;
  requireColumns(table, encoding);
  const place = table.header.indexOf(target);
  const { labels, classNames } = encodeTarget(table, place, encoding.categorical.includes(target));
  const inputs = table.header.flatMap((name, column) =>
    name === target || ignore.includes(name) ? [] : [encodeColumn(table, column, encoding)],
  );
  const columns = inputs.reduce((sum, { width }) => sum + width, 0);
  const values = new Float32Array(table.rows.length * columns);
  let first = 0;
  for (const { width, write } of inputs) {
    for (let row = 0; row < table.rows.length; row++) write(row, values, row * columns + first);
    first += width;
  }
  return { values, columns, labels, classNames, remarks: inputs.flatMap(({ remark }) => remark ?? []) };
}

/** A column as inputs: how many, and how those of a row are written; places start as 0. */
interface EncodedColumn {
  readonly width: number;
  write(row: number, out: Float32Array, at: number): void;
  readonly remark?: string;
}

function encodeColumn(table: CsvTable, column: number, encoding: Encoding): EncodedColumn {
  const first = table.rows.find((cells) => !missingCells.has(cells[column]));
  if (!first) {
    throw new UserError(`${table.path}: column "${table.header[column]}" has no values; leave it out with ignore`);
  }
  const forced = encoding.categorical.includes(table.header[column]);
  const numeric = !forced && (number.test(first[column]) || notFinite.test(first[column]));
  return numeric ? encodeNumbers(table, column, encoding) : encodeCategories(table, column, encoding);
}

function encodeNumbers(table: CsvTable, column: number, { missing, fit }: Encoding): EncodedColumn {
  const numbers = Float64Array.from(table.rows, (cells, row) => {
    const cell = cells[column];
    if (number.test(cell)) return Number(cell);
    if (missingCells.has(cell)) return requireAllowed(table, row, column, missing);
    const advice = notFinite.test(cell)
      ? 'write ? where a value is missing'
      : 'if its values are categories, name the column in categorical';
    throw cellError(table, row, column, `expected a finite number, got "${cell}"; ${advice}`);
  });
  const { mean, deviation } = momentsOf(Array.from(fit, (row) => numbers[row]).filter((value) => !Number.isNaN(value)));
  if (Number.isNaN(mean)) {
    throw new UserError(
      `${table.path}: column "${table.header[column]}" has no value in the training rows of the first task, so it has no mean there; ` +
        `leave it out with ignore`,
    );
  }
  const reach = numbers.reduce((most, value) => Math.max(most, Math.abs(value - mean) || 0), 0) / deviation;
  return {
    width: 1,
    ...(reach > farthest && {
      remark:
        `column "${table.header[column]}" goes as far as ${Math.round(reach)} deviations from its mean in the first task, which can spoil what a network learns; ` +
        `if it only grows with time, leave it out with ignore`,
    }),
    // A missing value is the mean, which becomes 0.
    write(row, out, at) {
      out[at] = Number.isNaN(numbers[row]) ? 0 : (numbers[row] - mean) / deviation;
    },
  };
}

function encodeCategories(table: CsvTable, column: number, { missing }: Encoding): EncodedColumn {
  const present = table.rows.map((cells, row) => {
    if (missingCells.has(cells[column])) requireAllowed(table, row, column, missing);
    return cells[column];
  });
  const categories = sortedValues(present.filter((cell) => !missingCells.has(cell)));
  if (categories.length > maximumCategories) {
    throw new UserError(
      `${table.path}: column "${table.header[column]}" has ${categories.length} categories, more than ${maximumCategories} ` +
        `(${categories.slice(0, 3).join(', ')}, …); leave it out with ignore`,
    );
  }
  const places = new Map(categories.map((category, i) => [category, i]));
  return {
    width: categories.length,
    // A missing value is none of the categories.
    write(row, out, at) {
      const place = places.get(present[row]);
      if (place !== undefined) out[at + place] = 1;
    },
  };
}

function encodeTarget(table: CsvTable, column: number, forced: boolean): Pick<EncodedTable, 'labels' | 'classNames'> {
  const name = table.header[column];
  table.rows.forEach((cells, row) => {
    if (missingCells.has(cells[column])) throw cellError(table, row, column, 'the class is missing; take the row out');
  });
  const classNames = sortedValues(table.rows.map((cells) => cells[column]));
  if (classNames.length < 2) {
    throw new UserError(`${table.path}: the target "${name}" has the one class ${classNames[0]}; it needs two or more`);
  }
  const most = Math.max(20, Math.min(100, table.rows.length / 20));
  if (!forced && classNames.length > most && classNames.every((each) => number.test(each))) {
    throw new UserError(
      `${table.path}: the target "${name}" has ${classNames.length} different numbers, so it looks like a quantity and not like classes; ` +
        `name another target, or name it in categorical if they are classes`,
    );
  }
  if (classNames.length > maximumClasses) {
    throw new UserError(
      `${table.path}: the target "${name}" has ${classNames.length} classes, more than ${maximumClasses}; name another target`,
    );
  }
  const places = new Map(classNames.map((each, i) => [each, i]));
  return { labels: Int32Array.from(table.rows, (cells) => places.get(cells[column])!), classNames };
}

function requireColumns({ path, header }: CsvTable, { target, categorical, ignore }: Encoding): void {
  const named = { target: [target], categorical, ignore };
  for (const [option, names] of Object.entries(named)) {
    const stray = names.find((name) => !header.includes(name));
    if (stray !== undefined) throw unknownName(`column in ${option}`, `${stray} of ${path}`, header);
  }
  const both = ignore.find((name) => name === target || categorical.includes(name));
  if (both !== undefined) throw new UserError(`ignore: ${both} is the target, or stands in categorical too`);
  if (header.every((name) => name === target || ignore.includes(name))) {
    throw new UserError(`${path}: no column is left for the inputs; ignore fewer`);
  }
}

/** NaN where missing values are allowed. */
function requireAllowed(table: CsvTable, row: number, column: number, missing: Encoding['missing']): number {
  if (missing === 'mean') return Number.NaN;
  throw cellError(
    table,
    row,
    column,
    `the value is missing; fill it in, or set missing to mean for the column’s mean in the first task`,
  );
}

/** Mean and standard deviation (divided by n); 1 for a column that does not change. The mean of nothing is NaN. */
function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  // Compared, since the rounding of the mean would leave a tiny deviation, and dividing by it make noise of later values.
  if (values.every((value) => value === values[0])) return { mean: values[0] ?? Number.NaN, deviation: 1 };
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

/** The different values, ascending: as numbers where all are. */
function sortedValues(cells: readonly string[]): string[] {
  const values = [...new Set(cells)];
  const numeric = values.every((value) => number.test(value));
  return numeric ? values.toSorted((a, b) => Number(a) - Number(b)) : values.toSorted();
}
