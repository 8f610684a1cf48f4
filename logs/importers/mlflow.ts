import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../base/index.ts';
import type { Imported, Importer } from './importer.ts';
import { isRecord } from './shared/looseJson.ts';
import { importRuns, type AddPoint, type SeriesRun } from './shared/seriesRuns.ts';
import { openSource, type Source } from './shared/source.ts';
import { cellProblem, numberIn, shown, stepOf } from './tables/textTable.ts';

/**
 * The file store of MLflow: `<experiment>/<run>/metrics/<key>`, a key with `/` in folders of its own, of lines `<ms since 1970> <value> <step>`; without a step
 * it is 0. All of `mlruns`, an experiment, a run or its `metrics` folder: a log a run, named by `run_name` in `meta.yaml`. Of several values of a step the
 * newest counts, of equally new ones the greatest, as MLflow has it. Deleted runs are left out.
 */
export const mlflow: Importer = {
  name: 'mlflow',
  title: 'the file store of MLflow',
  files: 'mlruns, an experiment, a run, or its metrics folder',
  detects: (source) => keysIn(source).some(({ file }) => firstLine.test(source.open(file).head)),
  read(source, options) {
    if (!source.isFolder)
      throw new UserError(
        `${source.path} is a file; name the folder mlruns, an experiment, a run, or its metrics folder`,
      );
    const notes: string[] = [];
    const runs = new Map<string, Key[]>();
    for (const each of keysIn(source)) {
      if (!/^\d+ \S/.test(source.open(each.file).head))
        notes.push(`${each.file} has no line of a time and a value and is left out`);
      else runs.set(each.run, [...(runs.get(each.run) ?? []), each]);
    }
    const named = [...runs].flatMap(([folder, keys]) => {
      const meta = metaOf(source, folder);
      if (meta.deleted) {
        notes.push(`the run ${meta.name} is deleted in MLflow and left out`);
        return [];
      }
      return [{ ...meta, folder, keys }];
    });
    if (named.length === 0)
      throw new UserError(`${source.path} holds no metrics of a run: no files in a folder metrics; check the path`);
    const found = importRuns(
      source,
      'mlflow',
      named.map(({ name, id, folder, keys }) => {
        const alone = named.every((other) => other.name !== name || other.folder === folder);
        return runOf(source, alone ? name : `${name} (${id.slice(0, 8)})`, folder, keys);
      }),
      options,
    );
    return found.map((one, i): Imported => (i === 0 ? { ...one, notes: [...one.notes, ...notes] } : one));
  },
};

/** A time in milliseconds or seconds, and a value. */
const firstLine = /^\d{10,16} \S+( -?\d+)? *(\r?\n|$)/;

/** Folders of a store that hold metrics of no run. */
const apart = new Set(['artifacts', 'models', 'params', 'tags', '.trash']);

/** The file of one metric. */
interface Key {
  readonly file: string;
  /** Folder of the run relative to what is read, with `/` between folders; `..` if that is the `metrics` folder. */
  readonly run: string;
  readonly key: string;
}

function keysIn(source: Source): Key[] {
  if (!source.isFolder) return [];
  const whole = basename(resolve(source.path)) === 'metrics';
  return source.files().flatMap((file) => {
    const folders = file.split(/[/\\]/);
    if (whole) return [{ file, run: '..', key: folders.join('/') }];
    const at = folders.indexOf('metrics');
    if (at < 0 || at === folders.length - 1 || folders.slice(0, at).some((name) => apart.has(name))) return [];
    return [{ file, run: folders.slice(0, at).join('/'), key: folders.slice(at + 1).join('/') }];
  });
}

interface Meta {
  readonly name: string;
  readonly id: string;
  readonly deleted: boolean;
}

/** What `meta.yaml` says of a run; its name was a tag in old stores, and is that of the folder where there is none. */
function metaOf(source: Source, folder: string): Meta {
  const path = resolve(source.path, folder);
  const id = basename(path);
  const meta = yamlIn(textOf(join(path, 'meta.yaml')));
  const known = typeof meta.run_name === 'string' || typeof meta.run_name === 'number';
  const named = known ? String(meta.run_name) : textOf(join(path, 'tags', 'mlflow.runName')).trim();
  return { name: named || id, id, deleted: meta.lifecycle_stage === 'deleted' };
}

/** The file, or nothing where there is none. */
function textOf(path: string): string {
  try {
    return openSource(path).text();
  } catch (error) {
    if (error instanceof UserError) return '';
    throw error;
  }
}

function yamlIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = parse(text);
    return isRecord(content) ? content : {};
  } catch {
    // A name is no reason to refuse a run.
    return {};
  }
}

function runOf(source: Source, name: string, folder: string, keys: readonly Key[]): SeriesRun {
  const fileOf = new Map(keys.map(({ key, file }) => [key, file]));
  return {
    name,
    path: folder === '..' ? source.path : join(source.path, folder),
    series: [...fileOf.keys()],
    read(chosen, add, notes) {
      for (const key of chosen) readKey(source.open(fileOf.get(key)!), key, add, notes);
    },
  };
}

interface Logged {
  readonly time: number;
  readonly value: number;
  readonly row: number;
}

function readKey(file: Source, key: string, add: AddPoint, notes: string[]): void {
  const lines = file.text().split('\n');
  // Each line is written with its end: one without is half a line.
  if (lines.pop() !== '') notes.push(`${key}: row ${lines.length + 1}, the last, is cut short and was left out`);
  const newest = new Map<number, Logged>();
  const again = new Set<number>();
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const { step, ...logged } = readLine(line.trim().split(' '), file.path, i + 1);
    const before = newest.get(step);
    if (before !== undefined && !Object.is(before.value, logged.value)) again.add(step);
    if (before === undefined || isNewer(logged, before)) newest.set(step, logged);
  });
  for (const [step, { value, row }] of newest) add(step, key, value, `metrics/${key}, row ${row}`);
  if (again.size > 0)
    notes.push(
      `${key}: ${again.size} ${again.size === 1 ? 'step was' : 'steps were'} logged again; the newest value of each counts`,
    );
}

function isNewer(a: Logged, b: Logged): boolean {
  return a.time > b.time || (a.time === b.time && (a.value > b.value || Number.isNaN(b.value)));
}

function readLine(fields: readonly string[], path: string, row: number): Logged & { readonly step: number } {
  const [time, value, step = '0'] = fields;
  if (fields.length !== 2 && fields.length !== 3)
    throw cellProblem(
      path,
      row,
      null,
      `${fields.length} ${fields.length === 1 ? 'field' : 'fields'} instead of a time, a value and a step; correct or remove the line`,
    );
  if (!/^\d+$/.test(time))
    throw cellProblem(path, row, 'time', `"${shown(time)}" is no time; write milliseconds since 1970`);
  return {
    time: Number(time),
    value: numberIn(value, path, row, 'value'),
    step: stepOf(step, path, row, 'step'),
    row,
  };
}
