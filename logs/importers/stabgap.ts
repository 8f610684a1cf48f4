import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../base/index.ts';
import { readEvaluationLog } from '../evaluation.ts';
import { readExperiment } from '../experiment.ts';
import { readRun, type Run } from '../run.ts';
import type { EvaluationLog } from '../types.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { isOfOtherTool } from './tables/otherTools.ts';
import { openSource, type Source } from './shared/source.ts';
import { glanceAt, isMissing } from './tables/textTable.ts';

/**
 * What this project writes: an experiment's folder, a run's folder, or an `accuracy.csv` or `loss.csv` alone. Of a run the matrix and the accuracy, or the loss, are read; the
 * number of items behind a value is the size of its task's evaluation subset, as `run.json` tells it.
 */
export const stabgap: Importer = {
  name: 'stabgap',
  title: 'experiments and runs of this project, and accuracy.csv alone',
  files: 'a folder with experiment.json or run.json, or accuracy.csv',
  detects(source) {
    if (!source.isFolder) return looksLikeLog(source);
    return holds(source, 'experiment.json', /"methods"\s*:/) || holds(source, 'run.json', /"stream"\s*:/);
  },
  read,
};

function holds({ path }: Source, file: string, content: RegExp): boolean {
  return existsSync(join(path, file)) && content.test(openSource(join(path, file)).head);
}

function read(source: Source, { metric = 'accuracy' }: ImportOptions): readonly Imported[] {
  if (!source.isFolder) return [readAlone(source)];
  if (metric !== 'accuracy' && metric !== 'loss')
    throw new UserError(`${source.path} has no metric ${metric} (known: accuracy, loss)`);
  if (!existsSync(join(source.path, 'experiment.json'))) {
    const run = readRun(source.path);
    return [ofRun(source, metric, run, { name: run.record.run })];
  }
  const { runs, problems } = readExperiment(source.path);
  const left = problems.map((problem) => `left out: ${problem}`);
  return runs.map((run, i) => {
    const { method, seed } = run.record;
    const name = `${method.label}, seed ${seed}`;
    return ofRun(openSource(run.path), metric, run, { name, problems: i === 0 ? left : [] });
  });
}

function ofRun(
  source: Source,
  metric: 'accuracy' | 'loss',
  { path, record, matrix, [metric]: log }: Run,
  { name, problems = [] }: { readonly name: string; readonly problems?: readonly string[] },
): Imported {
  const notes = [...problems];
  if (record.status !== 'complete') notes.push(`${name} is ${record.status}: what it has so far is read`);
  for (const file of [`${metric}.csv`, 'matrix.csv']) notes.push(...cutNote(join(path, file)));
  const evaluated = record.stream.tasks.map((task) => task.evaluated);
  const counts = log.values.map((values, task) => values.map((value) => (Number.isNaN(value) ? NaN : evaluated[task])));
  return imported(source, 'stabgap', {
    name,
    log: log.steps.length > 0 ? { ...log, counts } : null,
    matrix: matrix.initial || matrix.rows.length > 0 ? matrix : null,
    notes,
  });
}

/** A log without its run: of losses if its name says so. */
function readAlone(source: Source): Imported {
  const { path } = source;
  const log: EvaluationLog = readEvaluationLog(path, isOfLosses(path) ? 'loss' : 'accuracy');
  if (log.steps.length === 0) throw new UserError(`${path} holds no evaluation; check the file`);
  return imported(source, 'stabgap', { log, notes: cutNote(path) });
}

function isOfLosses(path: string): boolean {
  return /loss/i.test(basename(path));
}

/** Whether the header is ours, training tasks are among the columns, and values are no percentages, which tables of other kinds may hold. */
function looksLikeLog(source: Source): boolean {
  const { columns, rows } = glanceAt(source) ?? { columns: [], rows: [] };
  const [step, training, ...tasks] = columns;
  if (step !== 'step' || training !== 'training_task' || tasks.length === 0 || isOfOtherTool(columns)) return false;
  const loss = isOfLosses(source.path);
  return rows.every(
    ([, task, ...cells]) =>
      (task === '' || tasks.includes(task)) && cells.every((cell) => loss || isMissing(cell) || Number(cell) <= 1),
  );
}

/** Our writer ends each line; what follows the last line end is not read. */
function cutNote(path: string): string[] {
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, Math.max(0, fstatSync(file).size - 1));
    return last.toString() === '\n' ? [] : [`${basename(path)}: the last line is cut short and was left out`];
  } finally {
    closeSync(file);
  }
}
