import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { Lifetime } from '../lifetime.ts';
import type { EvaluationLog } from '../types.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { readLifetime } from './l2logger/lifetime.ts';
import { openSource, type Source } from './shared/source.ts';
import { asShares, directionOf, isShare } from './shared/units.ts';

/** Folders between a `data-log.tsv` and its scenario: the worker's and the block's, and one to spare. */
const highest = 3;

/**
 * Scenarios of DARPA's L2M as l2logger writes them, as lifetimes and as logs of their evaluation blocks. `--metric` names the column where there are several.
 * See `readLifetime` for the format and what is refused.
 */
export const l2logger: Importer = {
  name: 'l2logger',
  title: 'l2logger, scenarios of DARPA L2M',
  files: 'the folder of a scenario with logger_info.json and data-log.tsv, or a folder of them',
  detects(source) {
    if (!source.isFolder) return looksLikeData(source.head) || isInfo(source.head);
    return scenariosIn(source).some((folder) => {
      const data = source.files().find((file) => inFolder(file, folder) && /(^|[/\\])data-log\.tsv$/.test(file));
      return data !== undefined && looksLikeData(source.open(data).head);
    });
  },
  read(source, options) {
    if (!source.isFolder) {
      const folder = scenarioOf(source.path);
      return [
        readScenario(openSource(folder), options, [`${source.path} was read with all of its scenario, ${folder}`]),
      ];
    }
    const folders = scenariosIn(source);
    // The reader says what is missing.
    if (folders.length <= 1)
      return [readScenario(folders[0] ? openSource(join(source.path, folders[0])) : source, options, [])];
    return folders.map((folder) => {
      const found = readScenario(openSource(join(source.path, folder)), options, []);
      return folder === '' ? found : { ...found, name: folder.replaceAll('\\', '/') };
    });
  },
};

function looksLikeData(head: string): boolean {
  const columns = head.trimStart().split('\n', 1)[0].trim().split('\t');
  return ['block_num', 'exp_num', 'block_type', 'task_name', 'exp_status'].every((name) => columns.includes(name));
}

function isInfo(head: string): boolean {
  return /^\s*\{/.test(head) && /"metrics_columns"\s*:\s*\[/.test(head);
}

/** Folders with a `logger_info.json`, relative to the one that was opened; empty for itself. */
function scenariosIn(source: Source): string[] {
  return source.files().flatMap((file) => {
    if (!/(^|[/\\])logger_info\.json$/.test(file)) return [];
    return [dirname(file) === '.' ? '' : dirname(file)];
  });
}

function inFolder(file: string, folder: string): boolean {
  return folder === '' || file.startsWith(`${folder}/`) || file.startsWith(`${folder}\\`);
}

function scenarioOf(path: string): string {
  let folder = dirname(resolve(path));
  for (let i = 0; i <= highest; i++, folder = dirname(folder))
    if (existsSync(join(folder, 'logger_info.json'))) return folder;
  throw new UserError(`${path}: no logger_info.json beside it or above; name the folder of the scenario`);
}

function readScenario(source: Source, options: ImportOptions, notes: string[]): Imported {
  const lifetime = readLifetime(source.path, options.metric);
  const { measure } = lifetime;
  const direction = directionOf(measure, options);
  if (direction.note) notes.push(direction.note);
  notes.push(...lifetime.warnings, ...gapsIn(lifetime));
  const log = logOfLifetime(lifetime, direction.higher);
  if (log === null) {
    notes.push('there is no evaluation block, so there is a lifetime and no log');
    return imported(source, 'l2logger', { lifetime, notes });
  }
  notes.push(
    'a row of the log is an evaluation block: means over its experiences, errors from their spread, steps in experiences of training',
  );
  // Rewards have scales of their own.
  const scaled = isShare(measure) || options.unit ? asShares(log, options, source.path) : { log, note: null };
  if (scaled.note) notes.push(scaled.note);
  if (!direction.higher) {
    notes.push(
      'metrics of lifetimes need a measure of which higher values are better, so there is a log and no lifetime',
    );
    return imported(source, 'l2logger', { log: scaled.log, notes });
  }
  const shares = scaled.log === log ? lifetime : { ...lifetime, values: lifetime.values.map((value) => value / 100) };
  return imported(source, 'l2logger', { lifetime: shares, log: scaled.log, notes });
}

/** Numbers of experiences that no complete row has: means are then over the others. */
function gapsIn({ experiences }: Lifetime): string[] {
  let missing = experiences[0];
  let first = missing > 0 ? 0 : -1;
  for (let row = 1; row < experiences.length; row++) {
    const gap = experiences[row] - experiences[row - 1] - 1;
    if (gap > 0 && first < 0) first = experiences[row - 1] + 1;
    missing += gap;
  }
  if (missing === 0) return [];
  return [
    `${missing} experience${missing === 1 ? ' is' : 's are'} missing or incomplete, from number ${first} on, and counted nowhere`,
  ];
}

/**
 * The evaluation blocks of a lifetime as a log, a row each: for every task the mean over its experiences in the block, their standard deviation (n − 1)
 * divided by √n as its standard error, and n. The standard error of a single experience, and of experiences that are all equal, is unknown. The step is the
 * number of experiences of training before, and the task in training that of the latest one. Null without an evaluation block.
 */
export function logOfLifetime(lifetime: Lifetime, higherIsBetter: boolean): EvaluationLog | null {
  const { blocks, training, task, tasks, values, measure } = lifetime;
  const rows: { readonly step: number; readonly trained: number; readonly scores: number[][] }[] = [];
  let step = 0;
  let trained = -1;
  let block = NaN;
  values.forEach((value, row) => {
    if (training[row]) {
      step++;
      trained = task[row];
      return;
    }
    if (blocks[row] !== block || rows.at(-1)?.step !== step) rows.push({ step, trained, scores: tasks.map(() => []) });
    block = blocks[row];
    if (!Number.isNaN(value)) rows.at(-1)!.scores[task[row]].push(value);
  });
  if (rows.length === 0) return null;
  const column = (of: (scores: readonly number[]) => number): Float64Array[] =>
    tasks.map((_, each) => Float64Array.from(rows, ({ scores }) => of(scores[each])));
  return {
    measure,
    higherIsBetter,
    tasks,
    steps: Float64Array.from(rows, (row) => row.step),
    trainingTask: Int32Array.from(rows, (row) => row.trained),
    values: column(meanOf),
    standardErrors: column(errorOf),
    counts: column((scores) => (scores.length === 0 ? NaN : scores.length)),
  };
}

function meanOf(scores: readonly number[]): number {
  return scores.length === 0 ? NaN : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function errorOf(scores: readonly number[]): number {
  const n = scores.length;
  if (n < 2 || scores.every((score) => score === scores[0])) return NaN;
  const mean = meanOf(scores);
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}
