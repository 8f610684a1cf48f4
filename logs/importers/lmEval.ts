import { UserError } from '../../base/index.ts';
import { imported, type Imported, type Importer, type ImportOptions } from './importer.ts';
import { readLmEvalItems } from './lmEval/items.ts';
import { createLogBuilder } from './shared/logBuilder.ts';
import { isRecord, parseLooseJson } from './shared/looseJson.ts';
import type { Source } from './shared/source.ts';
import { stepIn } from './shared/steps.ts';
import { asShares, directionOf } from './shared/units.ts';

/** Metrics taken where none is named, the first that a task has. */
const preferred = ['acc', 'exact_match', 'acc_norm', 'pass@1', 'f1', 'mc2', 'mc1', 'bleu', 'word_perplexity', 'ppl'];

interface Checkpoint {
  readonly file: string;
  readonly step: number;
  readonly results: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly groups: ReadonlySet<string>;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly directions: Readonly<Record<string, unknown>>;
}

/** One metric of one task in one checkpoint. */
interface Entry {
  readonly metric: string;
  readonly filter: string | null;
  readonly value: unknown;
  readonly stderr: unknown;
}

/**
 * Results of EleutherAI's lm-evaluation-harness, of before 0.4 (`"acc": 0.5`) and since (`"acc,none": 0.5`): one file, or a folder of checkpoints. The
 * step is in the revision of the model's arguments, or in the path; else files count in the order of their dates. Groups, which stand among the
 * results beside their tasks, are left out.
 */
export const lmEval: Importer = {
  name: 'lm-eval',
  title: 'lm-evaluation-harness results, old and new layout',
  files: 'results_*.json, or a folder of them',
  joins: true,
  detects(source) {
    if (source.isFolder) {
      const first = resultFiles(source)[0];
      return first !== undefined && looksLikeResults(source.open(first).head);
    }
    return looksLikeResults(source.head);
  },
  read,
};

