import { UserError } from '../../../base/index.ts';
import type { ImportOptions } from '../importer.ts';
import { hasOrHave, isOrAre, listed } from '../shared/taskMetric.ts';
import { directionOf } from '../shared/units.ts';

/** A row of a summary that has a metric. */
export interface ScoreRow {
  readonly dataset: string;
  /** The first digits of the hash of the prompt; `-` of a group, which is no dataset but an average of some. */
  readonly version: string;
  readonly metric: string;
  /** How it was asked: `gen`, `ppl`, `ll`, `mixed`. */
  readonly mode: string;
  /** `[models]`, NaN where missing. */
  readonly values: readonly number[];
  readonly row: number;
}

export interface RowChoice {
  readonly measure: string;
  readonly notes: readonly string[];
  /** The task of a row; null where it is left out. */
  taskOf(row: ScoreRow): string | null;
}

const group = '-';

/**
 * One row of each dataset: of its only metric, or of the one that is asked for. Groups are left out where datasets, or smaller groups, of the same name are
 * there. Of metrics that differ in which values are better one kind is kept.
 *
 * @throws {UserError} for a metric that no dataset has, and without a choice for a dataset that has several
 */
export function chooseRows(all: readonly ScoreRow[], options: ImportOptions, path: string): RowChoice {
  const { metric } = options;
  const notes: string[] = [];
  const rows = all.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
  const metrics = [...new Set(rows.map((row) => row.metric))];
  if (metric !== undefined && !metrics.includes(metric))
    throw new UserError(`${path} has no metric ${metric} (known: ${listed(metrics)})`);
  const metricsOf = new Map<string, Set<string>>();
  for (const row of rows) metricsOf.set(row.dataset, (metricsOf.get(row.dataset) ?? new Set<string>()).add(row.metric));
  const averages = averagesIn(rows);
  const ofMembers = [...metricsOf.keys()].filter((dataset) => averages.get(dataset) === 'out');
  const metricOf = new Map<string, string>();
  const without: string[] = [];
  for (const [dataset, own] of metricsOf) {
    if (ofMembers.includes(dataset)) continue;
    const [only] = own;
    if (metric !== undefined && own.has(metric)) metricOf.set(dataset, metric);
    else if (own.size === 1) metricOf.set(dataset, only);
    else if (metric === undefined)
      throw new UserError(
        `${path}: ${dataset} has several metrics; choose one with --metric (known: ${listed([...own])})`,
      );
    else without.push(dataset);
  }
  if (ofMembers.length > 0) notes.push(`averages of other rows (version -) are left out: ${listed(ofMembers)}`);
  const kept = [...metricOf.keys()].filter((dataset) => averages.get(dataset) === 'in');
  if (kept.length > 0)
    notes.push(`averages of datasets that are not there (version -) are read as tasks: ${listed(kept)}`);
  if (without.length > 0)
    notes.push(
      `${listed(without)} ${hasOrHave(without)} other metrics than ${metric} and ${isOrAre(without)} left out`,
    );
  leaveOutOtherDirection(metricOf, options, notes);
  noteVersions(rows, metricOf, notes);
  const used = [...new Set(metricOf.values())];
  if (used.length > 1)
    notes.push(`metrics differ between tasks: ${listed([...metricOf].map(([dataset, name]) => `${dataset} ${name}`))}`);
  const modes = modesOf(rows, metricOf);
  return {
    measure: used.length === 1 ? used[0] : used.every(isHigher) ? 'score' : 'loss',
    notes,
    taskOf({ dataset, metric: own, mode }) {
      if (metricOf.get(dataset) !== own) return null;
      return modes.get(dataset)!.size > 1 ? `${dataset} (${mode})` : dataset;
    },
  };
}

/** Which rows are groups: `out` where what they are averages of is there too, by its names, else `in`. */
function averagesIn(rows: readonly ScoreRow[]): ReadonlyMap<string, 'in' | 'out'> {
  const names = [...new Set(rows.map(({ dataset }) => dataset))];
  const groups = new Set(rows.filter(({ version }) => version === group).map(({ dataset }) => dataset));
  const isOut = (name: string): boolean => {
    if (/^(average|avg|mean|overall|total|all)$/i.test(name) && names.length > 1) return true;
    const own = wordsOf(name);
    return names.some((other) => {
      if (other === name) return false;
      const theirs = wordsOf(other);
      // `mmlu-stem` is of `lukaemon_mmlu_anatomy`, though it is of no dataset called so; among groups `ceval` is of `ceval-stem`.
      return groups.has(other) ? theirs.length > own.length && startsWith(theirs, own) : theirs.includes(own[0]);
    });
  };
  return new Map([...groups].map((name) => [name, isOut(name) ? 'out' : 'in']));
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[-_ /]+/);
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, i) => words[i] === word);
}

function isHigher(metric: string): boolean {
  return directionOf(metric, {}).higher;
}

/** Keeps the metrics of which higher values are better, or those like the metric that is asked for. */
function leaveOutOtherDirection(metricOf: Map<string, string>, options: ImportOptions, notes: string[]): void {
  if (options.better) return;
  const wanted = options.metric === undefined ? [...metricOf.values()].some(isHigher) : isHigher(options.metric);
  const others = [...metricOf].filter(([, name]) => isHigher(name) !== wanted);
  for (const [dataset] of others) metricOf.delete(dataset);
  if (others.length > 0)
    notes.push(
      `left out, as of their metrics the other direction is better: ${listed(others.map(([dataset, name]) => `${dataset} ${name}`))}; --metric reads them`,
    );
}

/** Values of two prompts are not comparable. */
function noteVersions(rows: readonly ScoreRow[], metricOf: ReadonlyMap<string, string>, notes: string[]): void {
  const versions = new Map<string, Set<string>>();
  for (const { dataset, version } of rows)
    versions.set(dataset, (versions.get(dataset) ?? new Set<string>()).add(version));
  const several = [...versions].flatMap(([dataset, own]) =>
    metricOf.has(dataset) && own.size > 1 ? [`${dataset} (${[...own].join(', ')})`] : [],
  );
  if (several.length > 0)
    notes.push(`prompts differ between checkpoints, by their versions, and values may for that: ${listed(several)}`);
}

function modesOf(
  rows: readonly ScoreRow[],
  metricOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const modes = new Map<string, Set<string>>();
  for (const { dataset, metric, mode } of rows)
    if (metricOf.get(dataset) === metric) modes.set(dataset, (modes.get(dataset) ?? new Set<string>()).add(mode));
  return modes;
}
