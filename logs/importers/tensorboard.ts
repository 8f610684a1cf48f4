import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { Importer } from './importer.ts';
import { importRuns, type AddPoint, type SeriesRun } from './shared/seriesRuns.ts';
import type { Source } from './shared/source.ts';
import { cellProblem, numberIn, openTextTable, shown, stepOf } from './tables/textTable.ts';

const columns = ['Wall time', 'Step', 'Value'];
/** Values of one series that TensorBoard shows and downloads unless told otherwise. */
const sampled = 1000;
const header = /^\s*"?wall time"?([,;\t])"?step"?\1"?value"?\s*(\r?\n|$)/i;

/**
 * Scalars as TensorBoard downloads them: CSV files `Wall time,Step,Value` of one tag each. Run and tag are in the file's name, `run-<run>-tag-<tag>.csv`,
 * where browsers write `_` for the `/` of a tag; other names are the tag, and their folder the run. One file, or a folder of them: a log a run.
 *
 * A step that was logged again, as after a restart, has the value of the latest wall time.
 */
export const tensorboard: Importer = {
  name: 'tensorboard',
  title: 'scalars downloaded from TensorBoard',
  files: 'run-<run>-tag-<tag>.csv, or a folder of them',
  joins: true,
  detects(source) {
    return source.isFolder ? scalarFiles(source).length > 0 : header.test(source.head);
  },
  read(source, options) {
    const files = source.isFolder ? scalarFiles(source) : source.files();
    if (files.length === 0)
      throw new UserError(`${source.path} holds no CSV file that begins with ${columns.join(',')}; check the path`);
    const runs = new Map<string, Map<string, string[]>>();
    for (const file of files) {
      const { run, tag } = placeOf(source, file);
      const tags = runs.get(run) ?? new Map<string, string[]>();
      runs.set(run, tags.set(tag, [...(tags.get(tag) ?? []), file]));
    }
    const found = importRuns(
      source,
      'tensorboard',
      [...runs].map(([name, tags]) => runOf(source, name, tags)),
      options,
    );
    if (!source.isFolder) return found;
    const others = source.files().filter((file) => isTable(file) && !files.includes(file));
    const notes = others.map((file) => `${file} does not begin with ${columns.join(',')} and is left out`);
    return found.map((one, i) => (i === 0 ? { ...one, notes: [...one.notes, ...notes] } : one));
  },
};

function isTable(file: string): boolean {
  return /\.csv$/i.test(file);
}

function scalarFiles(source: Source): string[] {
  return source.files().filter((file) => isTable(file) && header.test(source.open(file).head));
}

/** Run and tag by the file's name and folder. A second download of a file has `(1)` in its name. */
function placeOf(source: Source, file: string): { readonly run: string; readonly tag: string } {
  const stem = basename(file).replace(/( \(\d+\))?\.[^.]*$/, '');
  const folder = source.isFolder ? dirname(file) : '.';
  const [, run, tag] = /^run-(.+?)-tag-(.+)$/.exec(stem) ?? [];
  if (run === undefined) {
    const own = source.isFolder ? basename(resolve(source.path)) : stem;
    return { run: folder === '.' ? own : folder, tag: stem };
  }
  // The run that TensorBoard was started on itself is called `.`.
  const named = run === '.' ? basename(resolve(source.isFolder ? source.path : dirname(source.path))) : run;
  return { run: folder === '.' ? named : `${folder}/${named}`, tag };
}

function runOf(source: Source, name: string, tags: ReadonlyMap<string, readonly string[]>): SeriesRun {
  return {
    name,
    path: source.path,
    series: [...tags.keys()],
    read(chosen, add, notes) {
      for (const tag of chosen) readTag(source, tag, tags.get(tag)!, add, notes);
    },
  };
}

interface Scalar {
  readonly time: number;
  readonly value: number;
  readonly where: string;
}

function readTag(source: Source, tag: string, files: readonly string[], add: AddPoint, notes: string[]): void {
  const scalars = new Map<number, Scalar>();
  const again = new Set<number>();
  for (const file of files) {
    const table = openTextTable(source.open(file));
    const at = columns.map((name) => table.columns.findIndex((each) => each.toLowerCase() === name.toLowerCase()));
    if (at.includes(-1))
      throw cellProblem(
        table.path,
        1,
        null,
        `the columns are ${shown(table.columns.join(','))} instead of ${columns.join(',')}`,
      );
    const [timeAt, stepAt, valueAt] = at;
    table.forEach((cells, row) => {
      const step = stepOf(cells[stepAt], table.path, row, 'Step');
      const scalar = {
        time: numberIn(cells[timeAt], table.path, row, 'Wall time'),
        value: numberIn(cells[valueAt], table.path, row, 'Value'),
        where: `${basename(file)}, row ${row}`,
      };
      const before = scalars.get(step);
      if (before !== undefined && !Object.is(before.value, scalar.value)) {
        if (before.time === scalar.time || Number.isNaN(before.time + scalar.time))
          throw cellProblem(
            table.path,
            row,
            'Value',
            `step ${step} has two values of one wall time, ${before.value} and ${scalar.value}; keep one of them`,
          );
        again.add(step);
      }
      if (before === undefined || scalar.time > before.time) scalars.set(step, scalar);
    });
    notes.push(...table.notes.map((note) => (source.isFolder ? `${file}: ${note}` : note)));
  }
  if (scalars.size === sampled)
    notes.push(
      `${tag}: has ${sampled} values, to which TensorBoard samples longer series: some may be missing; start it with a greater --samples_per_plugin`,
    );
  for (const [step, { value, where }] of scalars) add(step, tag, value, where);
  if (again.size > 0)
    notes.push(
      `${tag}: ${again.size} ${again.size === 1 ? 'step was' : 'steps were'} logged again, as after a restart; the value of the latest wall time counts`,
    );
}
