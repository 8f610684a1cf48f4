import { compare, type Series } from '../../analysis/index.ts';
import { significanceWarning, type RunMetric } from '../../metrics/index.ts';
import type { CellTest } from './types.ts';

/** Paired tests of a column's methods against one of them. */
export interface ColumnTest {
  readonly reference: string;
  readonly by: 't' | 'wilcoxon';
  readonly seeds: number;
  /** By label; of the methods that have a value for every seed of the reference. */
  readonly results: ReadonlyMap<string, CellTest>;
  /** Methods that lack a seed of the reference, and are not tested. */
  readonly untested: readonly string[];
  /** How many methods are tested beside the reference. */
  readonly comparisons: number;
  /** How many seeds it takes before a rank test can show anything; null where there are enough. */
  readonly needed: number | null;
  /** Whether a difference could have been shown at all. */
  readonly telling: boolean;
}

const alpha = 0.05;

/**
 * Tests the methods of a column by {@link compare}, paired by seed. A method that lacks a seed is left aside, so that it does not take that
 * seed from the others. Null where there is nothing to test: no value of the reference, or no other method.
 *
 * @param values by method, in the order of its runs
 */
export function testColumn(
  series: readonly Series[],
  values: ReadonlyMap<string, readonly (number | null)[]>,
  metric: RunMetric,
  reference: string,
): ColumnTest | null {
  const seedsOf = ({ label, runs }: Series): number[] =>
    runs.flatMap(({ record }, i) => ((values.get(label)?.[i] ?? null) === null ? [] : [record.seed]));
  const own = series.filter(({ label }) => label === reference).flatMap(seedsOf);
  const hasAll = (one: Series): boolean => own.every((seed) => seedsOf(one).includes(seed));
  const tested = series.filter(hasAll);
  const untested = series.filter((one) => !hasAll(one) && seedsOf(one).length > 0).map(({ label }) => label);
  const seeds = own.length;
  if (seeds === 0 || tested.length + untested.length < 2) return null;
  const comparisons = tested.length - 1;
  const about = { reference, seeds, untested, comparisons, needed: seedsNeeded(seeds, Math.max(1, comparisons)) };
  if (seeds === 1 || comparisons === 0) return { ...about, by: 't', results: new Map(), telling: false };
  // Under the label of its series, since one label may stand for several settings.
  const runs = tested.flatMap(({ label, runs: all }) =>
    all
      .filter(({ record }) => own.includes(record.seed))
      .map((run) => ({ ...run, record: { ...run.record, method: { ...run.record.method, label } } })),
  );
  const experiment = { path: '', name: '', configuration: {}, runs, problems: [] };
  const found = compare([experiment], { baseline: reference, metric: metric.name, by: 'seed', alpha });
  const results = found.methods.map(({ method, verdict, tTest, wilcoxon }): [string, CellTest] => [
    method,
    {
      p: (found.verdictBy === 't' ? tTest : wilcoxon)?.holm ?? null,
      verdict: verdict === 'baseline' ? 'reference' : verdict,
    },
  ]);
  const telling = found.verdictBy === 't' || about.needed === null;
  return { ...about, by: found.verdictBy, results: new Map(results), telling };
}

/** The first number of seeds for which Wilcoxon's test could be significant after Holm's correction; null if these are enough. */
function seedsNeeded(seeds: number, comparisons: number): number | null {
  let enough = seeds;
  while (significanceWarning('wilcoxon', enough, { alpha, comparisons }) !== null) enough++;
  return enough === seeds ? null : enough;
}
