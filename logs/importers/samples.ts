import { UserError } from '../../base/index.ts';
import { createSampleBuilder, type Sample, type SampleBuilder } from '../sampleBuilder.ts';
import { itemsOfSamples, logOfSamples } from '../sampleScores.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { columnsOf, hasColumns, type SampleColumns } from './samples/columnNames.ts';
import { fieldsIn, openSampleTable, type SampleTable } from './samples/table.ts';
import { sizeOf, unevenness } from './samples/notes.ts';
import type { Source } from './shared/source.ts';
import { stepIn } from './shared/steps.ts';
import { cellProblem, numberIn, shown, stepOf } from './tables/textTable.ts';

/** Files of a folder that may hold answers. */
const dataFile = /\.(csv|tsv|jsonl)$/i;

/**
 * Sampled answers, one a row: a table of commas, semicolons or tabs, or JSON lines; with columns for the round, the problem and whether the answer is
 * right, and any others of `SampleLog`. A folder of such files is read as one log; files without a column for the round have it in their name,
 * `round_3.jsonl`.
 */
export const samples: Importer = {
  name: 'samples',
  title: 'sampled answers of a model that improves itself in rounds',
  files: 'a table or JSON lines with one answer a row, or a folder of them',
  detects(source) {
    if (!source.isFolder) return hasColumns(fieldsIn(source), true);
    const files = source.files().filter((file) => dataFile.test(file));
    return files.length > 0 && hasColumns(fieldsIn(source.open(files[0])), stepIn(files[0]) === null);
  },
  read,
};

function read(source: Source, options: ImportOptions): Imported[] {
  const notes: string[] = [];
  const builder = createSampleBuilder(source.path);
  if (source.isFolder) {
    for (const file of source.files().filter((each) => dataFile.test(each))) {
      const each = source.open(file);
      if (hasColumns(fieldsIn(each), stepIn(file) === null) || options.columns)
        readFile(each, file, builder, { options, notes });
      else notes.push(`${file} has no columns of sampled answers and is left out`);
    }
    if (builder.size === 0) throw new UserError(`${source.path} holds no file of sampled answers; check the path`);
  } else readFile(source, source.path, builder, { options, notes });
  const log = builder.build(notes);
  notes.push(sizeOf(log), ...unevenness(log));
  return [imported(source, 'samples', { log: logOfSamples(log), items: itemsOfSamples(log), samples: log, notes })];
}

function readFile(
  source: Source,
  file: string,
  builder: SampleBuilder,
  { options, notes }: { readonly options: ImportOptions; readonly notes: string[] },
): void {
  const table = openSampleTable(source);
  const own: string[] = [];
  const given = options.columns ?? {};
  let columns = columnsOf(table, given, own);
  let width = table.columns.length;
  const round = columns.step === undefined ? stepIn(file) : null;
  if (columns.step === undefined && round === null)
    throw new UserError(
      `${source.path} has no column for the round; name it round, iteration, iter or step, or say --columns step=<name> (columns: ${shown(table.columns.join(', '))})`,
    );
  let unknown = 0;
  table.forEach((cells, row) => {
    if (table.columns.length > width) {
      columns = withNewFields(columns, { table, given, notes: own, row });
      width = table.columns.length;
    }
    const sample = sampleOf(cells, { table, columns, row, round });
    if (sample === null) unknown++;
    else builder.add(sample);
  });
  own.push(...table.notes);
  if (unknown > 0)
    own.push(
      `${unknown} ${unknown === 1 ? 'answer is' : 'answers are'} neither right nor wrong (column "${shown(table.columns[columns.correct])}" is empty) and left out`,
    );
  notes.push(...[...new Set(own)].map((note) => (source.path === file ? note : `${file}: ${note}`)));
}

/**
 * Columns of JSON lines of which a line has fields that those before do not have. @throws {UserError} where it then reads something from another
 * field
 */
