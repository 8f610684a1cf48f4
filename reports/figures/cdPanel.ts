import type { Series } from '../../analysis/index.ts';
import { friedman, nemenyiDifference, rankGroups, significanceWarning, type RunMetric } from '../../metrics/index.ts';

/** Mean ranks of methods on one metric over the seeds that all have a value for. */
export interface CdPanel {
  readonly metric: string;
  /** Best rank first; 1 is the best possible. */
  readonly methods: readonly { readonly label: string; readonly rank: number }[];
  readonly seeds: number;
  /** Mean ranks that lie this far apart differ by Nemenyi's test. */
  readonly criticalDifference: number;
  /** Largest groups that cannot be told apart, as indices into `methods`. */
  readonly groups: readonly (readonly number[])[];
  /** Of Friedman's test in Iman and Davenport's form. */
  readonly p: number;
  /** Why nothing could ever be told apart, or that nothing is; null where something is. */
  readonly caution: string | null;
}

const alpha = 0.05;

/** A word on why there is no diagram, where there can be none. */
export function cdPanel(series: readonly Series[], metric: RunMetric): CdPanel | string {
  if (series.length < 2) return 'ranks need two methods or more';
  const bySeed = series.map(({ runs }) => new Map(runs.map((run) => [run.record.seed, metric.compute(run)])));
  const rows = [...bySeed[0].keys()]
    .map((seed) => bySeed.map((values) => values.get(seed) ?? null))
    .filter((row): row is number[] => row.every((value) => value !== null));
  const ranked = friedman(rows.length === 0 ? [] : rows, metric.direction);
  if (ranked === null)
    return `ranks need two seeds or more for which every method has ${metric.name} (there ${rows.length === 1 ? 'is 1' : 'are none'})`;
  const order = series.map((_, i) => i).toSorted((i, j) => ranked.averageRanks[i] - ranked.averageRanks[j]);
  const ranks = order.map((i) => ranked.averageRanks[i]);
  const criticalDifference = nemenyiDifference(series.length, rows.length, alpha);
  const { p } = ranked.imanDavenport;
  return {
    metric: metric.title,
    methods: order.map((i, at) => ({ label: series[i].label, rank: ranks[at] })),
    seeds: rows.length,
    criticalDifference,
    groups: rankGroups(ranks, criticalDifference),
    p,
    caution: cautionOf(rows.length, series.length, criticalDifference, p),
  };
}

function cautionOf(seeds: number, methods: number, criticalDifference: number, p: number): string | null {
  if (criticalDifference >= methods - 1 || significanceWarning('friedman', [seeds, methods], { alpha }) !== null)
    return `${seeds} seeds can never tell ${methods} methods apart: more are needed`;
  return p > alpha ? 'no method is shown to differ' : null;
}
