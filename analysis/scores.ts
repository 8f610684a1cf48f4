import { UserError } from '../base/index.ts';
import type { Experiment } from '../logs/index.ts';
import type { RunMetric } from '../metrics/index.ts';
import { groupRuns, protocolOf, type Group } from './groups.ts';
import { differingSettings } from './settings.ts';
import { valueOf } from './valueOf.ts';

/** One metric of methods by what is paired. Every cell has a value. */
export interface Scores {
  readonly methods: readonly string[];
  /** Seeds, or names of experiments. */
  readonly pairs: readonly string[];
  /** `[pair][method]` */
  readonly rows: readonly (readonly number[])[];
  /** What was left out, and why. */
  readonly warnings: readonly string[];
}

/** The scores of one experiment: by method, by seed; null where the metric is undefined. */
type BySeed = ReadonlyMap<string, ReadonlyMap<number, number | null>>;

/**
 * The scores of methods that all experiments have, paired by seed, or by experiment with the mean over those seeds that all its methods have.
 * @throws {UserError} for an experiment of several protocols, for two experiments of one name, and where nothing is left to pair
 */
export function scoresOf(experiments: readonly Experiment[], metric: RunMetric, by: 'seed' | 'experiment'): Scores {
  checkNames(experiments);
  const warnings = experiments.flatMap(({ problems }) => problems.map((problem) => `left out: ${problem}`));
  const tables = experiments.map((experiment) => bySeed(experiment, metric, warnings));
  const methods = [...tables[0].keys()].filter((method) => tables.every((table) => table.has(method)));
  const partial = [...new Set(tables.flatMap((table) => [...table.keys()]))].filter((each) => !methods.includes(each));
  if (partial.length > 0) warnings.push(`not in every experiment, and left out: ${partial.join(', ')}`);
  const rows: number[][] = [];
  const pairs: string[] = [];
  tables.forEach((table, i) => {
    const { name } = experiments[i];
    const { seeds, lacking } = sharedSeeds(table, methods);
    if (lacking.length > 0)
      warnings.push(`${name}: seeds that not every method has a value for are left out: ${lacking.join(', ')}`);
    const scores = seeds.map((seed) => methods.map((method) => table.get(method)!.get(seed)!));
    if (by === 'seed') {
      rows.push(...scores);
      pairs.push(...seeds.map((seed) => (experiments.length > 1 ? `${name}/${seed}` : String(seed))));
    } else if (scores.length > 0) {
      rows.push(methods.map((_, j) => scores.reduce((sum, row) => sum + row[j], 0) / scores.length));
      pairs.push(name);
    }
  });
  if (rows.length === 0)
    throw new UserError(
      `no seed for which every method has ${metric.name}: nothing to pair; run the methods with the same seeds`,
    );
  return { methods, pairs, rows, warnings };
}

function bySeed(experiment: Experiment, metric: RunMetric, warnings: string[]): BySeed {
  const groups = groupRuns(experiment);
  if (groups.length > 1) throw unlike(experiment, groups);
  const [group] = groups;
  const rest = group.runs
    .filter(({ record }) => record.status !== 'complete')
    .map(({ record }) => `${record.run} (${record.status})`);
  if (rest.length > 0) warnings.push(`${experiment.name}: not complete, and left out: ${rest.join(', ')}`);
  return new Map(
    group.series.map(({ label, runs }) => [
      label,
      new Map(runs.map((run) => [run.record.seed, valueOf(metric, run)] as const)),
    ]),
  );
}

function sharedSeeds(table: BySeed, methods: readonly string[]): { seeds: number[]; lacking: number[] } {
  const all = [...new Set(methods.flatMap((method) => [...table.get(method)!.keys()]))].toSorted((a, b) => a - b);
  const shared = (seed: number): boolean => methods.every((method) => (table.get(method)!.get(seed) ?? null) !== null);
  return { seeds: all.filter(shared), lacking: all.filter((seed) => !shared(seed)) };
}

function unlike(experiment: Experiment, groups: readonly Group[]): UserError {
  const differences = [...differingSettings(groups.map(({ runs }) => protocolOf(runs[0].record)))];
  const named = differences.map(([name, values]) => `${name} (${values.map((value) => value ?? 'unset').join(', ')})`);
  return new UserError(
    `${experiment.path}: its runs follow ${groups.length} different protocols and cannot be compared; they differ in ${named.join('; ')}`,
  );
}

function checkNames(experiments: readonly Experiment[]): void {
  const seen = new Map<string, string>();
  for (const { name, path } of experiments) {
    const twin = seen.get(name);
    if (twin !== undefined) throw new UserError(`${twin} and ${path} are both called ${name}; rename one of them`);
    seen.set(name, path);
  }
}