function looksLikeResults(head: string): boolean {
  return /^\s*\{/.test(head) && /"results"\s*:\s*\{/.test(head) && !/"log_history"/.test(head);
}

function resultFiles(source: Source): string[] {
  return source.files().filter((file) => file.endsWith('.json'));
}

function read(source: Source, options: ImportOptions): Imported[] {
  const notes: string[] = [];
  const files = source.isFolder ? resultFiles(source) : source.files();
  const found = files.flatMap((file) => {
    const each = source.open(file);
    if (source.isFolder && !looksLikeResults(each.head)) {
      notes.push(`${file} holds no results and is left out`);
      return [];
    }
    return [readCheckpoint(each, source.isFolder ? file : source.path)];
  });
  if (found.length === 0)
    throw new UserError(`${source.path} holds no results of lm-evaluation-harness; check the path`);
  const checkpoints = withSteps(found, notes);
  const { metric, metricOf } = metricsOf(checkpoints, options, source.path);
  const builder = createLogBuilder(source.path);
  const lower = new Set<string>();
  for (const { file, step, results, groups, counts, directions } of checkpoints)
    for (const [task, cells] of Object.entries(results)) {
      if (groups.has(task)) continue;
      const entry = metricOf(task, entriesOf(cells));
      if (entry === null) continue;
      const value = numberIn(entry.value, `${file}, results.${task}, "${entry.metric}"`);
      if (Number.isNaN(value)) {
        notes.push(`${file}: ${task} has no number for ${entry.metric} and counts as not evaluated`);
        continue;
      }
      const named = directions[task];
      if (isRecord(named) && named[entry.metric] === false) lower.add(entry.metric);
      builder.add(step, task, value, {
        stderr: errorIn(entry.stderr),
        count: countOf(counts[task], cells),
        where: file,
      });
    }
  const direction = directionOf(metric, options);
  const higher = options.better ? direction.higher : lower.size > 0 ? false : direction.higher;
  if (direction.note && !higher) notes.push(direction.note);
  const scaled = asShares(builder.build(metric, higher, notes), options, source.path);
  if (scaled.note) notes.push(scaled.note);
  const items = readLmEvalItems(source, checkpoints, scaled.log, { metric, filter: options.filter });
  return [imported(source, 'lm-eval', { log: scaled.log, items, notes })];
}

type Raw = Omit<Checkpoint, 'step'> & { readonly step: number | null; readonly date: number | null };

function readCheckpoint(source: Source, file: string): Raw {
  const content = parseLooseJson(source.text(), source.path);
  if (!isRecord(content) || !isRecord(content.results))
    throw new UserError(`${source.path} has no "results"; it is no result of lm-evaluation-harness`);
  const results: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [task, cells] of Object.entries(content.results)) {
    if (!isRecord(cells))
      throw new UserError(`${source.path}, results.${task}: is ${JSON.stringify(cells)}, not an object of metrics`);
    results[task] = cells;
  }
  const config = isRecord(content.config) ? content.config : {};
  const model = typeof config.model_args === 'string' ? config.model_args : JSON.stringify(config.model_args ?? '');
  const revision = /revision"?\s*[=:]\s*"?([^,"}]+)/.exec(model)?.[1];
  const subtasks = isRecord(content.group_subtasks) ? content.group_subtasks : {};
  const grouped = Object.keys(isRecord(content.groups) ? content.groups : {});
  return {
    file,
    step: (revision === undefined ? null : stepIn(revision)) ?? stepIn(file),
    date: typeof content.date === 'number' ? content.date : null,
    results,
    groups: new Set([
      ...grouped,
      ...Object.entries(subtasks).flatMap(([group, tasks]) =>
        Array.isArray(tasks) && tasks.length > 0 ? [group] : [],
      ),
    ]),
    counts: isRecord(content['n-samples']) ? content['n-samples'] : {},
    directions: isRecord(content.higher_is_better) ? content.higher_is_better : {},
  };
}

/** Checkpoints with a step each, in order. */
function withSteps(found: readonly Raw[], notes: string[]): Checkpoint[] {
  const missing = found.filter(({ step }) => step === null);
  if (missing.length === 0) {
    const sorted = found.map((each) => ({ ...each, step: each.step! })).toSorted((a, b) => a.step - b.step);
    sorted.forEach(({ step, file, results }, i) => {
      const before = sorted[i - 1];
      const both = before?.step === step ? Object.keys(results).find((task) => task in before.results) : undefined;
      if (both !== undefined)
        throw new UserError(
          `${before.file} and ${file} are both of step ${step} and both have ${both}; keep one of them`,
        );
    });
    return sorted;
  }
  if (found.length > 1 && missing.length < found.length)
    throw new UserError(
      `${missing[0].file}: no step in its revision, path or name, though other files have one; rename it to …step<number>…`,
    );
  if (found.length > 1 && found.some(({ date }) => date === null))
    throw new UserError(
      `${missing[0].file}: no step in its revision, path or name, and no date to order by; rename files to …step<number>…`,
    );
  if (found.length > 1) notes.push('no file tells its step: they are numbered from 0 in the order of their dates');
  return found.toSorted((a, b) => (a.date ?? 0) - (b.date ?? 0)).map((each, i) => ({ ...each, step: i }));
}

/** Metrics of a task, without their standard errors. */
function entriesOf(cells: Readonly<Record<string, unknown>>): Entry[] {
  return Object.keys(cells).flatMap((key) => {
    const [metric, filter = null] = key.split(',', 2);
    if (metric.endsWith('_stderr') || typeof cells[key] === 'string' || metric.startsWith('sample_')) return [];
    const error = `${metric}_stderr${filter === null ? '' : `,${filter}`}`;
    return [{ metric, filter, value: cells[key], stderr: cells[error] }];
  });
}

/** Which entry of a task counts. @throws {UserError} for a metric or filter that no task has */
function metricsOf(checkpoints: readonly Checkpoint[], { metric, filter }: ImportOptions, path: string) {
  const all = checkpoints.flatMap(({ results, groups }) =>
    Object.entries(results).flatMap(([task, cells]) => (groups.has(task) ? [] : entriesOf(cells))),
  );
  const metrics = [...new Set(all.map((entry) => entry.metric))];
  const filters = [...new Set(all.flatMap((entry) => entry.filter ?? []))];
  if (metric !== undefined && !metrics.includes(metric))
    throw new UserError(`${path} has no metric ${metric} (known: ${metrics.join(', ')})`);
  if (filter !== undefined && !filters.includes(filter))
    throw new UserError(`${path} has no filter ${filter} (known: ${filters.join(', ') || 'none'})`);
  const order = metric === undefined ? preferred : [metric];
  const chosen = order.filter((name) => metrics.includes(name));
  if (chosen.length === 0)
    throw new UserError(
      `${path}: none of the usual metrics is there; name one with --metric (known: ${metrics.join(', ')})`,
    );
  return {
    metric: metric ?? chosen[0],
    metricOf(_task: string, entries: readonly Entry[]): Entry | null {
      // Without a choice one metric counts for all tasks: what is measured differently is not compared.
      const own = entries.filter((entry) => entry.metric === (metric ?? chosen[0]));
      return (filter === undefined ? own[0] : own.find((entry) => entry.filter === filter)) ?? null;
    },
  };
}

function numberIn(value: unknown, where: string): number {
  if (value === null || value === undefined || value === 'N/A') return NaN;
  if (typeof value === 'number') return value;
  throw new UserError(`${where}: ${JSON.stringify(value)} is not a number`);
}

/** A standard error; unknown where it is `"N/A"`, missing or 0. */
function errorIn(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : NaN;
}

function countOf(counts: unknown, cells: Readonly<Record<string, unknown>>): number {
  if (isRecord(counts) && typeof counts.effective === 'number') return counts.effective;
  if (typeof cells.sample_len === 'number') return cells.sample_len;
  return typeof cells.sample_count === 'number' ? cells.sample_count : NaN;
}