function withNewFields(
  before: SampleColumns,
  {
    table,
    given,
    notes,
    row,
  }: {
    readonly table: SampleTable;
    readonly given: NonNullable<ImportOptions['columns']>;
    readonly notes: string[];
    readonly row: number;
  },
): SampleColumns {
  const after = columnsOf(table, given, notes);
  const moved = (Object.keys(before) as (keyof SampleColumns)[]).find((role) => before[role] !== after[role]);
  if (moved === undefined && (before.step !== undefined) === (after.step !== undefined)) return after;
  const role = moved ?? 'step';
  throw cellProblem(
    table.path,
    row,
    table.columns[after[role]!],
    `is not in the lines before; write it in all lines, or say --columns ${role}=<name>`,
  );
}

interface Place {
  readonly table: SampleTable;
  readonly columns: SampleColumns;
  readonly row: number;
  /** Of the whole file, where it has no column for it. */
  readonly round: number | null;
}

/** The answer in a row; null where it is not known to be right or wrong. */
function sampleOf(cells: readonly string[], place: Place): Sample | null {
  const { table, columns, row } = place;
  const { path } = table;
  const correct = flagIn(cells[columns.correct] ?? '', place, columns.correct);
  if (correct === null) return null;
  const problem = cells[columns.problem].trim();
  if (problem === '')
    throw cellProblem(path, row, table.columns[columns.problem], 'is empty; name the problem that was answered');
  const number = (column: number | undefined): number | undefined =>
    column === undefined ? undefined : numberIn(cells[column], path, row, table.columns[column]);
  const text = (column: number | undefined): string | null =>
    column === undefined ? null : cells[column].trim() || null;
  return {
    round: place.round ?? roundIn(cells[columns.step!], place),
    problem,
    correct,
    benchmark: text(columns.task) ?? '',
    reward: number(columns.reward),
    answer: text(columns.answer),
    turn: columns.turn === undefined ? undefined : turnIn(cells[columns.turn], place, columns.turn),
    chain: text(columns.chain),
    selected: columns.selected === undefined ? null : flagIn(cells[columns.selected], place, columns.selected),
    solution: text(columns.solution),
    category: text(columns.class),
    realShare: columns.real === undefined ? undefined : shareIn(cells[columns.real], place, columns.real),
  };
}

/** A number, or a name with one, such as `iter_3`. */
function roundIn(cell: string, { table, columns, row }: Place): number {
  const number = Number(cell);
  if (number >= 0 && number < Infinity && cell.trim() !== '') return number;
  return stepIn(cell.trim()) ?? stepOf(cell, table.path, row, table.columns[columns.step!]);
}

function turnIn(cell: string, { table, row }: Place, column: number): number | undefined {
  const turn = numberIn(cell, table.path, row, table.columns[column]);
  if (Number.isNaN(turn)) return undefined;
  if (Number.isInteger(turn) && turn >= 0 && turn < 65_536) return turn;
  throw cellProblem(
    table.path,
    row,
    table.columns[column],
    `"${shown(cell)}" is no turn; turns are whole numbers from 0 to 65535`,
  );
}

function shareIn(cell: string, { table, row }: Place, column: number): number {
  const share = numberIn(cell, table.path, row, table.columns[column]);
  if (Number.isNaN(share) || (share >= 0 && share <= 1)) return share;
  throw cellProblem(
    table.path,
    row,
    table.columns[column],
    `"${shown(cell)}" is no share of real data; write a number from 0 to 1`,
  );
}

const flags = new Map<string, boolean | null>([
  ...['1', 'true', 'yes', 't', 'y'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'f', 'n'].map((word) => [word, false] as const),
  ...['', 'nan', 'none', 'null', 'n/a', 'na', '-', '--'].map((word) => [word, null] as const),
]);

function flagIn(cell: string, { table, row }: Place, column: number): boolean | null {
  const flag = flags.get(cell) ?? flags.get(cell.trim().toLowerCase());
  if (flag !== undefined) return flag;
  // Such as 1.0.
  if (Number(cell) === 1 || Number(cell) === 0) return Number(cell) === 1;
  throw cellProblem(
    table.path,
    row,
    table.columns[column],
    `"${shown(cell)}" is neither yes nor no; write 1 or true, 0 or false, or leave it empty`,
  );
}
